/** Mailboxes (RFC 8621 §2): the six that every account begins with, and their list. */
import type { MailboxFacts, MailboxRow, MailReads } from '../mail.ts';
import type { MailboxRole } from '../mailbox-role.ts';
import { LEAVING, uidValidity } from './change.ts';
import { keepRoles, takeModseq } from './modseq.ts';
import { first, rows } from './statement.ts';
import type { Steps } from './statement.ts';

/** In the order in which they are shown. */
const ROLES: readonly (readonly [role: MailboxRole, name: string])[] = [
  ['inbox', 'Inbox'],
  ['drafts', 'Drafts'],
  ['sent', 'Sent'],
  ['archive', 'Archive'],
  ['junk', 'Junk'],
  ['trash', 'Trash'],
];

/** Of a new account. Each takes a modseq. */
export function* insertFirstMailboxes(account: string, at: number): Steps<void> {
  for (const [role] of ROLES) yield* roleMailbox(account, role, at);
}

/** The mailbox for something; made where the account has none (any more). */
export function* roleMailbox(account: string, role: MailboxRole, at: number): Steps<number> {
  const known = yield* first<{ id: number }>('SELECT id FROM mailboxes WHERE account = ? AND role = ?', account, role);
  if (known !== undefined) return known.id;
  const index = ROLES.findIndex(([one]) => one === role);
  const name = yield* freeName(account, ROLES[index]?.[1] ?? role);
  const made = yield* insertMailbox(account, at, {
    name,
    parent: null,
    role,
    sortOrder: (index + 1) * 10,
    isSubscribed: true,
  });
  yield* keepRoles(account);
  return made;
}

/** Its owner may have given the name to another one. */
function* freeName(account: string, name: string): Steps<string> {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name} ${String(n)}`;
    const taken = yield* first('SELECT id FROM mailboxes WHERE account = ? AND parent = 0 AND name = ?', account, free);
    if (taken === undefined) return free;
  }
}

export function* insertMailbox(account: string, at: number, facts: MailboxFacts): Steps<number> {
  const modseq = yield* takeModseq(account);
  const made = yield* first<{ id: number }>(
    'INSERT INTO mailboxes (account, role, uid_validity, name, parent, sort_order, is_subscribed, created, modseq, facts_modseq) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id',
    account,
    facts.role,
    uidValidity(at),
    facts.name,
    facts.parent ?? 0,
    facts.sortOrder,
    facts.isSubscribed ? 1 : 0,
    modseq,
    modseq,
    modseq,
  );
  if (made === undefined) throw new Error(`no mailbox came about in account ${account}`);
  return made.id;
}

interface ListedRow {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
  readonly role: MailboxRole | null;
  readonly sort_order: number;
  readonly is_subscribed: number;
  readonly total_emails: number;
  readonly unread_emails: number;
  readonly total_threads: number;
  readonly unread_threads: number;
}

export function* listMailboxes(
  p: Parameters<MailReads['listMailboxes']>[0],
): Steps<ReturnType<MailReads['listMailboxes']>> {
  const found = yield* rows<ListedRow>(
    'SELECT id, name, parent, role, sort_order, is_subscribed, total_emails, unread_emails, total_threads, unread_threads ' +
      'FROM mailboxes WHERE account = ? AND (role IS NULL OR role <> ?) ORDER BY sort_order, name, id',
    p.account,
    LEAVING,
  );
  return found.map(mailboxOf);
}

function mailboxOf(row: ListedRow): MailboxRow {
  return {
    id: row.id,
    name: row.name,
    ...(row.parent === 0 ? {} : { parent: row.parent }),
    ...(row.role === null ? {} : { role: row.role }),
    sortOrder: row.sort_order,
    isSubscribed: row.is_subscribed === 1,
    totalEmails: row.total_emails,
    unreadEmails: row.unread_emails,
    totalThreads: row.total_threads,
    unreadThreads: row.unread_threads,
  };
}
