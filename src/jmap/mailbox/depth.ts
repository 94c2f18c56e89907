/** How deep mailboxes lie in each other (RFC 8621 §1.3.1, maxMailboxDepth). */
import type { MailboxRow } from '../../store/index.ts';

/** How deep a child of that parent lies; 1 at the top. */
export function depthBelow(all: readonly MailboxRow[], parent: number | null): number {
  let depth = 1;
  for (let up = parent; up !== null && depth <= all.length; depth++)
    up = all.find(({ id }) => id === up)?.parent ?? null;
  return depth;
}

/** How many levels a mailbox and what lies below it take. */
export function height(all: readonly MailboxRow[], mailbox: number): number {
  const heights = all.map(({ id }) => levelsAbove(all, id, mailbox));
  return Math.max(1, ...heights);
}

/** Levels from `top` down to `mailbox`, both counted; 0 where it does not lie there. */
function levelsAbove(all: readonly MailboxRow[], mailbox: number, top: number): number {
  let levels = 1;
  for (let at: number | undefined = mailbox; at !== undefined && levels <= all.length; levels++) {
    if (at === top) return levels;
    const here: number = at;
    at = all.find(({ id }) => id === here)?.parent;
  }
  return 0;
}
