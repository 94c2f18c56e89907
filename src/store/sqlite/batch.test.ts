/** What a batch survives: a COMMIT or a statement that fails, a disk that can't sync. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Batches } from './batch.ts';
import type { Pause } from './begin.ts';
import { connectWriter, perform, pragma } from './connection.ts';
import type { Connection } from './connection.ts';
import type { Answer, Request } from './messages.ts';
import { migrate } from './migrate.ts';
import { useLog } from './open-database.ts';

const pause: Pause = { sleep: () => undefined, ticks: () => performance.now() };

/** Called before each statement; what it throws, the connection throws. */
type Fault = (sql: string) => void;

interface Broken {
  readonly batches: Batches;
  /** How many connections were opened. */
  readonly opened: () => number;
  fault: Fault;
}

function broken(t: TestContext): Broken {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-batch-'));
  let opened = 0;
  const state: { fault: Fault } = { fault: () => undefined };
  const batches = new Batches(() => {
    opened += 1;
    const connection = connectWriter({ path: join(directory, 'test.db'), durability: 'full' });
    useLog(connection, pause);
    migrate(connection, pause);
    return faulty(connection, (sql) => {
      state.fault(sql);
    });
  }, pause);
  t.after(() => {
    batches.close();
    rmSync(directory, { recursive: true });
  });
  return Object.assign(state, { batches, opened: () => opened });
}

function faulty(connection: Connection, fault: Fault): Connection {
  return {
    get inTransaction() {
      return connection.inTransaction;
    },
    exec: (sql) => {
      fault(sql);
      connection.exec(sql);
    },
    rows: (statement) => {
      fault(statement.sql);
      return connection.rows(statement);
    },
    close: () => {
      connection.close();
    },
  };
}

const sqliteError = (errcode: number): Error => Object.assign(new Error(`SQLite says ${String(errcode)}`), { errcode });
const set = (id: number, value = 'v'): Request => ({
  id,
  name: 'setSetting',
  params: { name: `n${String(id)}`, value },
});
const outcome = (answers: readonly Answer[]): readonly boolean[] => answers.map((answer) => !('error' in answer));
const stored = ({ batches }: Broken, id: number): unknown =>
  batches.look((c) => perform(c, 'setting', { name: `n${String(id)}` }));

/** Throws once, at the nth statement that begins so. */
function once(start: string, error: Error, nth = 1): Fault {
  let left = nth;
  return (sql) => {
    if (sql.startsWith(start) && --left === 0) throw error;
  };
}

test('a batch is one transaction', (t) => {
  const store = broken(t);
  let commits = 0;
  store.fault = (sql) => {
    if (sql === 'COMMIT') commits += 1;
  };
  assert.deepEqual(outcome(store.batches.run([set(1), set(2), set(3)])), [true, true, true]);
  assert.equal(commits, 1);
});

test('what a power cut may take is not synced, unless it shares a batch; everything else is', (t) => {
  const store = broken(t);
  const synced: unknown[] = [];
  store.fault = (sql) => {
    if (sql === 'COMMIT') synced.push(store.batches.look((connection) => pragma(connection, 'synchronous')));
  };
  const announce = (id: number): Request => ({
    id,
    name: 'announceEnd',
    params: { token: 't', message: 'm', numbers: [] },
  });
  const [NORMAL, FULL] = [1, 2];
  for (const requests of [[set(1)], [announce(2), announce(3)], [announce(4), set(5)], [set(6)]])
    store.batches.run(requests);
  assert.deepEqual(synced, [FULL, NORMAL, FULL, FULL]);
  // Also behind one that failed.
  store.fault = once('COMMIT', sqliteError(13));
  assert.deepEqual(outcome(store.batches.run([announce(7)])), [true]);
  assert.equal(
    store.batches.look((connection) => pragma(connection, 'synchronous')),
    FULL,
  );
});

test('a COMMIT that fails answers nobody; each is done once more alone', (t) => {
  const store = broken(t);
  store.fault = once('COMMIT', sqliteError(13));
  assert.deepEqual(outcome(store.batches.run([set(1), set(2)])), [true, true]);
  assert.equal(stored(store, 2), 'v');
});

test('on a disk that stays full everybody hears so, and nothing was done', (t) => {
  const store = broken(t);
  store.fault = (sql) => {
    if (sql === 'COMMIT') throw sqliteError(13);
  };
  const answers = store.batches.run([set(1), set(2)]);
  assert.deepEqual(outcome(answers), [false, false]);
  assert.match((answers[0] as { error: string }).error, /full/);
  store.fault = () => undefined;
  assert.equal(stored(store, 1), undefined);
  assert.deepEqual(outcome(store.batches.run([set(1)])), [true]);
});

test('a transaction that SQLite rolled back by itself in the middle takes nobody with it', (t) => {
  const store = broken(t);
  let calls = 0;
  store.fault = (sql) => {
    if (!sql.startsWith('INSERT INTO settings') || ++calls !== 2) return;
    store.batches.look((connection) => {
      connection.exec('ROLLBACK');
    });
    throw sqliteError(13);
  };
  assert.deepEqual(outcome(store.batches.run([set(1), set(2)])), [true, true]);
  assert.deepEqual([stored(store, 1), stored(store, 2)], ['v', 'v']);
});

test('a failed sync closes the connection; the next one carries the log over before it writes', (t) => {
  const store = broken(t);
  const after: string[] = [];
  const fail = once('COMMIT', sqliteError(10 | (4 << 8)));
  store.fault = (sql) => {
    fail(sql);
    if (store.opened() > 1) after.push(sql);
  };
  assert.deepEqual(outcome(store.batches.run([set(1)])), [true]);
  assert.equal(store.opened(), 2);
  assert.equal(
    after.findIndex((sql) => sql.includes('wal_checkpoint(TRUNCATE)')) < after.indexOf('BEGIN IMMEDIATE'),
    true,
  );
});

test('while the log cannot be carried over nothing is written', (t) => {
  const store = broken(t);
  const fail = once('COMMIT', sqliteError(10));
  let fixed = false;
  store.fault = (sql) => {
    fail(sql);
    if (!fixed && sql.includes('wal_checkpoint')) throw sqliteError(10);
  };
  assert.deepEqual(outcome(store.batches.run([set(1), set(2)])), [false, false]);
  assert.deepEqual(outcome(store.batches.run([set(3)])), [false]);
  fixed = true;
  assert.deepEqual(outcome(store.batches.run([set(4)])), [true]);
  assert.equal(stored(store, 1), undefined);
});

test('a lock that never comes free answers with an error, and leaves the rest waiting for nothing', (t) => {
  const store = broken(t);
  let ticks = 0;
  const patient = new Batches(
    () =>
      faulty(connectWriter({ path: ':memory:', durability: 'full' }), (sql) => {
        if (sql === 'BEGIN IMMEDIATE') throw sqliteError(5);
      }),
    { sleep: (ms) => (ticks += ms * 1000), ticks: () => ticks },
  );
  const answers = patient.run([set(1), set(2)]);
  assert.deepEqual(outcome(answers), [false, false]);
  assert.match((answers[0] as { error: string }).error, /locked/);
  patient.close();
  assert.equal(store.opened(), 1);
});

test('a batch ends at 200 operations, and after 20 ms', (t) => {
  const store = broken(t);
  assert.equal(store.batches.run(Array.from({ length: 450 }, (_, i) => set(i))).length, 200);
  let ticks = 0;
  const slow = new Batches(
    () => {
      const connection = connectWriter({ path: ':memory:', durability: 'full' });
      migrate(connection, pause);
      return connection;
    },
    { sleep: () => undefined, ticks: () => (ticks += 6) },
  );
  t.after(() => {
    slow.close();
  });
  assert.equal(slow.run(Array.from({ length: 50 }, (_, i) => set(i))).length, 4);
});
