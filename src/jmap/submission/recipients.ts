/**
 * What became of each recipient of a submission, by the address as its sender wrote it: from the deliveries, and from
 * the reports that came for it. Where an alias of ours leads is nobody's business (RFC 5321 §7.2): of one that leads
 * elsewhere the sender hears how it went, and not what was said there.
 */
import { canonicalAddress, parseAddress } from '../../mail/index.ts';
import { explainReply, isReason, reasonOf } from '../../reasons/index.ts';
import type { Reason } from '../../reasons/index.ts';
import type { DeliveryState, QueuedDelivery, SubmissionRow } from '../../store/index.ts';

/** What a report said of a recipient; kept as JSON with the link to the submission. */
export interface ReportedFacts {
  readonly recipient: string;
  readonly action?: string;
  readonly status?: string;
  readonly diagnostic?: string;
  readonly disposition?: string;
}

export interface RecipientStand {
  readonly email: string;
  /** Those of its deliveries; none: its copy lay in a mailbox here at once. */
  readonly deliveries: readonly QueuedDelivery[];
  readonly reported: ReportedFacts | undefined;
  readonly displayed: boolean;
}

export function standsOf(row: SubmissionRow, deliveries: readonly QueuedDelivery[]): readonly RecipientStand[] {
  const facts = row.reports.flatMap(({ facts: text }) =>
    text === undefined ? [] : (JSON.parse(text) as readonly ReportedFacts[]),
  );
  return row.recipients.map((email) => {
    const key = keyOf(email);
    const about = facts.filter(({ recipient }) => keyOf(recipient) === key);
    return {
      email,
      deliveries: deliveries.filter(({ recipient, original }) => (original ?? recipient) === email),
      reported: about.findLast(({ action }) => action !== undefined),
      displayed: about.some(({ disposition }) => disposition === 'displayed'),
    };
  });
}

/** Addresses in reports come back in any case. */
export function keyOf(address: string): string {
  const parsed = parseAddress(address, { utf8: true });
  return parsed === undefined ? address.toLowerCase() : canonicalAddress(parsed);
}

/** Of several (an alias) the one that most wants to be looked at. */
const ORDER: readonly DeliveryState[] = [
  'unsure',
  'failed',
  'sending',
  'waiting',
  'held',
  'dropped',
  'relayed',
  'filed',
];

export function telling({ deliveries }: RecipientStand): QueuedDelivery | undefined {
  return deliveries.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))[0];
}

// --- deliveryStatus (RFC 8621 §7) ---

export interface DeliveryStatus {
  readonly smtpReply: string;
  readonly delivered: 'queued' | 'yes' | 'no' | 'unknown';
  readonly displayed: 'unknown' | 'yes';
}

export function statusOf(stand: RecipientStand): DeliveryStatus {
  const delivery = telling(stand);
  return {
    smtpReply: smtpReplyOf(stand, delivery),
    delivered: deliveredOf(stand.reported, delivery),
    displayed: stand.displayed ? 'yes' : 'unknown',
  };
}

function deliveredOf(
  reported: ReportedFacts | undefined,
  delivery: QueuedDelivery | undefined,
): DeliveryStatus['delivered'] {
  switch (delivery?.state) {
    case undefined:
    case 'filed':
      return 'yes';
    case 'waiting':
    case 'held':
    case 'sending':
      return 'queued';
    case 'failed':
    case 'dropped':
      return 'no';
    case 'unsure':
    case 'relayed':
      return reported?.action === 'failed' ? 'no' : reported?.action === 'delivered' ? 'yes' : 'unknown';
  }
}

function smtpReplyOf({ reported, deliveries }: RecipientStand, delivery: QueuedDelivery | undefined): string {
  if (delivery === undefined) return '250 2.1.5 It lies in the mailbox';
  if (deliveries.some(isForwarded)) return FORWARDED[deliveredOf(reported, delivery)];
  if (delivery.state === 'relayed' && reported?.diagnostic !== undefined) return reported.diagnostic;
  return inForm(delivery.lastReply, delivery.state);
}

/** RFC 8621 §7: a reply, or what is said instead of one, with its codes; what a person decided here has none. */
function inForm(said: string | undefined, state: DeliveryState): string {
  if (said === undefined) return UNANSWERED[state];
  return /^[2-5]\d\d /.test(said) ? said : `${UNANSWERED[state].slice(0, '250 2.1.5 '.length)}${said}`;
}

export function isForwarded({ original }: QueuedDelivery): boolean {
  return original !== undefined;
}

const FORWARDED: Readonly<Record<DeliveryStatus['delivered'], string>> = {
  queued: '250 2.1.5 It is being forwarded',
  yes: '250 2.1.5 It was delivered',
  no: '550 5.0.0 It could not be forwarded',
  unknown: '250 2.1.5 It was forwarded',
};

/** Before anybody was asked. */
const UNANSWERED: Readonly<Record<DeliveryState, string>> = {
  waiting: '250 2.1.5 It waits to be sent',
  held: '250 2.1.5 It is held',
  sending: '250 2.1.5 It is being sent',
  relayed: '250 2.1.5 It was handed on',
  filed: '250 2.1.5 It lies in the mailbox',
  failed: '550 5.0.0 It was given up',
  dropped: '550 5.0.0 It was taken back',
  unsure: '451 4.4.2 The next server may have it',
};

// --- The outbox ---

export type OutboxState = 'held' | 'waiting' | 'sending' | 'sent' | 'refused' | 'unsure' | 'canceled';

/** RFC 3464 §2.3.3: it is with somebody who answers for it. */
const ARRIVED = new Set(['delivered', 'relayed', 'expanded']);

/** A report that came later knows better than who handed it on, and than whoever heard no answer. */
export function outboxStateOf(stand: RecipientStand): OutboxState {
  const state = stateOf(telling(stand));
  const action = stand.reported?.action ?? '';
  if (state !== 'sent' && state !== 'unsure') return state;
  if (action === 'failed') return 'refused';
  return ARRIVED.has(action) ? 'sent' : state;
}

function stateOf(delivery: QueuedDelivery | undefined): OutboxState {
  switch (delivery?.state) {
    case undefined:
    case 'filed':
    case 'relayed':
      return 'sent';
    case 'failed':
      return 'refused';
    case 'dropped':
      return 'canceled';
    default:
      return delivery?.state ?? 'sent';
  }
}

/** Why it isn't there (yet): of an alias only that it led on. */
export function reasonOfStand(stand: RecipientStand): Reason | undefined {
  const delivery = telling(stand);
  if (!isRefusedByReport(stand)) return outboxStateOf(stand) === 'sent' ? undefined : reasonOfDelivery(delivery);
  if (delivery !== undefined && isForwarded(delivery)) return reasonOf('forwarding-failed', false);
  return reasonOfReport(stand.reported ?? {});
}

/** The other server's own words: of an alias none. */
export function replyOf(stand: RecipientStand): string | undefined {
  const delivery = telling(stand);
  if (delivery === undefined || isForwarded(delivery)) return undefined;
  return isRefusedByReport(stand) ? stand.reported?.diagnostic : delivery.lastReply;
}

/** Here it is not over, or well. */
function isRefusedByReport(stand: RecipientStand): boolean {
  return outboxStateOf(stand) === 'refused' && stateOf(telling(stand)) !== 'refused';
}

/** Of what another server reported there are a code and words. */
export function reasonOfReport({
  action,
  status,
  diagnostic = '',
}: Partial<Pick<ReportedFacts, 'action' | 'status' | 'diagnostic'>>): Reason | undefined {
  if (status === undefined && diagnostic === '') return undefined;
  const code = Number(/^[245]\d\d\b/.exec(diagnostic)?.[0] ?? `${status?.[0] ?? '5'}50`);
  if (code < 400) return undefined;
  const enhanced = /^\d{3}[ -]([45]\.\d{1,3}\.\d{1,3})\b/.exec(diagnostic)?.[1] ?? status;
  const reply = { code, lines: [diagnostic], ...(enhanced === undefined ? {} : { enhanced }) };
  return explainReply({ reply, over: action !== 'delayed' });
}

function reasonOfDelivery(delivery: QueuedDelivery | undefined): Reason | undefined {
  if (delivery === undefined || !['waiting', 'failed', 'unsure'].includes(delivery.state)) return undefined;
  if (delivery.state === 'unsure') return reasonOf('answer-lost');
  const { reason } = delivery;
  if (reason === undefined || !isReason(reason)) return undefined;
  return reasonOf(isForwarded(delivery) ? 'forwarding-failed' : reason, delivery.state === 'waiting');
}
