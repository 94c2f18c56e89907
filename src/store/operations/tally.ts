/**
 * What the changes of one operation come to: for each mailbox the difference of its counts, for each thread where it
 * lies and what of it is unread. Noted email by email, written once for each mailbox and thread at the end, so that a
 * change of a thousand emails costs no more there than what it touches.
 *
 * A thread is unread in a mailbox when any email of it is, wherever that lies; the Trash apart: what lies only there
 * counts only there (RFC 8621 §2, unreadThreads).
 */
import { isUnread } from './keyword.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export interface Located {
  readonly seq: number;
  readonly thread: number;
  readonly received_at: number;
}

/** Where an email lies, and its flags; nowhere: it is not there. */
export interface Standing {
  readonly mailboxes: readonly number[];
  readonly flags: number;
}

interface MailboxTally {
  emails: number;
  unread: number;
  threads: number;
  unreadThreads: number;
}

interface PlaceTally {
  emails: number;
  /** An email left: which is the newest now must be looked up. */
  left: boolean;
  newest: readonly [at: number, seq: number] | undefined;
}

interface ThreadTally {
  emails: number;
  unread: number;
  trashUnread: number;
  /** Emails came or went, not only their flags or mailboxes: the thread is another one for its readers (RFC 8621 §3). */
  changed: boolean;
  readonly places: Map<number, PlaceTally>;
}

export class Tally {
  readonly mailboxes = new Map<number, MailboxTally>();
  readonly threads = new Map<number, ThreadTally>();
  /** Threads that begin with this operation: nothing of them is in the tables yet. */
  readonly fresh = new Set<number>();
  /** Mailboxes that give an email its number there, with the counts. */
  readonly joined = new Map<number, number>();

  note(email: Located, before: Standing, after: Standing, trash: number): void {
    const thread = entry(this.threads, email.thread, newThread);
    thread.emails += sign(after.mailboxes.length) - sign(before.mailboxes.length);
    thread.changed ||= sign(after.mailboxes.length) !== sign(before.mailboxes.length);
    thread.unread += unreadElsewhere(after, trash) - unreadElsewhere(before, trash);
    thread.trashUnread += unreadIn(after, trash) - unreadIn(before, trash);
    for (const mailbox of new Set([...before.mailboxes, ...after.mailboxes])) {
      const stood = before.mailboxes.includes(mailbox);
      const stands = after.mailboxes.includes(mailbox);
      const counts = entry(this.mailboxes, mailbox, newMailbox);
      counts.emails += Number(stands) - Number(stood);
      counts.unread += unreadIn(after, mailbox) - unreadIn(before, mailbox);
      if (stood !== stands) moved(entry(thread.places, mailbox, newPlace), email, stands);
    }
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function newThread(): ThreadTally {
  return { emails: 0, unread: 0, trashUnread: 0, changed: false, places: new Map() };
}

function newMailbox(): MailboxTally {
  return { emails: 0, unread: 0, threads: 0, unreadThreads: 0 };
}

function newPlace(): PlaceTally {
  return { emails: 0, left: false, newest: undefined };
}

function sign(count: number): 0 | 1 {
  return count > 0 ? 1 : 0;
}

function unreadIn({ mailboxes, flags }: Standing, mailbox: number): 0 | 1 {
  return isUnread(flags) && mailboxes.includes(mailbox) ? 1 : 0;
}

function unreadElsewhere({ mailboxes, flags }: Standing, trash: number): 0 | 1 {
  return isUnread(flags) && mailboxes.some((mailbox) => mailbox !== trash) ? 1 : 0;
}

function moved(place: PlaceTally, { received_at: at, seq }: Located, stands: boolean): void {
  place.emails += stands ? 1 : -1;
  if (!stands) place.left = true;
  else if (place.newest === undefined || isLater([at, seq], place.newest)) place.newest = [at, seq];
}

function isLater([at, seq]: readonly [number, number], [otherAt, otherSeq]: readonly [number, number]): boolean {
  return at > otherAt || (at === otherAt && seq > otherSeq);
}

interface ThreadRow {
  readonly emails: number;
  readonly unread: number;
  readonly trash_unread: number;
  readonly created: number;
}

interface PlaceRow {
  readonly mailbox: number;
  readonly here: number;
  readonly newest_at: number;
  readonly newest: number;
}

export interface Settling {
  readonly account: string;
  readonly number: number;
  /** The mailbox; 0: there is none. */
  readonly trash: number;
  /** The account's modseq before this operation. */
  readonly base: number;
  readonly at: number;
}

/** Writes what was tallied. Each thread and each mailbox that changed takes a modseq of its own; the last one used. */
export function* settleTally(tally: Tally, p: Settling): Steps<number> {
  let modseq = p.base;
  for (const [id, thread] of tally.threads) {
    if (!isNews(thread)) continue;
    yield* settleThread(tally, id, thread, thread.changed ? { ...p, modseq: ++modseq } : { ...p, modseq: 0 });
  }
  return Math.max(modseq, yield* settleMailboxes(tally, p.base));
}

function isNews({ changed, unread, trashUnread, places }: ThreadTally): boolean {
  return changed || unread !== 0 || trashUnread !== 0 || places.size > 0;
}

function* settleThread(
  tally: Tally,
  id: number,
  thread: ThreadTally,
  p: Settling & { readonly modseq: number },
): Steps<void> {
  const found = tally.fresh.has(id) ? [] : yield* rows<ThreadRow & PlaceRow>(SELECT_THREAD, id);
  const before = found.filter(({ mailbox }) => mailbox !== null);
  const row = found[0];
  const was = row ?? { emails: 0, unread: 0, trash_unread: 0, created: p.modseq };
  const is = {
    ...was,
    emails: was.emails + thread.emails,
    unread: was.unread + thread.unread,
    trash_unread: was.trash_unread + thread.trashUnread,
  };
  const after = yield* settlePlaces(id, thread, before);
  countThreads(tally, { places: before, thread: was, by: -1 }, p.trash);
  countThreads(tally, { places: after, thread: is, by: 1 }, p.trash);
  if (row === undefined)
    yield* run(INSERT_THREAD, id, p.number, is.emails, is.unread, is.trash_unread, p.modseq, p.modseq);
  else if (is.emails === 0) yield* removeThread(id, was, p);
  else if (thread.changed) yield* run(UPDATE_THREAD, is.emails, is.unread, is.trash_unread, p.modseq, id);
  else if (thread.unread !== 0 || thread.trashUnread !== 0) yield* run(UPDATE_UNREAD, is.unread, is.trash_unread, id);
}

/** A row for each place. */
const SELECT_THREAD =
  'SELECT h.emails, h.unread, h.trash_unread, h.created, t.mailbox, t.emails AS here, t.newest_at, t.newest ' +
  'FROM threads h LEFT JOIN thread_mailboxes t ON t.thread = h.id WHERE h.id = ?';
const INSERT_THREAD =
  'INSERT INTO threads (id, owner, emails, unread, trash_unread, created, modseq) VALUES (?, ?, ?, ?, ?, ?, ?)';
const UPDATE_THREAD = 'UPDATE threads SET emails = ?, unread = ?, trash_unread = ?, modseq = ? WHERE id = ?';
const UPDATE_UNREAD = 'UPDATE threads SET unread = ?, trash_unread = ? WHERE id = ?';

/** Its number is not given again, nor do the Message-IDs of its emails lead to it any more. */
function* removeThread(id: number, { created }: ThreadRow, p: Settling & { readonly modseq: number }): Steps<void> {
  yield* run('DELETE FROM threads WHERE id = ?', id);
  yield* run('DELETE FROM names WHERE target = ? AND owner > 0', id);
  yield* run(
    "INSERT INTO tombstones (account, kind, modseq, id, created, at) VALUES (?, 'thread', ?, ?, ?, ?)",
    p.account,
    p.modseq,
    String(id),
    created,
    p.at,
  );
}

function* settlePlaces(
  thread: number,
  { places }: ThreadTally,
  before: readonly PlaceRow[],
): Steps<readonly PlaceRow[]> {
  const after = new Map(before.map((row) => [row.mailbox, row]));
  for (const [mailbox, tally] of places) {
    const row = after.get(mailbox);
    const here = (row?.here ?? 0) + tally.emails;
    after.delete(mailbox);
    if (here === 0) {
      if (row !== undefined)
        yield* run('DELETE FROM thread_mailboxes WHERE thread = ? AND mailbox = ?', thread, mailbox);
      continue;
    }
    const [newestAt, newest] = yield* newestOf(thread, mailbox, tally, row);
    yield* run(PUT_PLACE, thread, mailbox, here, newestAt, newest);
    after.set(mailbox, { mailbox, here, newest_at: newestAt, newest });
  }
  return [...after.values()];
}

const PUT_PLACE =
  'INSERT INTO thread_mailboxes (thread, mailbox, emails, newest_at, newest) VALUES (?, ?, ?, ?, ?) ' +
  'ON CONFLICT (thread, mailbox) DO UPDATE SET emails = excluded.emails, newest_at = excluded.newest_at, newest = excluded.newest';

function* newestOf(
  thread: number,
  mailbox: number,
  { left, newest }: PlaceTally,
  row: PlaceRow | undefined,
): Steps<readonly [at: number, seq: number]> {
  if (left) {
    const found = yield* first<{ received_at: number; seq: number }>(
      'SELECT e.received_at, e.seq FROM emails e JOIN listings l ON l.mailbox = ? AND l.received_at = e.received_at AND l.seq = e.seq ' +
        'WHERE e.thread = ? AND e.hidden = 0 ORDER BY e.received_at DESC, e.seq DESC LIMIT 1',
      mailbox,
      thread,
    );
    return [found?.received_at ?? 0, found?.seq ?? 0];
  }
  const known = row === undefined ? undefined : ([row.newest_at, row.newest] as const);
  if (newest === undefined || known === undefined) return newest ?? known ?? [0, 0];
  return isLater(newest, known) ? newest : known;
}

interface Counted {
  readonly places: readonly PlaceRow[];
  readonly thread: Pick<ThreadRow, 'unread' | 'trash_unread'>;
  readonly by: 1 | -1;
}

function countThreads(tally: Tally, { places, thread, by }: Counted, trash: number): void {
  for (const { mailbox } of places) {
    const counts = entry(tally.mailboxes, mailbox, newMailbox);
    counts.threads += by;
    if ((mailbox === trash ? thread.trash_unread : thread.unread) > 0) counts.unreadThreads += by;
  }
}

const UPDATE_MAILBOX =
  'UPDATE mailboxes SET total_emails = total_emails + ?, unread_emails = unread_emails + ?, ' +
  'total_threads = total_threads + ?, unread_threads = unread_threads + ?, modseq = ?, next_uid = next_uid + ? WHERE id = ? RETURNING next_uid - 1 AS uid';

/** Only those whose counts are other ones now: what came and went at once changed nothing. */
function* settleMailboxes(tally: Tally, base: number): Steps<number> {
  let modseq = base;
  for (const [mailbox, { emails, unread, threads, unreadThreads }] of tally.mailboxes)
    if (emails !== 0 || unread !== 0 || threads !== 0 || unreadThreads !== 0) {
      const joining = tally.joined.has(mailbox) ? 1 : 0;
      const counts = [emails, unread, threads, unreadThreads] as const;
      const row = yield* first<{ uid: number }>(UPDATE_MAILBOX, ...counts, ++modseq, joining, mailbox);
      if (joining === 1 && row !== undefined) tally.joined.set(mailbox, row.uid);
    }
  return modseq;
}
