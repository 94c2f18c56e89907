/**
 * How a submission stands, kept beside it: written in the transaction of whatever moves one of its deliveries, so that
 * a client that asks for changes hears of each, and a listing need not look at deliveries.
 */
import type { NewEmail, DeliveryState } from '../message.ts';
import type { UndoStatus } from '../sending.ts';
import { bump } from './modseq.ts';
import { isEnded } from './delivery.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

interface Standing {
  readonly state: DeliveryState;
  readonly may_have_left: number;
  readonly ended_at: number | null;
}

export interface Stand {
  readonly undo: UndoStatus;
  readonly open: boolean;
  readonly failedAt: number | null;
}

/** @param filed a copy lay in a mailbox here at once */
export function standOf(deliveries: readonly Standing[], filed: boolean): Stand {
  const failed = deliveries.flatMap(({ state, ended_at: at }) => (state === 'failed' && at !== null ? [at] : []));
  return {
    undo: filed ? 'final' : undoOf(deliveries),
    open: deliveries.some(({ state }) => !isEnded(state)),
    failedAt: failed.length === 0 ? null : Math.max(...failed),
  };
}

function undoOf(deliveries: readonly Standing[]): UndoStatus {
  if (deliveries.some(hasLeft)) return 'final';
  if (deliveries.some(({ state }) => !isEnded(state))) return 'pending';
  return deliveries.every(({ state }) => state === 'dropped') ? 'canceled' : 'final';
}

function hasLeft({ state, may_have_left: doubt }: Standing): boolean {
  return state === 'relayed' || state === 'filed' || state === 'unsure' || doubt === 1;
}

/** Deliveries of this message were moved: its submission, where it has one, is written anew. */
export function* touchSubmission(message: string): Steps<void> {
  const now = yield* first<{ account: string; filed: number }>(
    'SELECT account, filed FROM submissions WHERE id = ?',
    message,
  );
  if (now === undefined) return;
  const deliveries = yield* rows<Standing>(
    'SELECT state, may_have_left, max(ended_at) AS ended_at FROM deliveries WHERE message = ? GROUP BY state, may_have_left',
    message,
  );
  const { undo, open, failedAt } = standOf(deliveries, now.filed === 1);
  const modseq = yield* bump(now.account);
  yield* run(
    "UPDATE submissions SET undo = CASE WHEN undo = 'canceled' THEN undo ELSE ? END, open = ?, failed_at = ?, modseq = ? WHERE id = ?",
    undo,
    open ? 1 : 0,
    failedAt,
    modseq ?? 0,
    message,
  );
}

export function* touchSubmissions(messages: Iterable<string>): Steps<void> {
  for (const message of new Set(messages)) yield* touchSubmission(message);
}

/** Reports of ours about a message that its sender finds in a mailbox here. */
export function* linkOwnReports(message: string, emails: readonly NewEmail[]): Steps<void> {
  if (emails.length === 0) return;
  const submission = yield* first<{ account: string }>('SELECT account FROM submissions WHERE id = ?', message);
  for (const { id, account } of emails)
    if (account === submission?.account)
      yield* run(
        "INSERT INTO submission_reports (submission, email, account, kind) VALUES (?, ?, ?, 'delivery') ON CONFLICT DO NOTHING",
        message,
        id,
        account,
      );
}
