/**
 * Threads (RFC 8621 §3): which one an email joins is decided when it is filed, and stays. By Message-IDs alone, its own
 * and those it refers to, of all the account's mail; never by subject.
 */
import { nameDigest } from '../name-digest.ts';
import type { MailReads } from '../mail.ts';
import { firstOf, slices } from './slices.ts';
import { rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

/** RFC 5322 asks for no bound: a thread of more is found by those it has. */
const MOST_NAMES = 100;

/**
 * The thread of a new email, and whether it begins one. `names` are Message-IDs, the nearest first: the first that is
 * known decides where several threads could be meant. Those not known yet lead here from now on.
 */
export function* joinThread(
  owner: number,
  seq: number,
  names: readonly string[],
): Steps<{ readonly thread: number; readonly fresh: boolean }> {
  const digests = [...new Set(names.slice(0, MOST_NAMES))].map(nameDigest);
  if (digests.length === 0) return { thread: seq, fresh: true };
  const known = new Map<string, number>();
  for (const slice of slices(digests))
    for (const row of yield* rows<{ digest: Uint8Array; thread: number }>(
      `SELECT digest, target AS thread FROM names WHERE digest IN (${slice.places}) AND owner = ?`,
      ...slice.values,
      owner,
    ))
      known.set(keyOf(row.digest), row.thread);
  const thread = firstOf(digests, (digest) => known.get(keyOf(digest)));
  for (const digest of digests)
    if (!known.has(keyOf(digest)))
      yield* run('INSERT INTO names (digest, owner, target) VALUES (?, ?, ?)', digest, owner, thread ?? seq);
  return { thread: thread ?? seq, fresh: thread === undefined };
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('latin1');
}

/** What of a seq is the account's: ids of threads are told without its number. */
const PER_ACCOUNT = 2 ** 31;

export function seqOf(owner: number, place: number): number {
  return owner * PER_ACCOUNT + place;
}

/** `t12`: the thread that the account's twelfth email began. */
export function threadId(thread: number): string {
  return `t${String(thread % PER_ACCOUNT)}`;
}

function threadOf(owner: number, id: string): number | undefined {
  return /^t[1-9][0-9]{0,9}$/.test(id) && Number(id.slice(1)) < PER_ACCOUNT
    ? seqOf(owner, Number(id.slice(1)))
    : undefined;
}

export function* threads(p: Parameters<MailReads['threads']>[0]): Steps<ReturnType<MailReads['threads']>> {
  const account = yield* rows<{ number: number }>('SELECT number FROM accounts WHERE id = ?', p.account);
  const owner = account[0]?.number;
  if (owner === undefined) return [];
  const wanted = [...new Set(p.ids)].flatMap((id) => threadOf(owner, id) ?? []);
  const found = new Map<number, string[]>();
  for (const slice of slices(wanted))
    for (const { thread, id } of yield* rows<{ thread: number; id: string }>(
      `SELECT thread, id FROM emails WHERE thread IN (${slice.places}) AND hidden = 0 ORDER BY thread, received_at, seq`,
      ...slice.values,
    ))
      found.set(thread, [...(found.get(thread) ?? []), id]);
  return [...found].map(([thread, emails]) => ({ id: threadId(thread), emails }));
}
