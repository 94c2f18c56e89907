/** Focus in the tree of folders. */
import type { Id, Mailbox } from '../jmap/types.ts';
import { treeRows } from './tree.ts';

function focusFolder(id: Id): void {
  document.querySelector<HTMLElement>(`.tree [data-folder="${CSS.escape(id)}"]`)?.focus();
}

/** What gives focus to the folder that stands after this one, or before it, unless focus is somewhere already. */
export function focusNear(mailboxes: ReadonlyMap<Id, Mailbox>, closed: readonly Id[], id: Id): () => void {
  const rows = treeRows(mailboxes, closed).map(({ mailbox }) => mailbox.id);
  const at = rows.indexOf(id);
  const near = rows[at + 1] ?? rows[at - 1];
  return () => {
    if (near !== undefined && document.activeElement === document.body) focusFolder(near);
  };
}
