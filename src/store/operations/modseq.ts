/** The account's modseq: each change takes the next. */
import { first } from './statement.ts';
import type { Steps } from './statement.ts';

export function* takeModseq(account: string): Steps<number> {
  const taken = yield* first<{ modseq: number }>(
    'UPDATE accounts SET modseq = modseq + 1 WHERE id = ? RETURNING modseq',
    account,
  );
  if (taken === undefined) throw new Error(`account ${account} was removed`);
  return taken.modseq;
}
