/**
 * Destinations: the earliest due time of each, kept beside its deliveries, and what the way out has
 * learned of it. What a look costs does not depend on how many deliveries wait, nor on how many
 * destinations are in a pause: those are not ready, and stand further back in the index.
 */
import type { Learned, ReadyDestination, Standing } from '../queue.ts';
import type { Reads, Writes } from '../store.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

const STANDINGS: readonly Standing[] = ['well', 'unknown', 'troubled'];

const EARLIER =
  'INSERT INTO destinations (name, due_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at ' +
  'WHERE destinations.due_at IS NULL OR excluded.due_at < destinations.due_at';

/** New deliveries to these destinations are due at these times. */
export function* dueEarlier(times: ReadonlyMap<string, number>): Steps<void> {
  for (const [name, due] of times) yield* run(EARLIER, name, due);
}

/** After deliveries to these destinations changed: what is their earliest due time now? */
export function* refreshDestinations(names: Iterable<string>): Steps<void> {
  for (const name of new Set(names)) {
    const head = yield* first<{ due_at: number }>(
      'SELECT due_at FROM deliveries WHERE destination = ? AND due_at IS NOT NULL ORDER BY due_at LIMIT 1',
      name,
    );
    if (head === undefined) {
      yield* run("DELETE FROM destinations WHERE name = ? AND standing = 'unknown'", name);
      yield* run('UPDATE destinations SET due_at = NULL WHERE name = ? AND due_at IS NOT NULL', name);
    } else
      yield* run(
        'INSERT INTO destinations (name, due_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at',
        name,
        head.due_at,
      );
  }
}

/** What was learned of a destination stands from now on. */
export function* keepStanding({ destination, standing, notBefore }: Learned, at: number): Steps<void> {
  yield* run(
    'INSERT INTO destinations (name, standing, not_before, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE ' +
      'SET standing = excluded.standing, not_before = excluded.not_before, seen_at = excluded.seen_at',
    destination,
    standing,
    notBefore,
    at,
  );
}

/** A person wants these tried now. */
export function* endPauses(names: Iterable<string>): Steps<void> {
  for (const name of new Set(names))
    yield* run('UPDATE destinations SET not_before = 0 WHERE name = ? AND not_before > 0', name);
}

export function* readyDestinations(p: Parameters<Reads['readyDestinations']>[0]): Steps<readonly ReadyDestination[]> {
  const ready: ReadyDestination[] = [];
  for (const standing of STANDINGS) {
    const found = yield* rows<{ name: string; ready_at: number }>(
      'SELECT name, ready_at FROM destinations WHERE standing = ? AND due_at IS NOT NULL AND ready_at <= ? ORDER BY ready_at LIMIT ?',
      standing,
      p.now,
      p.limit,
    );
    ready.push(...found.map(({ name, ready_at: readyAt }) => ({ destination: name, readyAt, standing })));
  }
  return ready;
}

export function* nextReady(p: Parameters<Reads['nextReady']>[0]): Steps<number | undefined> {
  let next: number | undefined;
  for (const standing of STANDINGS) {
    const found = yield* first<{ ready_at: number }>(
      'SELECT ready_at FROM destinations WHERE standing = ? AND due_at IS NOT NULL AND ready_at > ? ORDER BY ready_at LIMIT 1',
      standing,
      p.after,
    );
    if (found !== undefined) next = Math.min(found.ready_at, next ?? found.ready_at);
  }
  return next;
}

/** Whether a time stands further ahead than any that was written under this clock. */
export function* hasAstray(p: Parameters<Reads['hasAstray']>[0]): Steps<boolean> {
  const end = p.now + p.longest;
  const late = yield* first("SELECT message FROM deliveries WHERE state = 'waiting' AND due_at > ? LIMIT 1", end);
  return (
    (late ?? (yield* first('SELECT name FROM destinations WHERE not_before > 0 AND not_before > ? LIMIT 1', end))) !==
    undefined
  );
}

export function* bringBack(p: Parameters<Writes['bringBack']>[0]): Steps<void> {
  const end = p.now + p.longest;
  const far = yield* rows<{ message: string; n: number; destination: string }>(
    "SELECT message, n, destination FROM deliveries WHERE state = 'waiting' AND due_at > ? ORDER BY due_at DESC LIMIT 1000",
    end,
  );
  for (const { message, n } of far)
    yield* run('UPDATE deliveries SET next_at = ?, due_at = ? WHERE message = ? AND n = ?', p.now, p.now, message, n);
  yield* refreshDestinations(far.map(({ destination }) => destination));
  yield* run('UPDATE destinations SET not_before = 0 WHERE not_before > 0 AND not_before > ?', end);
}

/** True: more is left. */
export function* forgetDestinations(p: Parameters<Writes['forgetDestinations']>[0]): Steps<boolean> {
  const old = yield* rows<{ name: string }>(
    'SELECT name FROM destinations WHERE due_at IS NULL AND seen_at < ? ORDER BY seen_at LIMIT ?',
    p.before,
    p.limit,
  );
  for (const { name } of old) yield* run('DELETE FROM destinations WHERE name = ?', name);
  return old.length >= p.limit;
}
