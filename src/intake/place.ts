/**
 * Turns routed recipients into what the store keeps: a copy for each account, a delivery for each
 * address elsewhere, each address once, numbered `<message>/<n>` from 1, with the events that tell why.
 */
import type { Target } from '../accounts/index.ts';
import { newTicket } from '../base/index.ts';
import { canonicalAddress, formatAddress, formatDeliveredTo, formatReturnPath } from '../mail/index.ts';
import type { Address, ReversePath } from '../mail/index.ts';
import type { NewDelivery, NewEmail, NewEvent } from '../store/index.ts';
import type { RoutedRecipient } from './arrival.ts';

export interface Placement {
  readonly emails: readonly NewEmail[];
  readonly deliveries: readonly NewDelivery[];
  readonly events: readonly NewEvent[];
  /** The delivery numbers that a recipient became; an address that was there before keeps its first number. */
  readonly numbers: ReadonlyMap<RoutedRecipient, readonly number[]>;
}

export interface PlacedMessage {
  readonly id: string;
  readonly mailFrom: ReversePath;
  readonly at: number;
  readonly recipients: readonly RoutedRecipient[];
  /** Its sender wants it held until then (RFC 4865): mailboxes here get their copies then, too (held.ts). */
  readonly holdUntil?: number;
  readonly onUnsure?: NewDelivery['onUnsure'];
  readonly onFailure?: NewDelivery['onFailure'];
}

export function place(message: PlacedMessage): Placement {
  const emails: NewEmail[] = [];
  const deliveries: NewDelivery[] = [];
  const events: NewEvent[] = [];
  const placed = new Map<string, number>();
  const numbers = new Map<RoutedRecipient, number[]>();

  for (const routed of message.recipients) {
    const own: number[] = [];
    numbers.set(routed, own);
    for (const target of routed.targets) {
      const key = placeKey(target);
      const before = placed.get(key);
      const n = before ?? placed.size + 1;
      own.push(n);
      if (before !== undefined) continue;
      placed.set(key, n);
      const about = {
        message: message.id,
        n,
        at: message.at,
        ...(target.kind === 'account' ? { account: target.account.id } : {}),
      };
      events.push({ ...about, facts: routedFacts(routed, target) });
      if (target.kind === 'account' && message.holdUntil === undefined) {
        const email = copyFor(message, target, n, routed.recipient.address);
        emails.push(email);
        events.push({ ...about, facts: filedFacts(email) });
      } else {
        const delivery = deliveryFor(message, routed, target, n);
        deliveries.push(delivery);
        events.push({ ...about, facts: queuedFacts(delivery) });
      }
    }
  }
  return { emails, deliveries, events, numbers };
}

/** The final address: `bob` and `bob+list` are two deliveries, an alias of bob is not a third. */
function placeKey(target: Target): string {
  return target.kind === 'account'
    ? `account ${canonicalAddress(target.address)}`
    : `outside ${formatAddress(target.address)}`;
}

function routedFacts(routed: RoutedRecipient, target: Target): NewEvent['facts'] {
  return {
    kind: 'routed',
    recipient: formatAddress(routed.recipient.address),
    rule: routed.rule,
    decision: target.kind === 'account' ? 'file' : 'relay',
    ...(target.via.length === 0 ? {} : { via: target.via }),
  };
}

export function filedFacts(email: NewEmail): NewEvent['facts'] {
  const { recipient, account, mailbox, uidl } = email;
  return { kind: 'filed', recipient, account, mailbox, uidl };
}

function queuedFacts({ recipient, destination, nextAt, state }: NewDelivery): NewEvent['facts'] {
  return { kind: 'queued', recipient, destination, nextAt, why: state === 'held' ? 'held' : 'accepted' };
}

/** @param written the address as the sender wrote it: what the copy is for, unless an alias led to it */
export function copyFor(
  message: Pick<PlacedMessage, 'id' | 'mailFrom'>,
  target: Extract<Target, { kind: 'account' }>,
  n: number,
  written: Address,
): NewEmail {
  // Delivered-To is the final address, so that a message that comes back for it is seen to loop.
  const prefix = Buffer.concat([formatReturnPath(message.mailFrom), formatDeliveredTo(target.address)]);
  return {
    id: `${message.id}-${n}`,
    account: target.account.id,
    n,
    mailbox: 'inbox',
    deliveryPrefix: prefix,
    uidl: newTicket(),
    recipient: formatAddress(target.via.length === 0 ? written : target.address),
  };
}

/**
 * RFC 3461 §5.2.7: for an address that stands for several, success was told as "expanded"; nobody
 * behind it tells of it again.
 */
function notifyFor({ recipient: { notify }, targets }: RoutedRecipient): readonly string[] | undefined {
  if (notify === undefined || targets.length < 2) return notify;
  const left = notify.filter((occasion) => occasion !== 'success');
  return left.length === 0 ? ['never'] : left;
}

function deliveryFor(message: PlacedMessage, routed: RoutedRecipient, target: Target, n: number): NewDelivery {
  const { orcpt } = routed.recipient;
  const notify = notifyFor(routed);
  return {
    n,
    recipient: formatAddress(target.address),
    ...(target.via.length === 0 ? {} : { original: formatAddress(routed.recipient.address) }),
    destination: target.address.domain,
    state: message.holdUntil === undefined ? 'waiting' : 'held',
    nextAt: message.holdUntil ?? message.at,
    ...(notify === undefined ? {} : { notify }),
    ...(orcpt === undefined ? {} : { orcpt }),
    // A mailbox here is never in doubt: its copy is filed in the commit that ends the delivery.
    onUnsure: target.kind === 'account' ? 'retry' : (message.onUnsure ?? 'retry'),
    onFailure: message.onFailure ?? 'report',
  };
}
