/**
 * Group commit: the operations that wait go into one transaction, so one sync serves them all. Each
 * is answered only after COMMIT came back, and each is answered as if it had been alone.
 *
 * When something goes wrong in a batch, the batch is rolled back and its operations run once more, one
 * by one: those that were not at fault are done, the one that was is answered with its error. That
 * costs a savepoint's price only when it is needed, and is right also where a savepoint is not: on a
 * full disk SQLite rolls back the whole transaction, and a COMMIT that fails says nothing about whom.
 *
 * A disk that failed (a sync above all) leaves a connection that believes in pages that may not be on
 * the disk: it is closed, and a new one carries the log into the database and syncs both before
 * anything else is written. Until that has worked, everything is answered with the error.
 */
import { begin } from './begin.ts';
import type { Pause } from './begin.ts';
import { perform, pragma } from './connection.ts';
import type { Connection } from './connection.ts';
import { isDiskTrouble, sentenceOf } from './trouble.ts';
import type { Answer, Request } from './messages.ts';

/** Whoever reads what these wrote knows that a power cut may have taken it: a batch of them alone is not synced. */
const UNSYNCED: ReadonlySet<Request['name']> = new Set(['announceEnd']);

/** A batch ends after this many operations, or this long: who comes next should not wait longer for it. */
const MOST_OPERATIONS = 200;
const LONGEST_BATCH = 20;

export class Batches {
  readonly #connect: () => Connection;
  readonly #pause: Pause;
  #connection: Connection | undefined;

  /** `connect` opens a connection whose schema is this version's. */
  constructor(connect: () => Connection, pause: Pause) {
    this.#connect = connect;
    this.#pause = pause;
    this.#connection = connect();
  }

  /** Carries out some of the requests, from the first on: at least one. Their answers, in the same order. */
  run(requests: readonly Request[]): readonly Answer[] {
    const together = this.#transaction(requests, MOST_OPERATIONS);
    if (together.kind === 'committed') return together.answers;
    // No transaction came about: there is nobody to sort out.
    if (together.begun === 0)
      return requests.slice(0, MOST_OPERATIONS).map(({ id }) => ({ id, error: sentenceOf(together.error) }));
    // Those that were not begun wait for the next call; the others are tried alone.
    return requests.slice(0, together.begun).map((request) => {
      const alone = this.#transaction([request], 1);
      return alone.kind === 'committed'
        ? (alone.answers[0] as Answer)
        : { id: request.id, error: sentenceOf(alone.error) };
    });
  }

  /** A number that changes with each commit of another connection. */
  dataVersion(): number | undefined {
    try {
      return pragma(this.#open(), 'data_version');
    } catch {
      return undefined;
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Looks something up between batches. */
  look<R>(read: (connection: Connection) => R): R {
    return read(this.#open());
  }

  #transaction(requests: readonly Request[], most: number): Outcome {
    const isUnsynced = requests.slice(0, most).every(({ name }) => UNSYNCED.has(name));
    return isUnsynced ? this.#withoutSync(() => this.#commit(requests, most)) : this.#commit(requests, most);
  }

  /** With the log unsynced at COMMIT the database stays whole, and the next commit that is synced takes these along. */
  #withoutSync(commit: () => Outcome): Outcome {
    let connection: Connection | undefined;
    try {
      connection = this.#open();
      const before = pragma(connection, 'synchronous');
      connection.exec('PRAGMA synchronous = NORMAL');
      const outcome = commit();
      // One that was given up was closed with its setting.
      if (connection === this.#connection) connection.exec(`PRAGMA synchronous = ${String(before)}`);
      return outcome;
    } catch (error) {
      this.#abandon();
      return { kind: 'failed', error, begun: 0 };
    }
  }

  #commit(requests: readonly Request[], most: number): Outcome {
    let begun = 0;
    try {
      const connection = this.#open();
      begin(connection, this.#pause);
      const until = this.#pause.ticks() + LONGEST_BATCH;
      const answers: Answer[] = [];
      for (const request of requests.slice(0, most)) {
        begun = answers.length + 1;
        answers.push({ id: request.id, result: perform(connection, request.name, request.params) });
        if (this.#pause.ticks() >= until) break;
      }
      connection.exec('COMMIT');
      return { kind: 'committed', answers };
    } catch (error) {
      this.#rollBack(error);
      return { kind: 'failed', error, begun };
    }
  }

  #rollBack(error: unknown): void {
    try {
      if (this.#connection?.inTransaction === true) this.#connection.exec('ROLLBACK');
      if (isDiskTrouble(error)) this.#abandon();
    } catch {
      this.#abandon();
    }
  }

  #abandon(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    try {
      connection?.close();
    } catch {
      // It is gone either way; the next one is checked before it is used.
    }
  }

  #open(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    const connection = this.#connect();
    try {
      settleLog(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#connection = connection;
    return connection;
  }
}

type Outcome =
  | { readonly kind: 'committed'; readonly answers: readonly Answer[] }
  | { readonly kind: 'failed'; readonly error: unknown; readonly begun: number };

/**
 * After a failed sync the log may hold pages that the kernel shows and the disk has not, and whatever
 * were appended behind them would be lost with them. So the log is carried over and cut off first.
 */
function settleLog(connection: Connection): void {
  connection.exec('PRAGMA busy_timeout = 2000');
  const row = connection.rows({ sql: 'PRAGMA wal_checkpoint(TRUNCATE)', values: [] })[0];
  connection.exec('PRAGMA busy_timeout = 0');
  if (row?.['busy'] !== 0)
    throw new Error('the log of the database could not be carried over after a failure of the disk: it is being read');
}
