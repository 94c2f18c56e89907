/** Operations on who is logged in with a cookie. */
import type { SessionReads, SessionWrites } from '../session.ts';
import { account as accountOf } from './directory.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export function* openSession(
  p: Parameters<SessionWrites['openSession']>[0],
): Steps<ReturnType<SessionWrites['openSession']>> {
  if ((yield* holds(p)) === undefined) return 'stale';
  yield* run(
    'INSERT INTO sessions (digest, account, created_at, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    p.digest,
    p.account,
    p.at,
    p.at,
  );
  // At most one is over: each session is opened here.
  const oldest = yield* first<{ digest: string }>(
    'SELECT digest FROM sessions WHERE account = ? ORDER BY seen_at DESC LIMIT 1 OFFSET ?',
    p.account,
    p.most,
  );
  if (oldest !== undefined) yield* endSession(oldest);
  return 'done';
}

function holds({ account, verifier }: Parameters<SessionWrites['openSession']>[0]): Steps<object | undefined> {
  return verifier === undefined
    ? first('SELECT 1 AS found FROM accounts WHERE id = ? AND closed_at IS NULL', account)
    : first(
        `SELECT 1 AS found FROM credentials c JOIN accounts a ON a.id = c.account
         WHERE c.account = ? AND c.value = ? AND a.closed_at IS NULL`,
        account,
        verifier,
      );
}

export function* touchSession(p: Parameters<SessionWrites['touchSession']>[0]): Steps<void> {
  yield* run('UPDATE sessions SET seen_at = ? WHERE digest = ? AND seen_at < ?', p.at, p.digest, p.at);
}

export function* endSession(p: Parameters<SessionWrites['endSession']>[0]): Steps<void> {
  yield* run('DELETE FROM sessions WHERE digest = ?', p.digest);
}

export function* sweepSessions(p: Parameters<SessionWrites['sweepSessions']>[0]): Steps<boolean> {
  const old = yield* rows<{ digest: string }>(
    'SELECT digest FROM sessions WHERE seen_at < ? ORDER BY seen_at LIMIT ?',
    p.before,
    p.limit,
  );
  for (const { digest } of old) yield* endSession({ digest });
  return old.length >= p.limit;
}

export function* session(p: Parameters<SessionReads['session']>[0]): Steps<ReturnType<SessionReads['session']>> {
  const found = yield* first<{ account: string; created_at: number; seen_at: number }>(
    'SELECT account, created_at, seen_at FROM sessions WHERE digest = ?',
    p.digest,
  );
  if (found === undefined) return undefined;
  const account = yield* accountOf({ id: found.account });
  if (account === undefined || account.closedAt !== undefined) return undefined;
  return { account, createdAt: found.created_at, seenAt: found.seen_at };
}
