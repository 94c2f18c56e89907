/** The Mailbox object (RFC 8621 §2). */
import type { MailboxRow } from '../../store/index.ts';

export const PROPERTIES: readonly string[] = [
  'id',
  'name',
  'parentId',
  'role',
  'sortOrder',
  'totalEmails',
  'unreadEmails',
  'totalThreads',
  'unreadThreads',
  'myRights',
  'isSubscribed',
];

/** RFC 8621 §2.2: what may have changed when nothing but mail came and went. */
export const COUNTS: readonly string[] = ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads'];

export interface Mailbox {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly role: string | null;
  readonly sortOrder: number;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
  readonly myRights: Readonly<Record<string, boolean>>;
  readonly isSubscribed: boolean;
}

export function mailboxId(id: number): string {
  return `m${id}`;
}

/** The store's id; undefined for what is no mailbox's id. */
export function mailboxNumber(id: string): number | undefined {
  return /^m[1-9]\d{0,14}$/.test(id) ? Number(id.slice(1)) : undefined;
}

export function mailboxOf(row: MailboxRow): Mailbox {
  const { totalEmails, unreadEmails, totalThreads, unreadThreads } = row;
  return {
    id: mailboxId(row.id),
    name: row.name,
    parentId: row.parent === undefined ? null : mailboxId(row.parent),
    role: row.role ?? null,
    sortOrder: row.sortOrder,
    totalEmails,
    unreadEmails,
    totalThreads,
    unreadThreads,
    myRights: rightsOn(row.role),
    isSubscribed: row.isSubscribed,
  };
}

/** All belongs to its owner; only the Inbox, where mail arrives and what POP3 shows, stays what and where it is. */
export function rightsOn(role: string | null | undefined): Mailbox['myRights'] {
  const movable = role !== 'inbox';
  return {
    mayReadItems: true,
    mayAddItems: true,
    mayRemoveItems: true,
    maySetSeen: true,
    maySetKeywords: true,
    mayCreateChild: true,
    mayRename: movable,
    mayDelete: movable,
    maySubmit: true,
  };
}
