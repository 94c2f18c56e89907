/** The mailboxes as a tree, special ones first. Pure. */
import type { IconName } from '../components/icons.ts';
import type { Id, Mailbox } from '../jmap/types.ts';

export interface TreeRow {
  readonly mailbox: Mailbox;
  /** 1 at the top. */
  readonly level: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
}

const ROLES: readonly string[] = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'];

const ICONS: Readonly<Record<string, IconName | undefined>> = {
  inbox: 'inbox',
  drafts: 'pencil',
  sent: 'send',
  archive: 'archive',
  junk: 'junk',
  trash: 'trash',
};

export const iconOf = ({ role }: Pick<Mailbox, 'role'>): IconName => ICONS[role ?? ''] ?? 'folder';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compare(a: Mailbox, b: Mailbox): number {
  return rank(a) - rank(b) || a.sortOrder - b.sortOrder || collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

function rank({ role, parentId }: Mailbox): number {
  const at = role === null || parentId !== null ? -1 : ROLES.indexOf(role);
  return at < 0 ? ROLES.length : at;
}

/** The rows that are seen: what is inside a closed mailbox isn't. A mailbox whose parent is gone stands at the top. */
export function treeRows(mailboxes: ReadonlyMap<Id, Mailbox>, closed: readonly Id[]): readonly TreeRow[] {
  const children = new Map<Id | null, Mailbox[]>();
  for (const mailbox of mailboxes.values()) {
    const parent = mailbox.parentId !== null && mailboxes.has(mailbox.parentId) ? mailbox.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), mailbox]);
  }
  const rowsOf = (parent: Id | null, level: number): readonly TreeRow[] =>
    (children.get(parent) ?? []).toSorted(compare).flatMap((mailbox, n, siblings) => {
      const hasChildren = children.has(mailbox.id);
      const isOpen = hasChildren && !closed.includes(mailbox.id);
      const row = { mailbox, level, hasChildren, isOpen, position: n + 1, siblings: siblings.length };
      return [row, ...(isOpen ? rowsOf(mailbox.id, level + 1) : [])];
    });
  return rowsOf(null, 1);
}

/** Itself and everything inside it: where it can't be moved to. */
export function within(mailboxes: ReadonlyMap<Id, Mailbox>, id: Id): ReadonlySet<Id> {
  const found = new Set([id]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const mailbox of mailboxes.values()) {
      if (mailbox.parentId !== null && found.has(mailbox.parentId)) found.add(mailbox.id);
    }
  }
  return found;
}

/** "Work / Invoices": a mailbox with where it lies. */
export function pathOf(
  mailboxes: ReadonlyMap<Id, Mailbox>,
  { id }: Pick<Mailbox, 'id'>,
  name: (mailbox: Mailbox) => string,
): string {
  const names: string[] = [];
  const seen = new Set<Id>();
  for (let at = mailboxes.get(id); at !== undefined && !seen.has(at.id); at = mailboxes.get(at.parentId ?? '')) {
    seen.add(at.id);
    names.unshift(name(at));
  }
  return names.join(' / ');
}
