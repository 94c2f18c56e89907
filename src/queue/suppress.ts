/**
 * What an attempt of ours taught about an address: that it does not exist (5.1.1, 5.1.2, 5.1.10), so that
 * the account that wrote to it is told at once the next time; or that mail gets there after all. Only
 * from answers to our own attempts, never from a report that somebody sent in: those can be forged.
 */
import { canonicalAddress, parseAddress, replyText } from '../mail/index.ts';
import type { AttemptResult, RecipientOutcome } from '../outbound/index.ts';
import type { Claim, NewEvent, QueuedDelivery, Suppression } from '../store/index.ts';
import type { Settlement } from './settle.ts';

/** Bad mailbox, bad domain, a domain that takes no mail (RFC 3463 §3.2, RFC 7505 §4). */
const NO_SUCH_ADDRESS: ReadonlySet<string> = new Set(['5.1.1', '5.1.2', '5.1.10']);
/** Characters of an answer that are kept. */
const LONGEST_REPLY = 500;

/** @param keep how long an address is remembered, in ms; 0: not at all */
export function withSuppressions(
  settlement: Settlement,
  {
    claim,
    result,
    keep,
    now,
  }: { readonly claim: Claim; readonly result: AttemptResult; readonly keep: number; readonly now: number },
): Settlement {
  const { account, id: message } = claim.message;
  if (account === undefined) return settlement;
  const own = claim.deliveries.filter(isDirect);
  const became = new Map(settlement.deliveries.map(({ n, state }) => [n, state]));
  const found = own.flatMap((delivery) => {
    const outcome = result.outcomes.find(({ n }) => n === delivery.n);
    if (keep === 0 || outcome === undefined || became.get(delivery.n) !== 'failed') return [];
    if (!saysNoSuchAddress(outcome, claim.deliveries.length)) return [];
    const host = outcome.try === undefined ? undefined : result.tries[outcome.try]?.host;
    const entry: Suppression = {
      account,
      address: keyOf(delivery),
      madeBy: 'answer',
      at: now,
      until: now + keep,
      reply: replyText(outcome.reply).slice(0, LONGEST_REPLY),
      ...(host === undefined ? {} : { host }),
      message,
    };
    return [{ delivery, entry }];
  });
  return {
    ...settlement,
    events: [...settlement.events, ...found.map(({ delivery, entry }) => suppressedEvent(delivery, entry, message))],
    suppress: found.map(({ entry }) => entry),
    lift: { account, addresses: own.filter(({ n }) => became.get(n) === 'relayed').map(keyOf) },
  };
}

/** Of an alias's target the sender must not hear (RFC 5321 §7.2). */
function isDirect(delivery: QueuedDelivery): boolean {
  return delivery.original === undefined;
}

/**
 * At RCPT the answer is about one recipient; behind DATA only where there is one. What we found in the DNS is
 * as good; other answers of our own are not about the address.
 */
function saysNoSuchAddress({ outcome, stage, remote, reply }: RecipientOutcome, recipients: number): boolean {
  const aboutIt = stage === 'rcpt' || ((stage === 'data' || stage === 'dot') && recipients === 1);
  const heard = remote ? aboutIt : stage === 'dns';
  return outcome === 'failed' && heard && NO_SUCH_ADDRESS.has(reply.enhanced ?? '');
}

function keyOf({ recipient }: QueuedDelivery): string {
  const address = parseAddress(recipient, { utf8: true });
  return address === undefined ? recipient : canonicalAddress(address);
}

function suppressedEvent({ n }: QueuedDelivery, { address, at, until = at }: Suppression, message: string): NewEvent {
  return { message, n, at, facts: { kind: 'suppressed', address, until } };
}
