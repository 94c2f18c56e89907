/** How the queue stands, in groups: why, how many, since when, and when it goes on. */
import type { QueueEntry, QueueFilter, QueueGroup } from '../store/index.ts';
import { namedReason } from './reason.ts';
import type { QueueReason } from './reason.ts';

export interface ReasonSummary extends QueueReason {
  readonly count: number;
  /** When the oldest message of them was taken in. */
  readonly oldestAt: number;
  /** When the first of them is tried next; absent: none of them will be without somebody's doing. */
  readonly nextAt?: number;
}

/** What of a delivery tells why it is where it is. */
export type Standing = Pick<QueueGroup, 'state' | 'timed' | 'reason'>;

export function standingOf({ delivery }: QueueEntry): Standing {
  const { state, nextAt, reason } = delivery;
  return { state, timed: nextAt > 0, ...(reason === undefined ? {} : { reason }) };
}

const UNTRIED: QueueReason = { id: 'untried', words: 'nobody has tried yet' };

/** Which deliveries are where they are for a reason, by its id. */
export function standingFor(id: string): Pick<QueueFilter, 'states' | 'reason' | 'timed'> {
  switch (id) {
    case UNTRIED.id:
      return { states: ['waiting'], reason: null };
    case 'held':
    case 'held-until':
      return { states: ['held'], timed: id === 'held-until' };
    case 'sending':
    case 'unsure':
    case 'relayed':
    case 'filed':
    case 'dropped':
      return { states: [id] };
    default:
      return { states: ['waiting', 'failed'], reason: id };
  }
}

/** The state speaks first; what waits, or has failed, does so for the reason in its last answer. */
export function reasonFor({ state, timed, reason }: Standing): QueueReason {
  switch (state) {
    case 'waiting':
    case 'failed':
      return reason === undefined ? UNTRIED : namedReason(reason);
    case 'held':
      return timed
        ? { id: 'held-until', words: "held until its sender's time" }
        : { id: 'held', words: 'held by the keeper' };
    case 'sending':
      return { id: 'sending', words: 'being sent now' };
    case 'unsure':
      return { id: 'unsure', words: 'the next server may have it' };
    case 'relayed':
      return { id: 'relayed', words: 'handed on' };
    case 'filed':
      return { id: 'filed', words: 'in a mailbox here' };
    case 'dropped':
      return { id: 'dropped', words: 'dropped' };
  }
}

/** The largest group first. */
export function summarise(groups: readonly QueueGroup[]): readonly ReasonSummary[] {
  const found = new Map<string, ReasonSummary>();
  for (const group of groups) {
    const reason = reasonFor(group);
    found.set(reason.id, joined(reason, found.get(reason.id), group));
  }
  return [...found.values()].toSorted((a, b) => b.count - a.count || a.id.localeCompare(b.id));
}

function joined(reason: QueueReason, before: ReasonSummary | undefined, group: QueueGroup): ReasonSummary {
  const due = [before?.nextAt, group.nextAt].filter((at) => at !== undefined);
  return {
    ...reason,
    count: (before?.count ?? 0) + group.count,
    oldestAt: Math.min(before?.oldestAt ?? group.oldestAt, group.oldestAt),
    ...(due.length === 0 ? {} : { nextAt: Math.min(...due) }),
  };
}
