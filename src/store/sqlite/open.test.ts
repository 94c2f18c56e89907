/** Opening: what is refused, in which words, and who may read what was made. */
import assert from 'node:assert/strict';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { silentLog, thisProcess } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { StoreError } from '../store.ts';
import { addAccount, messageParams, temporaryDirectory, temporaryStore } from '../testing.ts';
import type { Pause } from './begin.ts';
import { connectWriter } from './connection.ts';
import { migrate, migrations } from './migrate.ts';
import { checkVersion } from './open-database.ts';
import { checkFileSystem } from './place.ts';
import { openStore } from './store.ts';

const pause: Pause = { sleep: () => undefined, ticks: () => 0 };

test('the state directory is made, and nobody else may look into it', async (t) => {
  const directory = join(await temporaryDirectory(t), 'deep', 'state');
  const store = await temporaryStore(t, { directory });
  const account = await addAccount(store);
  await store.write('accept', await messageParams(store, account, 'x'.repeat(20_000)));
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  for (const name of (await readdir(directory)).filter((one) => one.startsWith('posthorn.db'))) {
    assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600, name);
  }
});

test('a directory that was open to others is closed to them', async (t) => {
  const directory = join(await temporaryDirectory(t), 'state');
  await mkdir(directory, { mode: 0o755 });
  await temporaryStore(t, { directory });
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
});

async function refusal(directory: string): Promise<string> {
  try {
    await (await openStore({ directory, log: silentLog, clock: new FakeClock(), process: thisProcess() })).close();
    return '';
  } catch (error) {
    assert.ok(error instanceof StoreError);
    return error.message;
  }
}

test('a newer schema, another program, something that is no database: each is refused in words', async (t) => {
  const newer = await temporaryDirectory(t);
  await (await openStore({ directory: newer, log: silentLog, clock: new FakeClock(), process: thisProcess() })).close();
  const db = new DatabaseSync(join(newer, 'posthorn.db'));
  db.exec('PRAGMA user_version = 9999');
  db.close();
  assert.match(await refusal(newer), /newer Posthorn \(schema 9999, this one knows [0-9]+\)/);
  const other = await temporaryDirectory(t);
  const foreign = new DatabaseSync(join(other, 'posthorn.db'));
  foreign.exec('CREATE TABLE x (y)');
  foreign.close();
  assert.match(await refusal(other), /another program/);
  const noise = await temporaryDirectory(t);
  await writeFile(join(noise, 'posthorn.db'), 'This is no database at all. '.repeat(100));
  assert.match(await refusal(noise), /not a database of Posthorn/);
  const file = join(await temporaryDirectory(t), 'file');
  await writeFile(file, '');
  assert.match(await refusal(file), /can't be used/);
});

test('network file systems are refused by name, disks are not', async () => {
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [-0x00acb2be, 'CIFS'],
    [0x01021997, '9P'],
  ] as const) {
    await assert.rejects(
      checkFileSystem('/x', () => Promise.resolve(type)),
      new RegExp(`network file system \\(${name}\\)`),
    );
  }
  for (const type of [0xef53, 0x9123683e, 0x58465342, 0x01021994])
    await checkFileSystem('/x', () => Promise.resolve(type));
});

test('SQLite before 3.51.3 is refused', () => {
  for (const good of ['3.51.3', '3.51.10', '3.53.4', '4.0.0']) checkVersion(good);
  for (const bad of ['3.51.2', '3.50.9', '3.9.99', '2.99.99'])
    assert.throws(() => {
      checkVersion(bad);
    }, /can lose committed mail/);
});

test('migrations run once, in order, and one that fails leaves nothing of itself', () => {
  const connection = connectWriter({ path: ':memory:', durability: 'full' });
  const tables = (): unknown =>
    connection.rows({
      sql: "SELECT group_concat(name) AS names FROM sqlite_schema WHERE name IN ('one', 'two')",
      values: [],
    })[0]?.['names'];
  const [one, two] = [
    { version: 1, sql: 'CREATE TABLE one (x)' },
    { version: 2, sql: 'CREATE TABLE two (x)' },
  ];
  migrate(connection, pause, [one]);
  migrate(connection, pause, [one, two]);
  migrate(connection, pause, [one, two]);
  assert.equal(tables(), 'one,two');
  assert.throws(() => {
    migrate(connection, pause, [one, two, { version: 3, sql: 'DROP TABLE one; CREATE TABLE broken' }]);
  });
  assert.equal(tables(), 'one,two');
  assert.throws(() => {
    migrate(connection, pause, [one]);
  }, /newer Posthorn/);
  connection.close();
});

test('migrations are numbered from 1 without a gap', () => {
  assert.deepEqual(
    migrations().map(({ version }) => version),
    migrations().map((_, i) => i + 1),
  );
});

test('three that start at the same time on an empty directory all come up', async (t) => {
  const directory = await temporaryDirectory(t);
  const stores = await Promise.all([1, 2, 3].map(() => temporaryStore(t, { directory })));
  await Promise.all(stores.map((store, i) => store.write('setSetting', { name: `n${String(i)}`, value: 'v' })));
  assert.equal(await stores[0]!.read('setting', { name: 'n2' }), 'v');
});
