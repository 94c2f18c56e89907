/**
 * One operation's changes to an account's mail, from its beginning to its modseqs. Each email that changes takes the
 * next modseq, one of its own, so that whoever asks for changes can be answered in pieces of any size.
 */
import { insertEvents } from './event.ts';
import { othersColumn } from './keyword.ts';
import type { Packed } from './keyword.ts';
import { joinMailbox } from './membership.ts';
import { releaseMessage } from './message.ts';
import { forgetCard } from './card.ts';
import { touchSubmissions } from './outbox.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { settleTally, Tally } from './tally.ts';
import type { EventFacts } from '../events.ts';

/**
 * Where an email lies that its owner removed while a POP3 session has the maildrop open: nobody lists this mailbox, and
 * what the session listed it can read to its end. Emptied when the session gives up its lock.
 */
export const LEAVING = 'leaving';

export interface Change {
  readonly account: string;
  /** Of the account, in seqs. */
  readonly number: number;
  readonly at: number;
  /** The account's modseq before. */
  readonly base: number;
  /** The modseq that stands with the account already. */
  readonly taken: number;
  readonly tally: Tally;
  /** The mailbox; 0: there is none. */
  readonly trash: number;
  /** The last modseq given to an email. */
  modseq: number;
  /** Submissions of which a report went. */
  readonly reported: Set<string>;
  freedOctets: number;
  freedMessages: number;
}

interface Box {
  readonly id: number;
  readonly role: string | null;
}

/** The mailboxes of an account, by id; the one of what is leaving too. */
export function* boxesOf(account: string): Steps<ReadonlyMap<number, string | null>> {
  const found = yield* rows<Box>('SELECT id, role FROM mailboxes WHERE account = ?', account);
  return new Map(found.map(({ id, role }) => [id, role]));
}

/** Whether the account has it and its owner sees it. */
export function isOpen(boxes: ReadonlyMap<number, string | null>, id: number): boolean {
  return boxes.has(id) && boxes.get(id) !== LEAVING;
}

/** Undefined: there is no such account. */
export function* beginChange(account: string, at: number): Steps<Change | undefined> {
  const row = yield* first<{ number: number; modseq: number; trash: number }>(
    'SELECT number, modseq, trash FROM accounts WHERE id = ?',
    account,
  );
  if (row === undefined) return undefined;
  const { number, modseq, trash } = row;
  return changeFrom({ account, number, at, base: modseq, taken: modseq, trash });
}

export function changeFrom(p: Pick<Change, 'account' | 'number' | 'at' | 'base' | 'taken' | 'trash'>): Change {
  return { ...p, tally: new Tally(), modseq: p.base, reported: new Set(), freedOctets: 0, freedMessages: 0 };
}

/** Writes the counts; the account's modseq after it. */
export function* endChange(change: Change): Steps<number> {
  const last = Math.max(change.taken, change.modseq, yield* settleTally(change.tally, change));
  if (last > change.taken) yield* run('UPDATE accounts SET modseq = ? WHERE id = ?', last, change.account);
  if (change.freedMessages > 0)
    yield* run(
      'UPDATE accounts SET used_octets = used_octets - ?, used_messages = used_messages - ? WHERE id = ?',
      change.freedOctets,
      change.freedMessages,
      change.account,
    );
  // Behind the account's own modseq: each takes the next.
  yield* touchSubmissions(change.reported);
  return last;
}

export interface MailRow {
  readonly seq: number;
  readonly id: string;
  readonly message: string;
  readonly n: number;
  readonly octets: number;
  readonly downgraded_octets: number | null;
  readonly uidl: string;
  readonly flags: number;
  readonly keywords: string | null;
  readonly thread: number;
  readonly received_at: number;
  readonly created: number;
  readonly hidden: number;
}

export const MAIL =
  'seq, id, message, n, octets, downgraded_octets, uidl, flags, keywords, thread, received_at, created, hidden';

export interface Place {
  readonly mailbox: number;
  readonly uid: number;
}

/** What an email becomes. */
export interface Wanted extends Packed {
  readonly mailboxes: readonly number[];
}

/** It stays somewhere: its mailboxes and keywords become those that are wanted. New places first: it is never in none. */
export function* changeEmail(change: Change, email: MailRow, places: readonly Place[], wanted: Wanted): Steps<void> {
  const modseq = ++change.modseq;
  const before = places.map(({ mailbox }) => mailbox);
  const column = othersColumn(wanted.others);
  const stays = before.filter((mailbox) => wanted.mailboxes.includes(mailbox));
  for (const mailbox of wanted.mailboxes)
    if (!before.includes(mailbox)) yield* enter(mailbox, { ...email, flags: wanted.flags }, modseq);
  for (const place of places) if (!wanted.mailboxes.includes(place.mailbox)) yield* leave(place, email);
  if (wanted.flags !== email.flags)
    for (const mailbox of [-change.number, ...stays])
      yield* run(
        'UPDATE listings SET flags = ? WHERE mailbox = ? AND received_at = ? AND seq = ?',
        wanted.flags,
        mailbox,
        email.received_at,
        email.seq,
      );
  if (column !== email.keywords) yield* replaceKeywords(change.number, email.seq, wanted.others);
  yield* run(
    'UPDATE emails SET flags = ?, keywords = ?, mailboxes = ?, modseq = ? WHERE seq = ?',
    wanted.flags,
    column,
    wanted.mailboxes.length,
    modseq,
    email.seq,
  );
  change.tally.note(email, { mailboxes: before, flags: email.flags }, wanted, change.trash);
}

function* enter(mailbox: number, email: MailRow, modseq: number): Steps<void> {
  const { id, octets, uidl, downgraded_octets: downgradedOctets } = email;
  yield* joinMailbox(mailbox, modseq, { id, octets, uidl, downgradedOctets });
  yield* insertListings([mailbox], email);
}

export function insertListings(
  mailboxes: readonly number[],
  { received_at: at, seq, thread, flags }: Pick<MailRow, 'received_at' | 'seq' | 'thread' | 'flags'>,
): Steps<void> {
  return run(
    `INSERT INTO listings (mailbox, received_at, seq, thread, flags) VALUES ${mailboxes.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
    ...mailboxes.flatMap((mailbox) => [mailbox, at, seq, thread, flags]),
  );
}

function* leave({ mailbox, uid }: Place, email: MailRow): Steps<void> {
  yield* run('DELETE FROM memberships WHERE mailbox = ? AND uid = ?', mailbox, uid);
  yield* removeListing(mailbox, email);
}

function removeListing(mailbox: number, { received_at: at, seq }: MailRow): Steps<void> {
  return run('DELETE FROM listings WHERE mailbox = ? AND received_at = ? AND seq = ?', mailbox, at, seq);
}

function* replaceKeywords(owner: number, seq: number, others: readonly string[]): Steps<void> {
  const row = yield* first<{ keywords: string | null }>('SELECT keywords FROM emails WHERE seq = ?', seq);
  const before = row?.keywords === null || row === undefined ? [] : (JSON.parse(row.keywords) as string[]);
  for (const keyword of before) if (!others.includes(keyword)) yield* removeKeyword(owner, seq, keyword);
  yield* insertKeywords(
    owner,
    seq,
    others.filter((keyword) => !before.includes(keyword)),
  );
}

export function* insertKeywords(owner: number, seq: number, keywords: readonly string[]): Steps<void> {
  for (const keyword of keywords)
    yield* run('INSERT INTO keywords (owner, keyword, seq) VALUES (?, ?, ?)', owner, keyword, seq);
}

function removeKeyword(owner: number, seq: number, keyword: string): Steps<void> {
  return run('DELETE FROM keywords WHERE owner = ? AND keyword = ? AND seq = ?', owner, keyword, seq);
}

interface Gone {
  readonly why: EventFacts;
  /** The mailbox of what is leaving, while a session has the maildrop open. */
  readonly leaving?: number;
}

/** It is gone for its owner: at once, or hidden until the session that has listed it ends. */
export function* destroyEmail(
  change: Change,
  email: MailRow,
  places: readonly Place[],
  { why, leaving }: Gone,
): Steps<void> {
  const { account, at } = change;
  const modseq = ++change.modseq;
  const { seq, id, message, n, flags } = email;
  if (leaving !== undefined) yield* hide(leaving, email, modseq);
  for (const place of places) yield* leave(place, email);
  yield* removeListing(-change.number, email);
  for (const keyword of email.keywords === null ? [] : (JSON.parse(email.keywords) as string[]))
    yield* removeKeyword(change.number, seq, keyword);
  yield* forgetCard(seq);
  yield* run(
    "INSERT INTO tombstones (account, kind, modseq, id, created, at) VALUES (?, 'email', ?, ?, ?, ?)",
    account,
    modseq,
    id,
    email.created,
    at,
  );
  yield* insertEvents([{ message, n, account, at, facts: why }]);
  for (const row of yield* rows<{ submission: string }>(
    'SELECT submission FROM submission_reports WHERE email = ?',
    id,
  ))
    change.reported.add(row.submission);
  if (leaving === undefined) yield* removeEmail(change, email);
  change.tally.note(
    email,
    { mailboxes: places.map(({ mailbox }) => mailbox), flags },
    { mailboxes: [], flags },
    change.trash,
  );
}

function* hide(leaving: number, email: MailRow, modseq: number): Steps<void> {
  const { seq, id, octets, uidl, downgraded_octets: downgradedOctets } = email;
  yield* joinMailbox(leaving, modseq, { id, octets, uidl, downgradedOctets });
  yield* run('UPDATE emails SET hidden = 1, is_read = 1, mailboxes = 1, keywords = NULL WHERE seq = ?', seq);
}

/** Its row and its share of the content. */
export function* removeEmail(
  change: Pick<Change, 'at' | 'freedOctets' | 'freedMessages'>,
  { seq, message, octets }: Pick<MailRow, 'seq' | 'message' | 'octets'>,
): Steps<void> {
  yield* run('DELETE FROM emails WHERE seq = ?', seq);
  yield* releaseMessage(message, 1, change.at);
  change.freedOctets += octets;
  change.freedMessages += 1;
}

/** 32 bits, and it must grow when a mailbox is made anew under its name (RFC 3501 §2.3.1.1): seconds do both. */
export function uidValidity(at: number): number {
  return Math.max(1, Math.floor(at / 1000));
}

/** Where what is removed has to stay a while: only while a session has the maildrop open. */
export function* leavingBox(account: string, at: number): Steps<number | undefined> {
  const open = yield* first('SELECT token FROM maildrop_locks WHERE account = ?', account);
  if (open === undefined) return undefined;
  const known = yield* first<{ id: number }>(
    'SELECT id FROM mailboxes WHERE account = ? AND role = ?',
    account,
    LEAVING,
  );
  if (known !== undefined) return known.id;
  const made = yield* first<{ id: number }>(
    'INSERT INTO mailboxes (account, role, uid_validity) VALUES (?, ?, ?) RETURNING id',
    account,
    LEAVING,
    uidValidity(at),
  );
  return made?.id;
}
