/**
 * The maildrop: its lock, its listing, and the removal of what a session marked (RFC 1939 §6). The
 * maildrop is the Inbox; QUIT ends memberships, and an email without memberships is gone.
 */
import type { NewEvent } from '../events.ts';
import type { EmailToRead, MaildropSlice } from '../maildrop.ts';
import type { Downgraded } from '../message.ts';
import type { Reads, Writes } from '../store.ts';
import { insertEvents } from './event.ts';
import { holderOf, processOf } from './holder.ts';
import { contentOf } from './message.ts';
import type { MessageRow } from './message.ts';
import { emptyLeaving, removeMemberships } from './removal.ts';
import { removeUploadsOf } from './upload.ts';
import { removeRemotesOf } from './remote.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

/** More than this and a QUIT would hold the writer up: it commits a mark, carried out in parts of this size. */
const REMOVAL_PART = 2_000;

interface LockRow {
  readonly token: string;
  readonly holder: string;
  readonly since: number;
  readonly peer: string;
}

/** 'unfinished': removals of an earlier session must be carried out first; the store does so and asks again. */
type Locked = ReturnType<Writes['lockMaildrop']> | { readonly kind: 'unfinished' };

export function* lockMaildrop(p: Parameters<Writes['lockMaildrop']>[0]): Steps<Locked> {
  const mailbox = yield* first<{ id: number }>(
    "SELECT m.id FROM mailboxes m JOIN accounts a ON a.id = m.account WHERE a.id = ? AND a.closed_at IS NULL AND m.role = 'inbox'",
    p.account,
  );
  if (mailbox === undefined) return { kind: 'missing' };
  const held = yield* first<LockRow>(
    'SELECT token, holder, since, peer FROM maildrop_locks WHERE account = ?',
    p.account,
  );
  if (held !== undefined && held.token !== p.token && held.token !== p.breaking) {
    return {
      kind: 'in-use',
      holder: { token: held.token, process: processOf(held.holder), since: held.since, peer: held.peer },
    };
  }
  const unfinished = yield* first('SELECT part FROM removals WHERE account = ? LIMIT 1', p.account);
  if (unfinished !== undefined) return { kind: 'unfinished' };
  yield* run(
    'INSERT INTO maildrop_locks (account, token, holder, since, peer) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE ' +
      'SET token = excluded.token, holder = excluded.holder, since = excluded.since, peer = excluded.peer',
    p.account,
    p.token,
    holderOf(p.process),
    p.at,
    p.peer,
  );
  return { kind: 'locked', mailbox: mailbox.id };
}

/** Whether this QUIT only commits a mark; its parts are then to be carried out. */
export function isMarked(p: Pick<Parameters<Writes['quitMaildrop']>[0], 'remove' | 'events'>): boolean {
  return p.remove.length > REMOVAL_PART || p.events.length > REMOVAL_PART;
}

export function* quitMaildrop(p: Parameters<Writes['quitMaildrop']>[0]): Steps<'done' | 'lost'> {
  const given = yield* first(
    'DELETE FROM maildrop_locks WHERE account = ? AND token = ? RETURNING token',
    p.account,
    p.token,
  );
  if (given === undefined) return 'lost';
  yield* emptyLeaving({ account: p.account, at: p.at, limit: REMOVAL_PART });
  if (isMarked(p)) yield* markRemovals(p);
  else yield* carryOut({ account: p.account, at: p.at, sessionId: p.sessionId, uids: p.remove, events: p.events });
  return 'done';
}

function* markRemovals(p: Parameters<Writes['quitMaildrop']>[0]): Steps<void> {
  const parts = Math.ceil(Math.max(p.remove.length, p.events.length) / REMOVAL_PART);
  for (let part = 0; part < parts; part++) {
    const slice = [part * REMOVAL_PART, (part + 1) * REMOVAL_PART] as const;
    const [uids, events] = [JSON.stringify(p.remove.slice(...slice)), JSON.stringify(p.events.slice(...slice))];
    yield* run(
      'INSERT INTO removals (account, part, at, session_id, uids, events) VALUES (?, ?, ?, ?, ?, ?)',
      p.account,
      part,
      p.at,
      p.sessionId,
      uids,
      events,
    );
  }
}

interface PartRow {
  readonly account: string;
  readonly part: number;
  readonly at: number;
  readonly session_id: string;
  readonly uids: string;
  readonly events: string;
}

/** One part of a marked removal, of one account or of any. False: nothing was left to do. */
export function* removePart(p: { readonly account?: string }): Steps<boolean> {
  const where = p.account === undefined ? '' : 'WHERE account = ?';
  const part = yield* first<PartRow>(
    `SELECT account, part, at, session_id, uids, events FROM removals ${where} ORDER BY account, part LIMIT 1`,
    ...(p.account === undefined ? [] : [p.account]),
  );
  if (part === undefined) return false;
  const [uids, events] = [JSON.parse(part.uids) as number[], JSON.parse(part.events) as NewEvent[]];
  yield* carryOut({ account: part.account, at: part.at, sessionId: part.session_id, uids, events });
  yield* run('DELETE FROM removals WHERE account = ? AND part = ?', part.account, part.part);
  return true;
}

interface Quit {
  readonly account: string;
  readonly at: number;
  readonly sessionId: string;
  readonly uids: readonly number[];
  readonly events: readonly NewEvent[];
}

function* carryOut({ account, at, sessionId, uids, events }: Quit): Steps<void> {
  yield* insertEvents(events);
  if (uids.length === 0) return;
  const mailbox = yield* first<{ id: number }>(
    "SELECT id FROM mailboxes WHERE account = ? AND role = 'inbox'",
    account,
  );
  if (mailbox === undefined) return;
  yield* removeMemberships({ account, at, mailbox: mailbox.id, uids, why: { kind: 'removed', by: 'pop3', sessionId } });
}

/** The account's row, mailboxes and tombstones go with its last email. */
export function* purgeAccount(p: Parameters<Writes['purgeAccount']>[0]): Steps<'done' | 'more' | 'missing'> {
  const { account, at, limit } = p;
  const closed = yield* first('SELECT id FROM accounts WHERE id = ? AND closed_at IS NOT NULL', account);
  if (closed === undefined) return 'missing';
  if (yield* emptyLeaving({ account, at, limit })) return 'more';
  const found = yield* rows<{ mailbox: number; uid: number }>(
    'SELECT s.mailbox, s.uid FROM mailboxes b JOIN memberships s ON s.mailbox = b.id WHERE b.account = ? ORDER BY s.mailbox, s.uid LIMIT ?',
    account,
    limit,
  );
  for (const mailbox of new Set(found.map((row) => row.mailbox))) {
    const uids = found.filter((row) => row.mailbox === mailbox).map(({ uid }) => uid);
    yield* removeMemberships({ account, at, mailbox, uids, why: { kind: 'removed', by: 'account-removed' } });
  }
  if (found.length >= limit) return 'more';
  yield* removeUploadsOf(account);
  yield* removeRemotesOf(account);
  for (const table of OF_AN_ACCOUNT) yield* run(`DELETE FROM ${table} WHERE account = ?`, account);
  yield* run('DELETE FROM accounts WHERE id = ?', account);
  return 'done';
}

/** What is left of an account without mail. */
const OF_AN_ACCOUNT = [
  'mailboxes',
  'tombstones',
  'maildrop_locks',
  'removals',
  'credentials',
  'grants',
  'sent',
  'correspondents',
  'suppressions',
  'identities',
  'submissions',
  'submission_reports',
  'people',
];

interface MembershipRow {
  readonly uid: number;
  readonly email: string;
  readonly octets: number;
  readonly downgraded_octets: number | null;
  readonly uidl: string;
}

const MOST_LISTED = 1_000;

export function* maildropSlice(p: Parameters<Reads['maildropSlice']>[0]): Steps<MaildropSlice> {
  const found = yield* rows<MembershipRow>(
    'SELECT uid, email, octets, downgraded_octets, uidl FROM memberships WHERE mailbox = ? AND uid > ? ORDER BY uid LIMIT ?',
    p.mailbox,
    p.afterUid,
    Math.min(p.limit, MOST_LISTED),
  );
  return {
    uids: found.map((row) => row.uid),
    emails: found.map((row) => row.email),
    octets: found.map((row) => row.octets),
    downgradedOctets: found.map((row) => row.downgraded_octets ?? row.octets),
    uidls: found.map((row) => row.uidl),
  };
}

interface EmailRow extends Pick<MessageRow, 'body' | 'file'> {
  readonly id: string;
  readonly account: string;
  readonly message: string;
  readonly seq: number;
  readonly n: number;
  readonly delivery_prefix: Uint8Array;
  readonly prefix: Uint8Array;
  readonly email_octets: number;
  readonly octets: number;
  readonly pop_octets: number;
  /** The delivery prefix in ASCII where it isn't, and the octets where they differ. */
  readonly downgraded_prefix: Uint8Array | null;
  readonly downgraded_octets: number | null;
  /** The message's prefix in ASCII, where the message has a form of its own. */
  readonly prefix_in_ascii: Uint8Array | null;
}

export function* email(p: Parameters<Reads['email']>[0]): Steps<EmailToRead | undefined> {
  const row = yield* first<EmailRow>(
    'SELECT e.id, e.account, e.message, e.n, e.delivery_prefix, e.octets AS email_octets, m.seq, m.prefix, m.octets, m.pop_octets, c.body, c.file, ' +
      'e.downgraded_prefix, e.downgraded_octets, d.prefix AS prefix_in_ascii ' +
      'FROM emails e JOIN messages m ON m.id = e.message LEFT JOIN contents c ON c.message = m.seq ' +
      'LEFT JOIN downgraded d ON d.message = m.seq WHERE e.id = ?',
    p.id,
  );
  if (row === undefined) return undefined;
  const prefix = Buffer.concat([row.delivery_prefix, row.prefix]);
  const downgraded = yield* downgradedOf(row);
  return {
    email: row.id,
    account: row.account,
    message: row.message,
    n: row.n,
    prefix,
    content: contentOf(row),
    popOctets: row.email_octets,
    ...(downgraded === undefined ? {} : { downgraded }),
  };
}

interface PatchRow {
  readonly at: number;
  readonly replaces: number;
  readonly instead: Uint8Array;
}

function* downgradedOf(row: EmailRow): Steps<Downgraded | undefined> {
  if (row.downgraded_octets === null) return undefined;
  const prefix = Buffer.concat([row.downgraded_prefix ?? row.delivery_prefix, row.prefix_in_ascii ?? row.prefix]);
  const found =
    row.prefix_in_ascii === null
      ? []
      : yield* rows<PatchRow>('SELECT at, replaces, instead FROM patches WHERE message = ? ORDER BY at', row.seq);
  const patches = found.map(({ at, replaces, instead }) => ({ at, replaces, with: instead }));
  return { prefix, patches, popOctets: row.downgraded_octets };
}
