/**
 * One connection to the database: its settings, its prepared statements, and running an operation's
 * generator to its end. The engine's part that a test may replace (batch.test.ts breaks COMMIT).
 */
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { reads, writes } from '../operations/index.ts';
import type { OperationName } from '../operations/index.ts';
import { addFunctions } from './functions.ts';
import type { Row, Statement, Steps } from '../operations/statement.ts';

/** 'normal' does not sync before a commit is answered: only the test that shows the difference asks for it. */
export type Durability = 'full' | 'normal';

export interface Connection {
  readonly inTransaction: boolean;
  exec(sql: string): void;
  rows(statement: Statement): readonly Row[];
  close(): void;
}

export interface WriteSettings {
  readonly path: string;
  readonly durability: Durability;
  /** For tests of a full disk: the database may not grow beyond so many pages. */
  readonly maxPages?: number;
}

/**
 * In octets. Two messages of 2 KB share a page of 8 KiB but not one of 4: a quarter less to write and to
 * keep, at hardly more for a commit of one message (16 KiB gains little more and costs that one more).
 */
const PAGE = 8_192;
/** Pages in the log before a commit carries them into the database: 16 MB, so that a busy page is carried once for many commits. */
const CHECKPOINT_PAGES = 2_000;
/** What the log file is cut down to after a burst, in bytes. */
const LOG_SIZE = 67_108_864;
/** Of the page cache, in KiB. */
const CACHE = 32_768;

export function connectWriter({ path, durability, maxPages }: WriteSettings): Connection {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 0 });
  db.exec(`
    PRAGMA page_size = ${String(PAGE)};
    PRAGMA synchronous = ${durability.toUpperCase()};
    PRAGMA wal_autocheckpoint = ${String(CHECKPOINT_PAGES)};
    PRAGMA journal_size_limit = ${String(LOG_SIZE)};
    PRAGMA cache_size = -${String(CACHE)};
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA secure_delete = FAST;
  `);
  addFunctions(db);
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${String(maxPages)}`);
  return new SqliteConnection(db);
}

export function connectReader(path: string): Connection {
  const db = new DatabaseSync(path, { readOnly: true, enableForeignKeyConstraints: false, timeout: 10_000 });
  db.exec(
    `PRAGMA cache_size = -${String(CACHE)}; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA query_only = ON`,
  );
  addFunctions(db);
  return new SqliteConnection(db);
}

/** Statements kept prepared; a listing with an unusual filter pushes the oldest out. */
const MOST_PREPARED = 300;

class SqliteConnection implements Connection {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  rows({ sql, values }: Statement): readonly Row[] {
    return this.#prepare(sql).all(...values) as readonly Row[];
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const oldest = this.#prepared.size >= MOST_PREPARED ? this.#prepared.keys().next().value : undefined;
    if (oldest !== undefined) this.#prepared.delete(oldest);
    const statement = this.#db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

const operations: Readonly<Record<OperationName, unknown>> = { ...reads, ...writes };

/** Runs an operation to its end. What it throws is the operation's own, or SQLite's. */
export function perform(connection: Connection, name: OperationName, params: unknown): unknown {
  const operation = operations[name] as (params: unknown) => Steps<unknown>;
  const steps = operation(params);
  let step = steps.next([]);
  while (step.done !== true) step = steps.next(connection.rows(step.value));
  return step.value;
}

/** A setting or counter of SQLite's that is a number. */
export function pragma(connection: Connection, name: string): number {
  return connection.rows({ sql: `PRAGMA ${name}`, values: [] })[0]?.[name] as number;
}
