/** Death and other trouble of the whole: kill -9, a full disk, a thread that dies, what is swept afterwards. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { newTicket, silentLog, thisProcess } from '../../base/index.ts';
import type { ProcessIdentity } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { ContentFiles } from '../content/files.ts';
import { StoreError } from '../store.ts';
import type { Store } from '../store.ts';
import {
  addAccount,
  contentOf,
  eventually,
  messageParams,
  newEmail,
  newMessage,
  temporaryDirectory,
  temporaryStore,
  textOf,
} from '../testing.ts';
import { Lane } from './lane.ts';
import { openStore } from './store.ts';

const ROOT = new URL('../../', import.meta.url).href;

/** A process that accepts as fast as it can, small and large, and says each id once it is acknowledged. */
const ACCEPTING = `
  import { openStore } from '${ROOT}store/index.ts';
  import { silentLog, systemClock, thisProcess } from '${ROOT}base/index.ts';
  import { messageParams } from '${ROOT}store/testing.ts';
  const [directory, account] = process.argv.slice(1);
  const store = await openStore({ directory, log: silentLog, clock: systemClock, process: thisProcess() });
  const client = async (n) => {
    for (let i = 0; ; i++) {
      const params = await messageParams(store, account, (n % 4 === 0 ? 'large ' : 'small ').repeat(n % 4 === 0 ? 5000 : 50));
      await store.write('accept', params);
      process.stdout.write(params.message.id + ' ' + params.emails[0].id + '\\n');
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, n) => client(n)));
`;

async function acceptAndDie(
  directory: string,
  account: string,
  after: number,
): Promise<readonly (readonly [string, string])[]> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', ACCEPTING, directory, account], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: [string, string][] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line.split(' ') as [string, string]);
    if (acknowledged.length === after) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  assert.ok(acknowledged.length >= after);
  return acknowledged;
}

test('after kill -9 every acknowledged message is there once and whole; another is there whole or not at all', async (t) => {
  const directory = await temporaryDirectory(t);
  const first = await openStore({ directory, log: silentLog, clock: new FakeClock(), process: thisProcess() });
  const account = await addAccount(first);
  await first.close();
  const acknowledged = [];
  for (const after of [1, 60, 150]) acknowledged.push(...(await acceptAndDie(directory, account, after)));
  const store = await temporaryStore(t, { directory });
  for (const [message, email] of acknowledged) {
    assert.equal((await store.read('findMessages', { id: message })).length, 1);
    assert.ok((await store.read('email', { id: email })) !== undefined, email);
  }
  const stored = await listEmails(store, account);
  assert.ok(stored.length >= acknowledged.length);
  assert.equal(new Set(stored).size, stored.length);
  for (const id of stored) {
    const email = await store.read('email', { id });
    assert.match(await textOf(store.content.read(email!.content)), /^(?:(?:small ){50}|(?:large ){5000})$/);
  }
  assert.equal((await store.read('account', { id: account }))?.usedMessages, stored.length);
});

async function listEmails(store: Store, account: string): Promise<readonly string[]> {
  const locked = await store.write('lockMaildrop', { account, token: 't', process: thisProcess(), at: 1, peer: '' });
  assert.ok(locked.kind === 'locked');
  const emails: string[] = [];
  for (let afterUid = 0; ;) {
    const slice = await store.read('maildropSlice', { mailbox: locked.mailbox, afterUid, limit: 1000 });
    emails.push(...slice.emails);
    if (slice.uids.length === 0) return emails;
    afterUid = slice.uids.at(-1)!;
  }
}

const ADDING = `
  import { openStore } from '${ROOT}store/index.ts';
  import { silentLog, systemClock, thisProcess } from '${ROOT}base/index.ts';
  const store = await openStore({ directory: process.argv[1], log: silentLog, clock: systemClock, process: thisProcess() });
  await store.write('addDomain', { name: 'other.test', at: 1 });
  await store.close();
`;

test('another process on the same state directory is seen, while this one has it open', async (t) => {
  const directory = await temporaryDirectory(t);
  const clock = new FakeClock();
  const store = await temporaryStore(t, { directory, clock });
  let told = 0;
  store.onChange(() => {
    told += 1;
  });
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', ADDING, directory], {
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
  assert.deepEqual(await store.read('listDomains', {}), [{ name: 'other.test', createdAt: 1 }]);
  await eventually(async () => {
    await clock.advance(100);
    return told > 0;
  });
});

async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(join(directory, 'content'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test('a full disk refuses, leaves nothing behind, and what was there stays readable', async (t) => {
  const directory = await temporaryDirectory(t);
  const store = await temporaryStore(t, { directory, maxPages: 120 });
  const account = await addAccount(store);
  const accepted: string[] = [];
  const attempts = Array.from({ length: 100 }, async () => {
    const params = await messageParams(store, account, 'x'.repeat(8_000));
    await store.write('accept', params);
    accepted.push(params.emails[0]!.id);
  });
  const results = await Promise.allSettled(attempts);
  const refused = results.filter((result) => result.status === 'rejected');
  assert.ok(refused.length > 0 && accepted.length > 0, `${String(refused.length)} refused`);
  for (const { reason } of refused) {
    assert.ok(reason instanceof StoreError);
    assert.match(reason.message, /full/);
  }
  const writer = store.content.create();
  await writer.write(Buffer.alloc(100_000));
  const content = await writer.finish();
  const email = newEmail(account, { deliveryPrefix: Buffer.alloc(300_000) });
  await assert.rejects(
    store.write('accept', { message: newMessage(content), emails: [email], deliveries: [], events: [] }),
    StoreError,
  );
  await writer.abort();
  assert.deepEqual(await filesOf(directory), []);
  for (const id of accepted)
    assert.equal((await textOf(store.content.read((await store.read('email', { id }))!.content))).length, 8_000);
  assert.equal((await store.read('account', { id: account }))?.usedMessages, accepted.length);
});

function writeLane(path: string, process: ProcessIdentity, said: string[]): Promise<Lane> {
  const onTrouble = (sentence: string): void => {
    said.push(sentence);
  };
  return Lane.open({
    script: new URL('./write-worker.ts', import.meta.url),
    data: { path, durability: 'full', process },
    onTrouble,
  });
}

test('a thread that dies takes only what it had with it; the next operation has a new one', async (t) => {
  const said: string[] = [];
  const lane = await writeLane(join(await temporaryDirectory(t), 'posthorn.db'), thisProcess(), said);
  t.after(() => lane.close());
  await lane.run('setSetting', { name: 'before', value: '1' });
  const pending = Array.from({ length: 500 }, (_, i) => lane.run('setSetting', { name: `n${String(i)}`, value: '' }));
  const settled = Promise.allSettled(pending);
  await lane.kill();
  const results = await settled;
  assert.ok(results.some(({ status }) => status === 'rejected'));
  for (const result of results) if (result.status === 'rejected') assert.ok(result.reason instanceof StoreError);
  assert.equal(said.length, 1);
  await lane.run('setSetting', { name: 'after', value: '2' });
});

test('a thread that dies before it has done anything is not started for ever', async (t) => {
  const said: string[] = [];
  const lane = await writeLane(join(await temporaryDirectory(t), 'posthorn.db'), thisProcess(), said);
  t.after(() => lane.close());
  await lane.kill();
  await assert.rejects(lane.run('setSetting', { name: 'x', value: '' }), StoreError);
  await assert.rejects(lane.run('setSetting', { name: 'x', value: '' }), StoreError);
  assert.equal(said.length, 1);
});

test('only files that are unnamed, older than a day and whose writer is dead are swept', async (t) => {
  const directory = await temporaryDirectory(t);
  const before = await openStore({ directory, log: silentLog, clock: new FakeClock(), process: thisProcess() });
  const account = await addAccount(before);
  const named = await contentOf(before, 'n'.repeat(20_000));
  await before.write('accept', { message: newMessage(named), emails: [newEmail(account)], deliveries: [], events: [] });
  const alive = await contentOf(before, 'a'.repeat(20_000));
  await before.close();
  assert.ok(named.place.kind === 'file' && alive.place.kind === 'file');
  const dead = (
    await ContentFiles.open(join(directory, 'content'), { ...thisProcess(), pid: 999_999, start: '1' })
  ).newName();
  const [old, young, unfinished] = [dead, newTicket() + dead.slice(26), newTicket() + dead.slice(26)];
  const paths = [
    ...[old, young].map((name) => join(directory, 'content', name.slice(0, 2), name)),
    join(directory, 'content', 'tmp', unfinished),
  ];
  for (const path of paths) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
  }
  const now = Date.now();
  const longAgo = (now - 2 * 86_400_000) / 1000;
  for (const name of [named.place.name, alive.place.name])
    await utimes(join(directory, 'content', name.slice(0, 2), name), longAgo, longAgo);
  await utimes(paths[0]!, longAgo, longAgo);
  await utimes(paths[2]!, longAgo, longAgo);
  await temporaryStore(t, { directory, clock: new FakeClock(now) });
  const expected = [named.place.name, alive.place.name, young].toSorted();
  await eventually(async () => (await filesOf(directory)).length === 3);
  assert.deepEqual((await filesOf(directory)).toSorted(), expected);
});

test('a removal that a crash cut short is finished at the next start', async (t) => {
  const directory = await temporaryDirectory(t);
  const said: string[] = [];
  const before = await openStore({ directory, log: silentLog, clock: new FakeClock(), process: thisProcess() });
  const account = await addAccount(before);
  const one = await messageParams(before, account);
  await before.write('accept', {
    ...one,
    emails: Array.from({ length: 2_500 }, (_, i) => newEmail(account, { n: i + 1 })),
  });
  await before.write('lockMaildrop', { account, token: 't', process: thisProcess(), at: 1, peer: '' });
  await before.close();
  // The lane alone commits the mark and does nothing behind the scenes: as if the process had died then.
  const lane = await writeLane(join(directory, 'posthorn.db'), thisProcess(), said);
  const remove = Array.from({ length: 2_500 }, (_, i) => i + 1);
  assert.equal(
    await lane.run('quitMaildrop', { account, token: 't', at: 2, sessionId: 's', remove, events: [] }),
    'done',
  );
  await lane.close();
  const after = await temporaryStore(t, { directory });
  await eventually(async () => (await after.read('account', { id: account }))?.usedMessages === 0);
});
