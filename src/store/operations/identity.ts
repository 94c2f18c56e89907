/** Identities (RFC 8621 §6): what an account may call itself. */
import type { ChangesSince, MailChanges } from '../mail.ts';
import type { IdentityRow, SendingReads, SendingWrites } from '../sending.ts';
import { bump } from './modseq.ts';
import { bury, changesOf } from './sending-changes.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export function identities(p: Parameters<SendingReads['identities']>[0]): Steps<readonly IdentityRow[]> {
  return rows<IdentityRow>('SELECT id, email, facts FROM identities WHERE account = ? ORDER BY created, id', p.account);
}

export function identityChanges(p: ChangesSince): Steps<MailChanges<string> | undefined> {
  return changesOf('identity', p);
}

type Put = Parameters<SendingWrites['putIdentity']>[0];

export function* putIdentity(p: Put): Steps<ReturnType<SendingWrites['putIdentity']>> {
  const { account, id, identity, how } = p;
  const now = yield* first<{ created: number }>(
    'SELECT created FROM identities WHERE account = ? AND id = ?',
    account,
    id,
  );
  if (how === 'kept' && now === undefined) return 'missing';
  if (how === 'made' && (yield* isFull(p))) return 'too-many';
  if (identity === undefined) {
    if (now === undefined) return 'missing';
    yield* run('DELETE FROM identities WHERE account = ? AND id = ?', account, id);
    yield* bury('identity', { account, id, created: now.created }, p.at);
    return 'done';
  }
  const modseq = yield* bump(account);
  if (modseq === undefined) return 'missing';
  yield* run(
    'INSERT INTO identities (account, id, email, facts, created, modseq) VALUES (?, ?, ?, ?, ?, ?) ' +
      'ON CONFLICT (account, id) DO UPDATE SET email = excluded.email, facts = excluded.facts, modseq = excluded.modseq',
    account,
    id,
    identity.email,
    identity.facts,
    how === 'own' ? 0 : modseq,
    modseq,
  );
  return 'done';
}

function* isFull({ account, most }: Put): Steps<boolean> {
  const count = yield* first<{ n: number }>('SELECT count(*) AS n FROM identities WHERE account = ?', account);
  return (count?.n ?? 0) >= most;
}
