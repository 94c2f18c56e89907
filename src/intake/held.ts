/**
 * The end of a hold (RFC 4865) for mailboxes here. A message that its sender wanted held lies in the
 * queue whatever its recipients are; when its time has come, those that are ours by then are filed,
 * and the others go on to their servers.
 *
 * Deciding commits nothing: the copies are filed in the commit that ends their deliveries.
 */
import type { Router, Routing } from '../accounts/index.ts';
import { isFull } from '../accounts/index.ts';
import { parseAddress, reply } from '../mail/index.ts';
import type { Reply } from '../mail/index.ts';
import type { Claim, NewEmail, QueuedDelivery } from '../store/index.ts';
import { copyFor, filedFacts } from './place.ts';
import type { NewEvent } from '../store/index.ts';

export type HeldOutcome =
  /** Ours: the copies that end the delivery, with their events. */
  | { readonly kind: 'filed'; readonly emails: readonly NewEmail[]; readonly facts: readonly NewEvent['facts'][] }
  /** Ours, and it can't be filed: for now (4xx) or for good (5xx). */
  | { readonly kind: 'refused'; readonly reply: Reply }
  | { readonly kind: 'elsewhere' };

export interface HeldMail {
  /** What becomes of a recipient of a message whose hold has ended. */
  decide(message: Claim['message'], delivery: QueuedDelivery): Promise<HeldOutcome>;
}

export function openHeldMail({ router }: { readonly router: Router }): HeldMail {
  return {
    async decide(message, delivery) {
      const address = parseAddress(delivery.recipient, { utf8: true });
      if (address === undefined) throw new Error(`${delivery.recipient} is not an address`);
      const routing = await router.route(address);
      if (routing.kind === 'not-ours') return { kind: 'elsewhere' };
      const refusal = refusalOf(routing, delivery.original ?? delivery.recipient);
      if (refusal !== undefined || routing.kind !== 'targets')
        return { kind: 'refused', reply: refusal ?? reply(451, '4.3.0', 'The address could not be looked up') };
      const mailFrom = message.mailFrom === '' ? null : (parseAddress(message.mailFrom, { utf8: true }) ?? null);
      const about = { id: message.id, mailFrom };
      const emails = routing.targets.flatMap((target, i) =>
        target.kind === 'account' ? [numbered(copyFor(about, target, delivery.n, address), i)] : [],
      );
      return { kind: 'filed', emails, facts: emails.map(filedFacts) };
    },
  };
}

/** Directories change while a message waits: what was an account may be an alias of several by then. Ids are JMAP's (RFC 8620 §1.2). */
function numbered(email: NewEmail, index: number): NewEmail {
  return index === 0 ? email : { ...email, id: `${email.id}_${index}` };
}

/** `written`: the address as the sender wrote it; where it led is nobody's business (RFC 5321 §7.2). */
function refusalOf(routing: Exclude<Routing, { kind: 'not-ours' }>, written: string): Reply | undefined {
  if (routing.kind === 'unusable') return reply(550, '5.2.4', `That address can't take mail: ${routing.why}`);
  if (routing.kind === 'unknown')
    return reply(550, '5.1.1', `There is no ${written} here any more`, { rule: 'unknown-user' });
  if (routing.targets.some((target) => target.kind === 'outside'))
    return reply(550, '5.1.6', `${written} has moved away from here while the message waited`);
  return routing.targets.every(isFull)
    ? reply(452, '4.2.2', 'That mailbox is full just now', { rule: 'over-quota' })
    : undefined;
}
