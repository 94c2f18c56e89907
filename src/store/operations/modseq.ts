/** What the account's own row keeps for its mail: the modseq, of which each change takes the next, and two mailboxes. */
import { first, run } from './statement.ts';
import type { Steps } from './statement.ts';

/** The account's next modseq; undefined for an account that is gone. */
export function* bump(account: string): Steps<number | undefined> {
  return (yield* first<{ modseq: number }>(
    'UPDATE accounts SET modseq = modseq + 1 WHERE id = ? RETURNING modseq',
    account,
  ))?.modseq;
}

export function* takeModseq(account: string): Steps<number> {
  const taken = yield* bump(account);
  if (taken === undefined) throw new Error(`account ${account} was removed`);
  return taken;
}

/** After a mailbox got a role, or lost one. */
export function* keepRoles(account: string): Steps<void> {
  yield* run(
    "UPDATE accounts SET inbox = coalesce((SELECT b.id FROM mailboxes b WHERE b.account = accounts.id AND b.role = 'inbox'), 0), " +
      "trash = coalesce((SELECT b.id FROM mailboxes b WHERE b.account = accounts.id AND b.role = 'trash'), 0) WHERE id = ?",
    account,
  );
}
