/** What is deleted because it is a secret does not stay in the file. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../testing.ts';
import { connectWriter, perform } from './connection.ts';
import { migrate } from './migrate.ts';

test('[8620-7.2-erased] the address of a push subscription is gone from the database with it', async (t) => {
  const path = join(await temporaryDirectory(t), 'test.db');
  const connection = connectWriter({ path, durability: 'full' });
  migrate(connection, { sleep: () => undefined, ticks: () => performance.now() });
  connection.exec('PRAGMA journal_mode = WAL');
  const url = 'https://push.test/only-we-know-it';
  const row = { id: 'p', account: 'a', device: 'd', url, code: 'c', expiresAt: 1, most: 9 };
  perform(connection, 'addPushSubscription', row);
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  assert.ok((await readFile(path)).includes(url));
  perform(connection, 'removePushSubscription', { account: 'a', id: 'p' });
  connection.close();
  assert.ok(!(await readFile(path)).includes(url));
});
