/**
 * Taking SQLite's one write lock among several processes. Its own waiting sleeps up to 100 ms between
 * tries and so starves beside a busy neighbour (735 ms seen); asking every millisecond doesn't.
 */
import type { Connection } from './connection.ts';
import { isBusy } from './trouble.ts';

export interface Pause {
  /** Sleeps this thread. */
  sleep(ms: number): void;
  /** Milliseconds, never backwards. */
  ticks(): number;
}

/** A batch of a neighbour lasts about 20 ms; one with a checkpoint or a migration may last seconds. */
const LONGEST_WAIT = 15_000;

/** BEGIN IMMEDIATE; waits for other processes. Throws SQLite's BUSY after 15 s. */
export function begin(connection: Connection, pause: Pause): void {
  insist(pause, () => {
    connection.exec('BEGIN IMMEDIATE');
  });
}

/** Runs `fn` again, each millisecond, while another process holds the lock it needs. */
export function insist<R>(pause: Pause, fn: () => R): R {
  const until = pause.ticks() + LONGEST_WAIT;
  for (;;) {
    try {
      return fn();
    } catch (error) {
      if (!isBusy(error) || pause.ticks() >= until) throw error;
      pause.sleep(1);
    }
  }
}
