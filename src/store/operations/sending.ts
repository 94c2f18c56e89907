/** Submissions (RFC 8621 §7): made in one commit with the message, taken back, listed, and what is reported of them. */
import type { ChangesSince, MailChanges } from '../mail.ts';
import type {
  Aftermath,
  AftermathResult,
  NewSubmission,
  SendingReads,
  SendingWrites,
  SubmissionRow,
  UndoStatus,
} from '../sending.ts';
import { changeEmails } from './email-change.ts';
import { nameDigest } from '../name-digest.ts';
import { accept } from './filing.ts';
import { markUnknown, meet } from './correspondent.ts';
import { standOf, touchSubmission } from './outbox.ts';
import { bump } from './modseq.ts';
import { bury, changesOf } from './sending-changes.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { takeBack } from './take-back.ts';

/** Who is suggested when an address is typed: more people than anybody writes to. */
const MOST_PEOPLE = 5_000;

type Submit = Parameters<SendingWrites['submit']>[0];

export function* submit(p: Submit): Steps<ReturnType<SendingWrites['submit']>> {
  const { account, id, email } = p.submission;
  if ((yield* first('SELECT id FROM submissions WHERE id = ?', id)) !== undefined) return {};
  const source = yield* first('SELECT id FROM emails WHERE id = ? AND account = ?', email, account);
  if (source === undefined) return 'missing';
  yield* accept(p.accept);
  yield* insertSubmission(p);
  yield* meet({ account, meetings: p.meetings, most: MOST_PEOPLE });
  return yield* carryOut(account, p.after, p.at);
}

function* insertSubmission({ accept: { deliveries, emails }, submission, at }: Submit): Steps<void> {
  const { id, account, identity, email, thread, envelope, recipients, sendAt } = submission;
  const filed = emails.length > 0;
  const begun = deliveries.map(({ state }) => ({ state, may_have_left: 0, ended_at: null }));
  const { undo, open } = standOf(begun, filed);
  const modseq = (yield* bump(account)) ?? 0;
  yield* run(
    'INSERT INTO submissions (id, account, identity, email, thread, envelope, recipients, send_at, created_at, undo, open, failed_at, filed, created, modseq) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)',
    id,
    account,
    identity,
    email,
    thread,
    envelope,
    JSON.stringify(recipients),
    sendAt,
    at,
    undo,
    open ? 1 : 0,
    filed ? 1 : 0,
    modseq,
    modseq,
  );
}

/** What becomes of the email it was made from, in the same transaction. */
function* carryOut(
  account: string,
  after: Aftermath | undefined,
  at: number,
): Steps<{ readonly aftermath?: AftermathResult }> {
  if (after === undefined) return {};
  const done = yield* changeEmails({ account, ...after, at });
  return done === 'state-mismatch' ? {} : { aftermath: done };
}

type Cancel = Parameters<SendingWrites['cancelSubmission']>[0];

export function* cancelSubmission(p: Cancel): Steps<ReturnType<SendingWrites['cancelSubmission']>> {
  const { account, id, at, by } = p;
  const now = yield* first<{ undo: UndoStatus }>(
    'SELECT undo FROM submissions WHERE id = ? AND account = ?',
    id,
    account,
  );
  if (now === undefined) return 'missing';
  // Said twice it is no other wish: what shall become of the email still is.
  if (now.undo === 'canceled') return yield* carryOut(account, p.after, at);
  const sending = yield* first("SELECT n FROM deliveries WHERE message = ? AND state = 'sending' LIMIT 1", id);
  if (now.undo === 'final' || sending !== undefined) return 'cannot-unsend';
  yield* takeBack({ message: id, account, at, by });
  yield* run("UPDATE submissions SET undo = 'canceled' WHERE id = ?", id);
  return yield* carryOut(account, p.after, at);
}

interface Row {
  readonly id: string;
  readonly account: string;
  readonly identity: string;
  readonly email: string;
  readonly thread: string;
  readonly envelope: string;
  readonly recipients: string;
  readonly send_at: number;
  readonly created_at: number;
  readonly undo: UndoStatus;
}

const COLUMNS = 'id, account, identity, email, thread, envelope, recipients, send_at, created_at, undo';
const MOST_READ = 1_000;

export function* submissions(p: Parameters<SendingReads['submissions']>[0]): Steps<readonly SubmissionRow[]> {
  const found: SubmissionRow[] = [];
  for (const id of p.ids.slice(0, MOST_READ)) {
    const row = yield* first<Row>(`SELECT ${COLUMNS} FROM submissions WHERE id = ? AND account = ?`, id, p.account);
    if (row !== undefined) found.push(submissionOf(row, yield* reportsOf(id)));
  }
  return found;
}

function* reportsOf(submission: string): Steps<SubmissionRow['reports']> {
  const found = yield* rows<{ email: string; kind: 'delivery' | 'disposition'; facts: string | null }>(
    'SELECT r.email, r.kind, r.facts FROM submission_reports r JOIN emails e ON e.id = r.email WHERE r.submission = ? AND e.hidden = 0 ORDER BY r.email',
    submission,
  );
  return found.map(({ email, kind, facts }) => ({ email, kind, ...(facts === null ? {} : { facts }) }));
}

function submissionOf(row: Row, reports: SubmissionRow['reports']): SubmissionRow {
  const { id, account, identity, email, thread, envelope } = row;
  return {
    id,
    account,
    identity,
    email,
    thread,
    envelope,
    recipients: JSON.parse(row.recipients) as string[],
    sendAt: row.send_at,
    createdAt: row.created_at,
    undoStatus: row.undo,
    reports,
  } satisfies NewSubmission & SubmissionRow;
}

export function submissionChanges(p: ChangesSince): Steps<MailChanges<string> | undefined> {
  return changesOf('submission', p);
}

export function* outbox(p: Parameters<SendingReads['outbox']>[0]): Steps<readonly string[]> {
  const found = yield* rows<{ id: string }>(
    'SELECT id FROM submissions WHERE account = ? AND open = 1 ' +
      'UNION SELECT id FROM submissions WHERE account = ? AND failed_at >= ? ORDER BY id DESC LIMIT ?',
    p.account,
    p.account,
    p.failedSince,
    p.limit,
  );
  return found.map(({ id }) => id);
}

const MOST_MATCHES = 20;
/** Others' Message-IDs repeat and are forged: so many messages that carry it are looked at, the newest. */
const MOST_NAMED = 1_000;

export function* submissionsOf(p: Parameters<SendingReads['submissionsOf']>[0]): Steps<readonly string[]> {
  if (p.envid !== undefined) {
    const found = yield* rows<{ id: string }>(
      'SELECT s.id FROM submissions s JOIN messages m ON m.id = s.id WHERE s.id = ? AND s.account = ?',
      p.envid,
      p.account,
    );
    if (found.length > 0) return found.map(({ id }) => id);
  }
  if (p.messageId === undefined) return [];
  const named = yield* rows<{ id: string }>(
    'SELECT s.id FROM (SELECT target FROM names WHERE digest = ? AND owner = 0 ORDER BY target DESC LIMIT ?) x ' +
      'JOIN messages m ON m.seq = x.target JOIN submissions s ON s.id = m.id ' +
      'WHERE m.message_id = ? AND s.account = ?',
    nameDigest(p.messageId),
    MOST_NAMED,
    p.messageId,
    p.account,
  );
  const newestFirst = named.map(({ id }) => id).toSorted((a, b) => (a < b ? 1 : -1));
  return newestFirst.slice(0, MOST_MATCHES);
}

export function* forgetSubmission(
  p: Parameters<SendingWrites['forgetSubmission']>[0],
): Steps<ReturnType<SendingWrites['forgetSubmission']>> {
  const now = yield* first('SELECT id FROM submissions WHERE id = ? AND account = ?', p.id, p.account);
  if (now === undefined) return 'missing';
  yield* removeSubmission(p.id, p.at);
  return 'done';
}

/** With its reports' links; the emails stay. */
export function* removeSubmission(id: string, at: number): Steps<void> {
  const gone = yield* first<{ account: string; created: number }>(
    'DELETE FROM submissions WHERE id = ? RETURNING account, created',
    id,
  );
  if (gone === undefined) return;
  yield* run('DELETE FROM submission_reports WHERE submission = ?', id);
  yield* bury('submission', { account: gone.account, id, created: gone.created }, at);
}

/** Anybody who got the message can write reports about it, and all of them are read with it. */
const MOST_REPORTS = 500;

export function* linkReport(p: Parameters<SendingWrites['linkReport']>[0]): Steps<boolean> {
  const { account, submission, email, kind, facts } = p;
  const both = yield* first(
    'SELECT s.id FROM submissions s JOIN emails e ON e.id = ? AND e.account = s.account WHERE s.id = ? AND s.account = ?',
    email,
    submission,
    account,
  );
  if (both === undefined) return false;
  const reports = yield* first<{ n: number }>(
    'SELECT count(*) AS n FROM submission_reports WHERE submission = ? AND email <> ?',
    submission,
    email,
  );
  if ((reports?.n ?? 0) >= MOST_REPORTS) return false;
  const linked = yield* first(
    'INSERT INTO submission_reports (submission, email, account, kind, facts) VALUES (?, ?, ?, ?, ?) ' +
      'ON CONFLICT (submission, email) DO UPDATE SET facts = excluded.facts WHERE submission_reports.facts IS NULL RETURNING email',
    submission,
    email,
    account,
    kind,
    facts,
  );
  if (linked === undefined) return false;
  yield* markUnknown(account, p.unknown, true);
  yield* touchSubmission(submission);
  return true;
}
