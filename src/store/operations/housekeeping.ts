/** Settings, the ring of refusals, and what the store does for itself: content files and tombstones. */
import type { Reads, Refusal, Writes } from '../store.ts';
import { first, padded, places, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export function* recordRefusals(p: Parameters<Writes['recordRefusals']>[0]): Steps<void> {
  for (const { at, service, address, rule, count, sample } of p.rows) {
    yield* run(
      'INSERT INTO refusals (at, service, address, rule, count, sample) VALUES (?, ?, ?, ?, ?, ?)',
      at,
      service,
      address,
      rule,
      count,
      sample,
    );
  }
  const oldest = yield* first<{ seq: number }>(
    'SELECT seq FROM refusals ORDER BY seq DESC LIMIT 1 OFFSET ?',
    Math.max(0, p.keep),
  );
  if (oldest !== undefined) yield* run('DELETE FROM refusals WHERE seq <= ?', oldest.seq);
}

/** The newest first. */
export function* refusals(p: Parameters<Reads['refusals']>[0]): Steps<readonly Refusal[]> {
  const found = yield* rows<Refusal>(
    'SELECT at, service, address, rule, count, sample FROM refusals ORDER BY seq DESC LIMIT ?',
    p.limit,
  );
  return found.map(({ at, service, address, rule, count, sample }) => ({ at, service, address, rule, count, sample }));
}

export function* setSetting(p: Parameters<Writes['setSetting']>[0]): Steps<void> {
  yield* run(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    p.name,
    p.value,
  );
}

export function* removeSetting(p: Parameters<Writes['removeSetting']>[0]): Steps<void> {
  yield* run('DELETE FROM settings WHERE name = ?', p.name);
}

export function* setting(p: Parameters<Reads['setting']>[0]): Steps<string | undefined> {
  return (yield* first<{ value: string }>('SELECT value FROM settings WHERE name = ?', p.name))?.value;
}

/** Content files that may be deleted: the rows that named them are gone, and that is committed. */
export function* garbage(p: { readonly limit: number }): Steps<readonly string[]> {
  return (yield* rows<{ file: string }>('SELECT file FROM garbage LIMIT ?', p.limit)).map(({ file }) => file);
}

export function* forgetGarbage(p: { readonly files: readonly string[] }): Steps<void> {
  for (const file of p.files) yield* run('DELETE FROM garbage WHERE file = ?', file);
}

/** Which of these content files a message or an upload names. */
export function* namedFiles(p: { readonly files: readonly string[] }): Steps<readonly string[]> {
  if (p.files.length === 0) return [];
  const files = padded(p.files);
  const among = places(files.length);
  return (yield* rows<{ file: string }>(
    `SELECT file FROM contents WHERE file IN (${among}) UNION ALL SELECT file FROM uploads WHERE file IN (${among})`,
    ...files,
    ...files,
  )).map(({ file }) => file);
}

/**
 * Who has a state from before what is forgotten here has to begin anew. The last of each kind stays: it may be what the
 * state of its type says. True: more is left.
 */
export function* sweepTombstones(p: { readonly before: number; readonly limit: number }): Steps<boolean> {
  const old = yield* rows<{ account: string; kind: string; modseq: number }>(
    'SELECT account, kind, modseq FROM tombstones t WHERE at < ? AND EXISTS ' +
      '(SELECT 1 FROM tombstones l WHERE l.account = t.account AND l.kind = t.kind AND l.modseq > t.modseq) ORDER BY at LIMIT ?',
    p.before,
    p.limit,
  );
  for (const { account, kind, modseq } of old) {
    yield* run('DELETE FROM tombstones WHERE account = ? AND kind = ? AND modseq = ?', account, kind, modseq);
    yield* run('UPDATE accounts SET changes_from = ? WHERE id = ? AND changes_from < ?', modseq, account, modseq);
  }
  return old.length >= p.limit;
}
