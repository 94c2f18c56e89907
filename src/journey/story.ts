/**
 * The story of one message: recorded events become hops, waits and an end, each with who was
 * client, who was server, and why. Pure: rows in, story out; plain.ts puts it into words.
 *
 * Nothing is invented: what was not recorded is not told.
 */
import type { Reason } from '../reasons/index.ts';
import type { AttemptRecord, EventFacts, QueuedDelivery, QueuedMessage, StoredEvent } from '../store/index.ts';
import { lastReason, reasonIn } from './why.ts';

type Facts<Kind extends EventFacts['kind']> = Extract<EventFacts, { kind: Kind }>;

/** How a message can have come to us. */
type Arrival = Facts<'received'> | Facts<'composed'> | Facts<'collected'>;

/** What became of one recipient. */
export interface DeliveryStory {
  readonly n: number;
  /** The address as the sender wrote it. */
  readonly recipient: string;
  /** Where it led, when that is another address. */
  readonly target?: string;
  readonly rule: string;
  readonly via: readonly string[];
  readonly steps: readonly Step[];
  readonly end: End;
}

export interface Step {
  readonly at: number;
  readonly facts: EventFacts;
  /** An attempt: the servers that were tried in it besides the one that decided, in order. */
  readonly others?: readonly AttemptRecord[];
  /** An attempt that did not get it there: why. */
  readonly reason?: Reason;
}

export type End =
  | { readonly kind: 'in-mailbox'; readonly mailbox: string; readonly uidl: string }
  | { readonly kind: 'retrieved'; readonly at: number; readonly removed: boolean }
  | { readonly kind: 'removed'; readonly at: number }
  | { readonly kind: 'relayed'; readonly to: string; readonly at: number }
  | {
      readonly kind: 'waiting';
      readonly nextAt: number;
      /** Its destination takes no mail just now and is left alone until then. */
      readonly pausedUntil?: number;
      readonly attempts: number;
      readonly why?: string;
      readonly reason?: Reason;
    }
  | { readonly kind: 'sending' }
  | { readonly kind: 'held'; readonly until?: number }
  | {
      readonly kind: 'failed';
      readonly at: number;
      readonly why: string;
      readonly report?: string;
      readonly reason?: Reason;
    }
  | { readonly kind: 'dropped'; readonly at: number }
  /** `mayHaveLeft`: an attempt was made whose end nobody knows. */
  | { readonly kind: 'taken-back'; readonly at: number; readonly mayHaveLeft: boolean }
  | { readonly kind: 'unsure'; readonly why: string };

export interface Story {
  readonly id: string;
  readonly messageId?: string;
  readonly mailFrom: string;
  /** The account that handed it in. */
  readonly account?: string;
  readonly octets: number;
  readonly receivedAt: number;
  /** How it came to us; absent where that was not recorded. */
  readonly arrival?: Step & { readonly facts: Arrival };
  /** Changes a rule demanded on the way in. */
  readonly edits: readonly Facts<'edited'>[];
  readonly deliveries: readonly DeliveryStory[];
}

export function tellStory(
  message: QueuedMessage,
  deliveries: readonly QueuedDelivery[],
  events: readonly StoredEvent[],
  attempts: readonly AttemptRecord[] = [],
): Story {
  const arrival = events.find(
    (event): event is StoredEvent & { facts: Arrival } =>
      event.facts.kind === 'received' || event.facts.kind === 'composed' || event.facts.kind === 'collected',
  );
  const numbers = [...new Set(events.flatMap((event) => (event.n === undefined ? [] : [event.n])))].sort(
    (a, b) => a - b,
  );
  return {
    id: message.id,
    ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
    mailFrom: message.mailFrom,
    ...(message.account === undefined ? {} : { account: message.account }),
    octets: message.content.octets,
    receivedAt: message.receivedAt,
    ...(arrival === undefined ? {} : { arrival: { at: arrival.at, facts: arrival.facts } }),
    edits: factsOf(events, 'edited'),
    deliveries: numbers.map((n) =>
      deliveryStory(
        n,
        events.filter((event) => event.n === n),
        deliveries.find((delivery) => delivery.n === n),
        attempts.filter((attempt) => attempt.n === n),
      ),
    ),
  };
}

function deliveryStory(
  n: number,
  events: readonly StoredEvent[],
  delivery: QueuedDelivery | undefined,
  attempts: readonly AttemptRecord[],
): DeliveryStory {
  const routed = factsOf(events, 'routed')[0];
  const recipient = routed?.recipient ?? delivery?.recipient ?? '';
  const target = delivery?.recipient ?? factsOf(events, 'filed')[0]?.recipient;
  return {
    n,
    recipient,
    ...(target === undefined || target === recipient ? {} : { target }),
    rule: routed?.rule ?? '',
    via: routed?.via ?? [],
    steps: events.map((event) => stepOf(event, attempts)),
    end: delivery === undefined ? mailboxEnd(events) : queueEnd(delivery, events),
  };
}

function stepOf({ at, facts }: StoredEvent, attempts: readonly AttemptRecord[]): Step {
  const reason = reasonIn(facts);
  return { at, facts, ...othersOf(facts, attempts), ...(reason === undefined ? {} : { reason }) };
}

/** The event tells of the connection that decided; the attempts table has all of them. */
function othersOf(facts: EventFacts, attempts: readonly AttemptRecord[]): Pick<Step, 'others'> {
  if (facts.kind !== 'attempt') return {};
  const tried = attempts.filter(({ attempt, ip }) => attempt === facts.attempt && ip !== undefined);
  const decided = tried.findLastIndex(
    ({ ip, startedAt, endedAt }) =>
      ip === facts.server.ip && startedAt === facts.startedAt && endedAt === facts.endedAt,
  );
  const others = tried.filter((_, i) => i !== decided);
  return others.length === 0 ? {} : { others };
}

function mailboxEnd(events: readonly StoredEvent[]): End {
  const removed = events.find((event) => event.facts.kind === 'removed');
  const retrieved = events.filter((event) => event.facts.kind === 'retrieved' && event.facts.how === 'retr').at(-1);
  if (retrieved !== undefined) return { kind: 'retrieved', at: retrieved.at, removed: removed !== undefined };
  if (removed !== undefined) return { kind: 'removed', at: removed.at };
  const filed = factsOf(events, 'filed')[0];
  return { kind: 'in-mailbox', mailbox: filed?.mailbox ?? '', uidl: filed?.uidl ?? '' };
}

function queueEnd(delivery: QueuedDelivery, events: readonly StoredEvent[]): End {
  const why = lastWords(delivery, events);
  const at = delivery.endedAt ?? events.at(-1)?.at ?? 0;
  switch (delivery.state) {
    case 'waiting':
      return {
        kind: 'waiting',
        nextAt: delivery.nextAt,
        ...(delivery.pausedUntil === undefined ? {} : { pausedUntil: delivery.pausedUntil }),
        attempts: delivery.attempts,
        ...(why === undefined ? {} : { why }),
        ...lastReason(events),
      };
    case 'sending':
      return { kind: 'sending' };
    case 'held':
      return { kind: 'held', ...(delivery.nextAt === 0 ? {} : { until: delivery.nextAt }) };
    case 'relayed':
      return { kind: 'relayed', to: relayedTo(events) ?? delivery.destination, at };
    case 'filed':
      return mailboxEnd(events);
    case 'failed': {
      const report = factsOf(events, 'reported').find((facts) => facts.what === 'bounce')?.report;
      return { kind: 'failed', at, why: why ?? '', ...(report === undefined ? {} : { report }), ...lastReason(events) };
    }
    case 'dropped':
      return wasTakenBack(events)
        ? { kind: 'taken-back', at, mayHaveLeft: delivery.mayHaveLeft === true }
        : { kind: 'dropped', at };
    case 'unsure':
      return { kind: 'unsure', why: why ?? '' };
  }
}

/** The last answer; where it was no server's, without the code that goes with our sentence. */
function lastWords({ lastReply }: QueuedDelivery, events: readonly StoredEvent[]): string | undefined {
  const problem = factsOf(events, 'attempt').at(-1)?.problem;
  return problem !== undefined && lastReply?.endsWith(problem) === true ? problem : lastReply;
}

function wasTakenBack(events: readonly StoredEvent[]): boolean {
  return factsOf(events, 'taken-back').length > 0;
}

function relayedTo(events: readonly StoredEvent[]): string | undefined {
  const server = factsOf(events, 'attempt').find((facts) => facts.outcome === 'relayed')?.server;
  return server?.name ?? server?.ip;
}

function factsOf<Kind extends EventFacts['kind']>(events: readonly StoredEvent[], kind: Kind): readonly Facts<Kind>[] {
  return events.flatMap((event) => (event.facts.kind === kind ? [event.facts as Facts<Kind>] : []));
}
