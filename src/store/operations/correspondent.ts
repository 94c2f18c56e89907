/** Whom an account writes to and has letters from, ranked by how lately and how often. */
import type { Correspondent, Meeting, SendingReads, SendingWrites } from '../sending.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

/** After so long a letter counts half. */
const HALF_LIFE = 60 * 86_400_000;

/** Of one letter: log2(weight * 2^(at in half-lives)). */
function rankOf({ at, weight }: Meeting): number {
  return at / HALF_LIFE + Math.log2(weight);
}

/** log2(2^a + 2^b), without the large numbers. */
function joined(a: number, b: number): number {
  return Math.max(a, b) + Math.log2(1 + 2 ** -Math.abs(a - b));
}

export function* meet(p: Parameters<SendingWrites['meet']>[0]): Steps<void> {
  let isMore = false;
  for (const meeting of p.meetings) isMore = (yield* meetOne(p.account, meeting)) || isMore;
  if (!isMore) return;
  const count = yield* first<{ n: number }>('SELECT count(*) AS n FROM people WHERE account = ?', p.account);
  const over = (count?.n ?? 0) - p.most;
  if (over <= 0) return;
  const least = yield* rows<{ address_key: string }>(
    'SELECT address_key FROM people WHERE account = ? ORDER BY rank LIMIT ?',
    p.account,
    over,
  );
  for (const { address_key: key } of least)
    yield* run('DELETE FROM people WHERE account = ? AND address_key = ?', p.account, key);
}

/** True: it is somebody new. */
function* meetOne(account: string, meeting: Meeting): Steps<boolean> {
  const known = yield* first<{ rank: number; last_at: number }>(
    'SELECT rank, last_at FROM people WHERE account = ? AND address_key = ?',
    account,
    meeting.key,
  );
  if (known === undefined) {
    yield* run(
      'INSERT INTO people (account, address_key, id, address, name, rank, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      account,
      meeting.key,
      meeting.id,
      meeting.address,
      meeting.name ?? null,
      rankOf(meeting),
      meeting.at,
    );
    return true;
  }
  yield* run(
    'UPDATE people SET rank = ?, last_at = ?, name = COALESCE(?, name) WHERE account = ? AND address_key = ?',
    joined(known.rank, rankOf(meeting)),
    Math.max(known.last_at, meeting.at),
    meeting.name ?? null,
    account,
    meeting.key,
  );
  return false;
}

interface PersonRow {
  readonly id: string;
  readonly address: string;
  readonly name: string | null;
  readonly last_at: number;
}

/** People of one account are few (`most` of {@link meet}), and a name has several words: they are looked through. */
export function* correspondents(p: Parameters<SendingReads['correspondents']>[0]): Steps<readonly Correspondent[]> {
  const all = yield* rows<PersonRow>(
    'SELECT id, address, name, last_at FROM people WHERE account = ? AND is_unknown = 0 ORDER BY rank DESC',
    p.account,
  );
  const wanted = p.words.map(plain);
  const found: Correspondent[] = [];
  for (const row of all) {
    if (found.length === p.limit) break;
    const words = wordsOf(row);
    if (wanted.every((one) => words.some((word) => word.startsWith(one)))) found.push(correspondentOf(row));
  }
  return found;
}

/** The whole address, its parts, and the words of the name. */
function wordsOf({ address, name }: PersonRow): readonly string[] {
  const whole = plain(address);
  return [whole, ...whole.split('@'), ...whole.split(/[@.+_-]/u), ...plain(name ?? '').split(/[^\p{L}\p{N}]+/u)];
}

/** "Zoë" is found by "zoe". */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

function correspondentOf({ id, address, name, last_at: lastAt }: PersonRow): Correspondent {
  return { id, address, ...(name === null ? {} : { name }), lastAt };
}

export function* forgetCorrespondents(
  p: Parameters<SendingWrites['forgetCorrespondents']>[0],
): Steps<readonly string[]> {
  const gone: string[] = [];
  for (const id of new Set(p.ids)) {
    const deleted = yield* first('DELETE FROM people WHERE account = ? AND id = ? RETURNING id', p.account, id);
    if (deleted !== undefined) gone.push(id);
  }
  return gone;
}

/** An answer said that nobody is there, or mail got there after all. */
export function* markUnknown(account: string, keys: readonly string[], isUnknown: boolean): Steps<void> {
  for (const key of keys)
    yield* run(
      'UPDATE people SET is_unknown = ? WHERE account = ? AND address_key = ?',
      isUnknown ? 1 : 0,
      account,
      key,
    );
}
