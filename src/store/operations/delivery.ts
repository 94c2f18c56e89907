/** The rows of deliveries. */
import type { DeliveryState, NewDelivery, QueuedDelivery } from '../message.ts';
import { dueEarlier } from './destination.ts';
import { rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export const DELIVERY =
  'd.message, d.n, d.recipient, d.original, d.destination, d.state, d.next_at, d.attempts, d.notify, d.orcpt, d.on_unsure, d.on_failure, ' +
  'd.last_reply, d.delay_notified_at, d.reason, d.ended_at, d.stop_requested_at, d.may_have_left';

/** With the pause that its destination is in, for who shows it to people: columns, and what to join. */
export const DELIVERY_AND_PAUSE = `${DELIVERY}, x.not_before`;
export const JOIN_PAUSE =
  "LEFT JOIN destinations x ON x.name = d.destination AND x.not_before > d.next_at AND d.state = 'waiting'";

export interface DeliveryRow {
  readonly message: string;
  readonly n: number;
  readonly recipient: string;
  readonly original: string | null;
  readonly destination: string;
  readonly state: DeliveryState;
  readonly next_at: number;
  readonly attempts: number;
  readonly notify: string | null;
  readonly orcpt: string | null;
  readonly on_unsure: NewDelivery['onUnsure'];
  readonly on_failure: NewDelivery['onFailure'];
  readonly last_reply: string | null;
  readonly reason: string | null;
  readonly delay_notified_at: number | null;
  readonly ended_at: number | null;
  readonly stop_requested_at: number | null;
  readonly may_have_left: number;
  readonly not_before?: number | null;
}

export function deliveryOf(row: DeliveryRow): QueuedDelivery {
  return {
    n: row.n,
    recipient: row.recipient,
    ...(row.original === null ? {} : { original: row.original }),
    destination: row.destination,
    state: row.state,
    nextAt: row.next_at,
    attempts: row.attempts,
    ...(row.notify === null ? {} : { notify: JSON.parse(row.notify) as string[] }),
    ...(row.orcpt === null ? {} : { orcpt: row.orcpt }),
    onUnsure: row.on_unsure,
    onFailure: row.on_failure,
    ...(row.last_reply === null ? {} : { lastReply: row.last_reply }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.delay_notified_at === null ? {} : { delayNotifiedAt: row.delay_notified_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.stop_requested_at === null ? {} : { stopRequestedAt: row.stop_requested_at }),
    ...(row.may_have_left === 0 ? {} : { mayHaveLeft: true }),
    ...(typeof row.not_before === 'number' ? { pausedUntil: row.not_before } : {}),
  };
}

/**
 * When a runner may take a delivery: a waiting one at its time, a held one only if it has a time
 * (0: it has none, a person must release it).
 */
export function dueAt(state: DeliveryState, nextAt: number): number | null {
  if (state === 'waiting') return nextAt;
  return state === 'held' && nextAt > 0 ? nextAt : null;
}

export function isEnded(state: DeliveryState): boolean {
  return state === 'relayed' || state === 'filed' || state === 'failed' || state === 'dropped';
}

/** Of "bob@b.test" or "bob@[192.0.2.1]": what follows the last @. */
function domainOf(recipient: string): string {
  return recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase();
}

const INSERT =
  'INSERT INTO deliveries (message, n, recipient, recipient_domain, original, destination, state, next_at, due_at, notify, orcpt, on_unsure, on_failure) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

export function* insertDeliveries(message: string, deliveries: readonly NewDelivery[]): Steps<void> {
  const earliest = new Map<string, number>();
  for (const d of deliveries) {
    const due = dueAt(d.state, d.nextAt);
    yield* run(
      INSERT,
      message,
      d.n,
      d.recipient,
      domainOf(d.recipient),
      d.original ?? null,
      d.destination,
      d.state,
      d.nextAt,
      due,
      d.notify === undefined ? null : JSON.stringify(d.notify),
      d.orcpt ?? null,
      d.onUnsure,
      d.onFailure,
    );
    if (due !== null) earliest.set(d.destination, Math.min(due, earliest.get(d.destination) ?? due));
  }
  yield* dueEarlier(earliest);
}

export function* deliveries(p: { readonly message: string }): Steps<readonly QueuedDelivery[]> {
  return (yield* rows<DeliveryRow>(
    `SELECT ${DELIVERY_AND_PAUSE} FROM deliveries d ${JOIN_PAUSE} WHERE d.message = ? ORDER BY d.n`,
    p.message,
  )).map(deliveryOf);
}
