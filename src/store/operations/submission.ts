/** What an account may send as, and how much it has sent. */
import type { Grant, Sent } from '../directory.ts';
import type { Reads, Writes } from '../store.ts';
import { first, padded, places, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export function* putGrant(p: Parameters<Writes['putGrant']>[0]): Steps<ReturnType<Writes['putGrant']>> {
  const open = yield* first('SELECT id FROM accounts WHERE id = ? AND closed_at IS NULL', p.account);
  if (open === undefined) return 'missing';
  const put = yield* first(
    'INSERT INTO grants (account, domain, local, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING local',
    p.account,
    p.domain,
    p.local,
    p.at,
  );
  return put === undefined ? 'exists' : 'done';
}

export function* removeGrant(p: Parameters<Writes['removeGrant']>[0]): Steps<ReturnType<Writes['removeGrant']>> {
  const removed = yield* first(
    'DELETE FROM grants WHERE account = ? AND domain = ? AND local = ? RETURNING local',
    p.account,
    p.domain,
    p.local,
  );
  return removed === undefined ? 'missing' : 'done';
}

export function* listGrants(p: Parameters<Reads['listGrants']>[0]): Steps<readonly Grant[]> {
  const found = yield* rows<{ domain: string; local: string; created_at: number }>(
    'SELECT domain, local, created_at FROM grants WHERE account = ? ORDER BY domain, local',
    p.account,
  );
  return found.map(({ domain, local, created_at: createdAt }) => ({ domain, local, createdAt }));
}

export function* isGranted(p: Parameters<Reads['isGranted']>[0]): Steps<boolean> {
  if (p.locals.length === 0) return false;
  const locals = padded(p.locals);
  const found = yield* first(
    `SELECT local FROM grants WHERE account = ? AND domain = ? AND local IN (${places(locals.length)}) LIMIT 1`,
    p.account,
    p.domain,
    ...locals,
  );
  return found !== undefined;
}

export function* sentBy(p: Parameters<Reads['sentBy']>[0]): Steps<ReturnType<Reads['sentBy']>> {
  const today = yield* first<{ messages: number; newcomers: number }>(
    'SELECT messages, newcomers FROM sent WHERE account = ? AND day = ?',
    p.account,
    p.day,
  );
  const known =
    p.who !== undefined &&
    (yield* first('SELECT who FROM correspondents WHERE account = ? AND who = ?', p.account, p.who)) !== undefined;
  return { messages: today?.messages ?? 0, newcomers: today?.newcomers ?? 0, known };
}

const COUNT =
  'INSERT INTO sent (account, day, messages, newcomers) VALUES (?, ?, 1, ?) ON CONFLICT (account) DO UPDATE SET ' +
  'messages = CASE WHEN sent.day = excluded.day THEN sent.messages + 1 ELSE 1 END, ' +
  'newcomers = CASE WHEN sent.day = excluded.day THEN sent.newcomers + excluded.newcomers ELSE excluded.newcomers END, ' +
  'day = excluded.day';

/** Counts a message that was accepted, in its transaction. */
export function* countSent({ account, day, who }: Sent): Steps<void> {
  let newcomers = 0;
  for (const one of who) {
    const added = yield* first(
      'INSERT INTO correspondents (account, who) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING who',
      account,
      one,
    );
    if (added !== undefined) newcomers += 1;
  }
  yield* run(COUNT, account, day, newcomers);
}
