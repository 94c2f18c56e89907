/** One message asked back: each delivery by its state, in one commit. */
import type { NewEvent } from '../events.ts';
import type { TakeBackWrites, TakenBack, TakenBackDelivery } from '../take-back.ts';
import { DELIVERY, isEnded } from './delivery.ts';
import type { DeliveryRow } from './delivery.ts';
import { refreshDestinations } from './destination.ts';
import { insertEvents } from './event.ts';
import { releaseMessage } from './message.ts';
import { touchSubmission } from './outbox.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

type TakeBack = Parameters<TakeBackWrites['takeBack']>[0];

export function* takeBack(p: TakeBack): Steps<ReturnType<TakeBackWrites['takeBack']>> {
  const message = yield* first<{ account: string | null }>('SELECT account FROM messages WHERE id = ?', p.message);
  if (message === undefined) return 'missing';
  if (p.account !== undefined && message.account !== p.account) return 'not-yours';
  const all = yield* rows<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries d WHERE d.message = ? ORDER BY d.n`,
    p.message,
  );
  const meant = all.filter(({ n }) => p.numbers?.includes(n) ?? true);
  const open = meant.filter(({ state }) => !isEnded(state));
  for (const row of open) yield* stop(p, row);
  const dropped = open.filter(({ state }) => state !== 'sending');
  yield* refreshDestinations(dropped.map(({ destination }) => destination));
  yield* insertEvents(open.filter(isNews).map((row) => takenBackEvent(p, row)));
  yield* releaseMessage(p.message, dropped.length, p.at);
  if (open.some(isNews)) yield* touchSubmission(p.message);
  return meant.map(outcomeOf);
}

/** Asked a second time while it is being sent, it is no news. */
function isNews(row: DeliveryRow): boolean {
  return row.stop_requested_at === null;
}

function* stop(p: TakeBack, row: DeliveryRow): Steps<void> {
  if (row.state === 'sending')
    yield* run(
      'UPDATE deliveries SET stop_requested_at = COALESCE(stop_requested_at, ?) WHERE message = ? AND n = ?',
      p.at,
      p.message,
      row.n,
    );
  else
    yield* run(
      "UPDATE deliveries SET state = 'dropped', due_at = NULL, ended_at = ?, may_have_left = ? WHERE message = ? AND n = ?",
      p.at,
      answerFor(row) === 'unknown' ? 1 : 0,
      p.message,
      row.n,
    );
}

/** From what it was before. */
function answerFor({ state, may_have_left: doubt }: DeliveryRow): TakenBack {
  switch (state) {
    case 'relayed':
    case 'filed':
      return 'left';
    case 'failed':
      return 'failed';
    case 'sending':
      return 'leaving';
    case 'unsure':
      return 'unknown';
    case 'waiting':
    case 'held':
    case 'dropped':
      return doubt === 1 ? 'unknown' : 'stopped';
  }
}

function takenBackEvent(p: TakeBack, row: DeliveryRow): NewEvent {
  const facts = { kind: 'taken-back', ...p.by, answer: answerFor(row) } as const;
  return { message: p.message, n: row.n, at: p.at, facts };
}

function outcomeOf(row: DeliveryRow): TakenBackDelivery {
  return {
    n: row.n,
    recipient: row.recipient,
    ...(row.original === null ? {} : { original: row.original }),
    answer: answerFor(row),
    was: row.state,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}
