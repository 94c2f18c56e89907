/** The queue: what is claimed, settled, changed by an operator. Times and states, no policy. */
import { markUnknown } from './correspondent.ts';
import { insertEvents } from './event.ts';
import { accept, insertEmail } from './filing.ts';
import { DELIVERY, deliveryOf, dueAt, isEnded } from './delivery.ts';
import type { DeliveryRow } from './delivery.ts';
import { endPauses, keepStanding, refreshDestinations } from './destination.ts';
import { holderOf } from './holder.ts';
import { FROM_MESSAGES, MESSAGE_AND_CONTENT, messageOf, releaseMessage, retainMessage } from './message.ts';
import type { MessageRow } from './message.ts';
import { writeNote } from './note.ts';
import { linkOwnReports, touchSubmission, touchSubmissions } from './outbox.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { liftSuppressions, suppress } from './suppression.ts';
import type { DeliveryState } from '../message.ts';
import type { AttemptRecord, Claim, SettledDelivery } from '../queue.ts';
import type { Writes } from '../store.ts';

/** RFC 5321 §4.5.3.1.8: every server takes 100 recipients in one transaction. */
const MOST_RECIPIENTS = 100;

type ClaimDue = Parameters<Writes['claimDue']>[0];

export function* claimDue(p: ClaimDue): Steps<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const { destination, claims: most } of p.from) {
    for (let n = 0; n < most; n++) {
      const claim = yield* claimAt(destination, p);
      if (claim === undefined) break;
      claims.push(claim);
    }
  }
  yield* refreshDestinations(new Set(claims.map(({ destination }) => destination)));
  yield* touchSubmissions(claims.map(({ message }) => message.id));
  return claims;
}

/** The oldest due message at a destination, with all its recipients there that are due. */
function* claimAt(destination: string, p: ClaimDue): Steps<Claim | undefined> {
  const oldest = yield* first<{ message: string }>(
    'SELECT message FROM deliveries WHERE destination = ? AND due_at <= ? ORDER BY due_at LIMIT 1',
    destination,
    p.dueBy,
  );
  if (oldest === undefined) return undefined;
  const due = yield* rows<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries d WHERE d.message = ? AND d.destination = ? AND d.due_at <= ? ORDER BY d.n LIMIT ${String(MOST_RECIPIENTS)}`,
    oldest.message,
    destination,
    p.dueBy,
  );
  const claimed: DeliveryRow[] = [];
  for (const row of due) {
    const nextAt = p.retryAt[row.attempts] ?? p.retryAt.at(-1) ?? p.dueBy;
    claimed.push(yield* hold(row, p, { attempts: row.attempts + 1, nextAt, freedState: 'waiting' }));
  }
  return yield* claimOf(oldest.message, destination, claimed);
}

interface Hold {
  readonly attempts: number;
  readonly nextAt: number;
  readonly freedState: DeliveryState;
}

/** `freedState` is what the delivery is again when the process that holds it dies. */
function* hold(
  row: DeliveryRow,
  p: Pick<ClaimDue, 'token' | 'process'>,
  { attempts, nextAt, freedState }: Hold,
): Steps<DeliveryRow> {
  yield* run(
    "UPDATE deliveries SET state = 'sending', attempts = ?, next_at = ?, due_at = NULL, lease = ?, holder = ?, freed_state = ?, end_said = 0 WHERE message = ? AND n = ?",
    attempts,
    nextAt,
    p.token,
    holderOf(p.process),
    freedState,
    row.message,
    row.n,
  );
  return { ...row, state: 'sending', attempts, next_at: nextAt };
}

function* claimOf(message: string, destination: string, claimed: readonly DeliveryRow[]): Steps<Claim> {
  const row = yield* first<MessageRow>(`SELECT ${MESSAGE_AND_CONTENT} ${FROM_MESSAGES} WHERE m.id = ?`, message);
  if (row === undefined) throw new Error(`message ${message} has deliveries but no row`);
  return { message: messageOf(row), destination, deliveries: claimed.map(deliveryOf) };
}

export function* announceEnd(p: Parameters<Writes['announceEnd']>[0]): Steps<boolean> {
  for (const n of p.numbers) {
    const said = yield* rows(
      "UPDATE deliveries SET end_said = 1 WHERE message = ? AND n = ? AND state = 'sending' AND lease = ? RETURNING n",
      p.message,
      n,
      p.token,
    );
    if (said.length === 0) return false;
  }
  return true;
}

type Settle = Parameters<Writes['settle']>[0];

interface Settling {
  readonly settled: SettledDelivery;
  readonly destination: string;
  readonly nextAt: number;
}

export function* settle(p: Settle): Steps<ReturnType<Writes['settle']>> {
  const all: Settling[] = [];
  const stop: number[] = [];
  for (const settled of p.deliveries) {
    const row = yield* first<{ destination: string; next_at: number; stop_requested_at: number | null }>(
      "SELECT destination, next_at, stop_requested_at FROM deliveries WHERE message = ? AND n = ? AND state = 'sending' AND lease = ?",
      p.message,
      settled.n,
      p.token,
    );
    if (row === undefined) return 'lost';
    all.push({ settled, destination: row.destination, nextAt: row.next_at });
    if (row.stop_requested_at !== null && !mayEndStopped(settled.state)) stop.push(settled.n);
  }
  if (stop.length > 0) return { stop };
  for (const one of all) yield* settleOne(p, one);
  yield* refreshDestinations(all.map(({ destination }) => destination));
  if (p.learned !== undefined) yield* keepStanding(p.learned, p.at);
  yield* insertAttempts(p.message, p.attempts);
  yield* insertEvents(p.events);
  for (const report of p.reports) {
    yield* accept(report);
    yield* linkOwnReports(p.message, report.emails);
  }
  yield* fileHeld(p);
  yield* learn(p);
  if (p.note !== undefined) yield* writeNote(p.note, p.at);
  yield* releaseMessage(p.message, all.filter(({ settled }) => isEnded(settled.state)).length, p.at);
  yield* touchSubmission(p.message);
  return 'done';
}

/** Which addresses exist, for who writes to them again. */
function* learn({ suppress: entries = [], lift }: Settle): Steps<void> {
  yield* suppress({ entries });
  for (const { account, address } of entries) if (account !== undefined) yield* markUnknown(account, [address], true);
  if (lift === undefined) return;
  yield* liftSuppressions(lift.account, lift.addresses);
  yield* markUnknown(lift.account, lift.addresses, false);
}

/** What a delivery that was asked back may become: it got there, or it ends unreported. */
function mayEndStopped(state: DeliveryState): boolean {
  return state === 'relayed' || state === 'filed' || state === 'dropped';
}

/** The copies of a message that was held for mailboxes here. */
function* fileHeld({ message: id, at, emails = [] }: Settle): Steps<void> {
  if (emails.length === 0) return;
  const row = yield* first<MessageRow>(`SELECT ${MESSAGE_AND_CONTENT} ${FROM_MESSAGES} WHERE m.id = ?`, id);
  if (row === undefined) throw new Error(`message ${id} has deliveries but no row`);
  const message = { ...messageOf(row), receivedAt: at };
  const names = row.thread_ids === null ? [] : (JSON.parse(row.thread_ids) as string[]);
  for (const email of emails) yield* insertEmail(email, message, names);
  yield* retainMessage(id, emails.length);
}

const SETTLE =
  'UPDATE deliveries SET state = ?, next_at = ?, due_at = ?, last_reply = COALESCE(?, last_reply), reason = COALESCE(?, reason), delay_notified_at = COALESCE(?, delay_notified_at), ' +
  'may_have_left = CASE WHEN ? = 1 THEN 1 ELSE may_have_left END, ended_at = ?, lease = NULL, holder = NULL, freed_state = NULL WHERE message = ? AND n = ?';

function* settleOne(p: Settle, { settled, nextAt: committed }: Settling): Steps<void> {
  const { n, state, lastReply, reason, delayNotifiedAt, mayHaveLeft } = settled;
  // Without a time of its own a waiting delivery keeps the one its claim committed; a held one waits for a person.
  const nextAt = settled.nextAt ?? (state === 'held' ? 0 : committed);
  const end = isEnded(state) ? p.at : null;
  yield* run(
    SETTLE,
    state,
    nextAt,
    dueAt(state, nextAt),
    lastReply ?? null,
    reason ?? null,
    delayNotifiedAt ?? null,
    mayHaveLeft === true ? 1 : 0,
    end,
    p.message,
    n,
  );
}

const INSERT_ATTEMPT =
  'INSERT INTO attempts (message, n, attempt, host, ip, port, tls, reply, started_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

function* insertAttempts(message: string, attempts: readonly AttemptRecord[]): Steps<void> {
  for (const a of attempts) {
    const where = [a.host ?? null, a.ip ?? null, a.port ?? null, a.tls ?? null];
    yield* run(INSERT_ATTEMPT, message, a.n, a.attempt, ...where, a.reply ?? null, a.startedAt, a.endedAt);
  }
}

/** Claims those of the numbers that nobody is sending and that have not ended; the claim names the first one's destination. */
export function* claimForOperator(p: Parameters<Writes['claimForOperator']>[0]): Steps<Claim | undefined> {
  const claimed: DeliveryRow[] = [];
  for (const n of new Set(p.numbers)) {
    const row = yield* idleDelivery(p.message, n);
    if (row !== undefined)
      claimed.push(yield* hold(row, p, { attempts: row.attempts, nextAt: row.next_at, freedState: row.state }));
  }
  yield* refreshDestinations(claimed.map((row) => row.destination));
  if (claimed.length > 0) yield* touchSubmission(p.message);
  return claimed[0] === undefined ? undefined : yield* claimOf(p.message, claimed[0].destination, claimed);
}

function idleDelivery(message: string, n: number): Steps<DeliveryRow | undefined> {
  return first<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries d WHERE d.message = ? AND d.n = ? AND d.ended_at IS NULL AND d.state <> 'sending'`,
    message,
    n,
  );
}

type Change = Parameters<Writes['changeDeliveries']>[0];

export function* changeDeliveries(p: Change): Steps<readonly number[]> {
  const changed: DeliveryRow[] = [];
  for (const n of new Set(p.numbers)) {
    const row = yield* idleDelivery(p.message, n);
    const meant = row !== undefined && p.only?.includes(row.state) !== false;
    const state = meant ? stateAfter(row, p.action) : undefined;
    if (row === undefined || state === undefined) continue;
    const nextAt = state === 'waiting' ? p.at : state === 'held' ? 0 : row.next_at;
    yield* run(
      'UPDATE deliveries SET state = ?, next_at = ?, due_at = ?, ended_at = ? WHERE message = ? AND n = ?',
      state,
      nextAt,
      dueAt(state, nextAt),
      isEnded(state) ? p.at : null,
      p.message,
      n,
    );
    changed.push(row);
  }
  yield* refreshDestinations(changed.map((row) => row.destination));
  if (p.action === 'retry' || p.action === 'release') yield* endPauses(changed.map((row) => row.destination));
  const numbers = changed.map((row) => row.n);
  if (numbers.length > 0) yield* insertEvents(p.events.filter(({ n }) => n === undefined || numbers.includes(n)));
  if (p.action === 'drop') yield* releaseMessage(p.message, numbers.length, p.at);
  if (numbers.length > 0) yield* touchSubmission(p.message);
  return numbers;
}

/** Undefined: this action changes nothing about a delivery in that state. */
function stateAfter({ state, next_at: nextAt }: DeliveryRow, action: Change['action']): DeliveryState | undefined {
  // Held until a time: its sender's wish, that a retry of everything must not undo.
  const scheduled = state === 'held' && nextAt > 0;
  switch (action) {
    case 'retry':
      return scheduled ? undefined : 'waiting';
    case 'hold':
      return state === 'waiting' || scheduled ? 'held' : undefined;
    case 'release':
      return state === 'held' ? 'waiting' : undefined;
    case 'drop':
      return 'dropped';
  }
}
