/** What an owner does with mailboxes (RFC 8621 §2.5): make, name, move, remove. */
import type { MailboxFacts, MailboxTrouble, MailWrites } from '../mail.ts';
import type { MailboxRole } from '../mailbox-role.ts';
import { beginChange, changeEmail, destroyEmail, endChange, LEAVING, leavingBox } from './change.ts';
import { findMail } from './email-change.ts';
import { othersIn } from './keyword.ts';
import { insertMailbox } from './mailbox.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { keepRoles, takeModseq } from './modseq.ts';

/** Of one account. */
const MOST_MAILBOXES = 1_000;

interface Box {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
  readonly role: MailboxRole | null;
}

type Boxes = ReadonlyMap<number, Box>;

function* tree(account: string): Steps<Boxes> {
  const found = yield* rows<Box>(
    'SELECT id, name, parent, role FROM mailboxes WHERE account = ? AND (role IS NULL OR role <> ?)',
    account,
    LEAVING,
  );
  return new Map(found.map((box) => [box.id, box]));
}

export function* createMailbox(
  p: Parameters<MailWrites['createMailbox']>[0],
): Steps<ReturnType<MailWrites['createMailbox']>> {
  const boxes = yield* tree(p.account);
  // Every account has its Inbox: without one there is no such account.
  if (boxes.size === 0) return 'missing';
  if (boxes.size >= MOST_MAILBOXES) return 'too-many';
  const trouble = placeTrouble(boxes, { ...p, parent: p.parent ?? 0, role: p.role });
  if (trouble !== undefined) return trouble;
  const made = yield* insertMailbox(p.account, p.at, p);
  if (p.role !== null) yield* keepRoles(p.account);
  return made;
}

/** As it is to be; without an id: a new one. */
interface WantedBox extends Omit<Box, 'id'> {
  readonly id?: number;
}

function placeTrouble(boxes: Boxes, { id, name, parent, role }: WantedBox): MailboxTrouble | undefined {
  const others = [...boxes.values()].filter((box) => box.id !== id);
  if (parent !== 0 && !boxes.has(parent)) return 'no-parent';
  if (isAbove(boxes, id, parent)) return 'circle';
  if (others.some((box) => box.parent === parent && box.name === name)) return 'name-taken';
  return role !== null && others.some((box) => box.role === role) ? 'role-taken' : undefined;
}

/** Whether a mailbox is another one, or above it. */
function isAbove(boxes: Boxes, id: number | undefined, below: number): boolean {
  for (let at = below; at !== 0; at = boxes.get(at)?.parent ?? 0) if (at === id) return true;
  return false;
}

type Update = Parameters<MailWrites['updateMailbox']>[0];

export function* updateMailbox(p: Update): Steps<ReturnType<MailWrites['updateMailbox']>> {
  const boxes = yield* tree(p.account);
  const box = boxes.get(p.mailbox);
  if (box === undefined) return 'missing';
  const wanted = wantedBox(box, p);
  if (box.role === 'inbox' && !isSamePlace(box, wanted)) return 'is-inbox';
  const trouble = placeTrouble(boxes, wanted);
  if (trouble !== undefined) return trouble;
  const modseq = yield* takeModseq(p.account);
  yield* run(
    'UPDATE mailboxes SET name = ?, parent = ?, role = ?, sort_order = coalesce(?, sort_order), is_subscribed = coalesce(?, is_subscribed), ' +
      'modseq = ?, facts_modseq = ? WHERE id = ?',
    wanted.name,
    wanted.parent,
    wanted.role,
    p.sortOrder ?? null,
    p.isSubscribed === undefined ? null : Number(p.isSubscribed),
    modseq,
    modseq,
    p.mailbox,
  );
  if (box.role !== wanted.role) yield* keepRoles(p.account);
  if (box.role !== wanted.role && [box.role, wanted.role].includes('trash')) yield* recount(p.account, p.mailbox);
  return 'done';
}

function wantedBox(box: Box, { name, parent, role }: Partial<MailboxFacts>): Box {
  return {
    id: box.id,
    name: name ?? box.name,
    parent: parent === undefined ? box.parent : (parent ?? 0),
    role: role === undefined ? box.role : role,
  };
}

function isSamePlace(one: Box, other: Box): boolean {
  return one.name === other.name && one.parent === other.parent && one.role === other.role;
}

/** A mailbox has become the Trash, or is it no more: what is unread only there counts elsewhere. The one count over all of a mailbox. */
function* recount(account: string, mailbox: number): Steps<void> {
  const trash = (yield* first<{ trash: number }>('SELECT trash FROM accounts WHERE id = ?', account))?.trash ?? 0;
  yield* run(
    `UPDATE threads SET unread = (${UNREAD} AND s.mailbox <> ?), trash_unread = (${UNREAD} AND s.mailbox = ?) ` +
      'WHERE id IN (SELECT thread FROM thread_mailboxes WHERE mailbox = ?)',
    trash,
    trash,
    mailbox,
  );
  const counted = yield* rows<{ id: number; count: number }>(
    'SELECT b.id, count(*) AS count FROM mailboxes b JOIN thread_mailboxes t ON t.mailbox = b.id JOIN threads h ON h.id = t.thread ' +
      'WHERE b.account = ? AND CASE WHEN b.id = ? THEN h.trash_unread ELSE h.unread END > 0 GROUP BY b.id',
    account,
    trash,
  );
  const counts = new Map(counted.map(({ id, count }) => [id, count]));
  const boxes = yield* rows<{ id: number; unread_threads: number }>(
    'SELECT id, unread_threads FROM mailboxes WHERE account = ?',
    account,
  );
  for (const { id, unread_threads: before } of boxes) {
    const now = counts.get(id) ?? 0;
    if (now === before) continue;
    const modseq = yield* takeModseq(account);
    yield* run('UPDATE mailboxes SET unread_threads = ?, modseq = ? WHERE id = ?', now, modseq, id);
  }
}

/** As tally.ts counts: neither $seen nor $draft. */
const UNREAD =
  'SELECT count(DISTINCT e.seq) FROM emails e JOIN memberships s ON s.email = e.id WHERE e.thread = threads.id AND e.hidden = 0 AND (e.flags & 9) = 0';

export function* destroyMailbox(
  p: Parameters<MailWrites['destroyMailbox']>[0],
): Steps<ReturnType<MailWrites['destroyMailbox']>> {
  const boxes = yield* tree(p.account);
  const box = boxes.get(p.mailbox);
  if (box === undefined) return 'missing';
  if (box.role === 'inbox') return 'is-inbox';
  if ([...boxes.values()].some(({ parent }) => parent === p.mailbox)) return 'has-child';
  const there = yield* first('SELECT uid FROM memberships WHERE mailbox = ? LIMIT 1', p.mailbox);
  if (there !== undefined && !p.removeEmails) return 'has-email';
  if (there !== undefined && (yield* emptyMailbox(p))) return 'more';
  yield* removeMailbox(p);
  return 'done';
}

type Emptying = Pick<Parameters<MailWrites['destroyMailbox']>[0], 'account' | 'mailbox' | 'at' | 'limit'>;

/** True: more is left. */
function* emptyMailbox({ account, mailbox, at, limit }: Emptying): Steps<boolean> {
  const members = yield* rows<{ email: string }>(
    'SELECT email FROM memberships WHERE mailbox = ? ORDER BY uid LIMIT ?',
    mailbox,
    limit,
  );
  const leaving = yield* leavingBox(account, at);
  const change = yield* beginChange(account, at);
  if (change === undefined) return false;
  const gone = {
    why: { kind: 'removed', by: 'owner' } as const,
    ...(leaving === undefined ? {} : { leaving }),
  };
  for (const { email, places } of (yield* findMail(
    account,
    members.map((member) => member.email),
  )).values()) {
    const left = places.map((place) => place.mailbox).filter((id) => id !== mailbox);
    const { flags, keywords } = email;
    if (left.length === 0) yield* destroyEmail(change, email, places, gone);
    else yield* changeEmail(change, email, places, { mailboxes: left, flags, others: othersIn(keywords) });
  }
  yield* endChange(change);
  return members.length >= limit;
}

function* removeMailbox({ account, mailbox, at }: Emptying): Steps<void> {
  const modseq = yield* takeModseq(account);
  const gone = yield* first<{ created: number }>('DELETE FROM mailboxes WHERE id = ? RETURNING created', mailbox);
  yield* keepRoles(account);
  yield* run(
    "INSERT INTO tombstones (account, kind, modseq, id, created, at) VALUES (?, 'mailbox', ?, ?, ?, ?)",
    account,
    modseq,
    String(mailbox),
    gone?.created ?? 0,
    at,
  );
}
