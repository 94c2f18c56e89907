/** Accounts at a provider, from the first try to mail in the Inbox: a real store, our own POP3 and SMTP servers over TLS. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { openSeal, silentLog, systemClock } from '../base/index.ts';
import { listen, loadTlsContext, makeSelfSigned } from '../net/index.ts';
import { servePop3 } from '../pop3/index.ts';
import { FakeMailbox, FakePolicy, fakeContext, fakeMessage } from '../pop3/testing.ts';
import { serveSmtp } from '../smtp/index.ts';
import { fakePolicy, TEST_SETTINGS } from '../smtp/testing.ts';
import { addAccount, eventually, temporaryDirectory, temporaryStore, textOf } from '../store/testing.ts';
import type { Store } from '../store/index.ts';
import { Collector } from './collector.ts';
import { Remotes } from './remotes.ts';
import type { RemoteSettings } from './settings.ts';

const PASSWORD = 'pa ss word';
const pair = await makeSelfSigned({ names: ['localhost'], addresses: ['127.0.0.1'], days: 1, now: Date.now() });
const context = loadTlsContext(pair.certPem, pair.keyPem);
const letter = (n: number): string => `Subject: letter ${n}\r\nMessage-ID: <${n}@isp.example>\r\n\r\nbody ${n}\r\n`;

/** A provider: a maildrop, and a submission server that takes alice's password. */
async function provider(t: TestContext, count = 2) {
  const mailbox = new FakeMailbox(Array.from({ length: count }, (_, n) => fakeMessage(letter(n), `u-${n}`)));
  const policy = new FakePolicy(mailbox);
  const open = async (onConnection: Parameters<typeof listen>[0]['onConnection']): Promise<number> => {
    const listener = await listen({
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      timeouts: { read: 5_000 },
      maxConnections: 10,
      implicitTls: () => context,
      onConnection,
      onRefused: () => '',
      onError: () => undefined,
    });
    t.after(() => listener.close({ drainMs: 0 }));
    return listener.address.port;
  };
  const shutdown = new AbortController().signal;
  const sasl = { password: (login: Parameters<FakePolicy['verify']>[0]) => policy.verify(login) };
  const pop3 = await open((wire) => servePop3(wire, fakeContext(policy)));
  const smtp = await open((wire) =>
    serveSmtp(wire, {
      settings: { ...TEST_SETTINGS, sasl, plainLogin: () => true },
      policy: fakePolicy(),
      log: silentLog,
      clock: systemClock,
      shutdown,
    }),
  );
  const at = { host: '127.0.0.1', protection: 'implicit', authorities: pair.certPem } as const;
  const settings: RemoteSettings = {
    pop3: { ...at, protocol: 'pop3', port: pop3 },
    smtp: { ...at, protocol: 'smtp', port: smtp },
    pop3Login: 'alice',
    smtpLogin: 'alice',
    leave: { kind: 'days', days: 14 },
    every: 10,
  };
  return { mailbox, policy, settings };
}

async function house(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const store = await temporaryStore(t, { directory });
  const account = await addAccount(store, 'me', 'here.test');
  const seal = openSeal(randomBytes(32));
  const remotes = new Remotes({ store, clock: systemClock, seal: async () => seal, hostname: () => 'pc.test' });
  const collector = new Collector({ store, remotes, clock: systemClock, log: silentLog, longest: () => 1_000_000 });
  t.after(() => collector.close(1_000));
  const texts = async (): Promise<readonly string[]> => {
    const sort = [{ property: 'receivedAt', isAscending: true }] as const;
    const query = { account, sort, collapseThreads: false, position: 0, limit: 100, calculateTotal: false };
    const found = await store.read('queryEmails', query);
    assert.ok(found !== 'no-anchor');
    const all: string[] = [];
    for (const id of found.ids) {
      const email = await store.read('email', { id });
      if (email !== undefined) all.push(await textOf(store.content.read(email.content)));
    }
    return all.sort();
  };
  const destroyAll = async (): Promise<void> => {
    const query = { account, sort: [], collapseThreads: false, position: 0, limit: 100, calculateTotal: false };
    const found = await store.read('queryEmails', query);
    if (found !== 'no-anchor') await store.write('changeEmails', { account, changes: [], destroy: found.ids, at: 1 });
  };
  const visit = async (id: string, answer?: 'same-messages'): Promise<void> => {
    await collector.settled(id);
    assert.ok(await collector.check(id, answer));
    await collector.settled(id);
  };
  return { directory, store, account, remotes, collector, texts, destroyAll, visit };
}

test('an account that was tried is collected by itself, each message once', async (t) => {
  const { settings, mailbox } = await provider(t);
  const { account, remotes, collector, texts, visit, store } = await house(t);
  assert.deepEqual(await remotes.tryOut(settings, { password: PASSWORD }), {
    pop3: 'works',
    smtp: 'works',
    largest: 10_000,
  });
  const remote = await remotes.add({
    account,
    address: 'alice@isp.example',
    settings,
    secrets: { password: PASSWORD },
  });
  assert.ok(typeof remote === 'object');
  collector.start();
  await eventually(async () => (await remotes.get(remote.id))?.standing.kind === 'done');
  assert.deepEqual(await texts(), [letter(0), letter(1)]);
  mailbox.messages.push(fakeMessage(letter(2), 'u-2'));
  await visit(remote.id);
  assert.deepEqual(await texts(), [letter(0), letter(1), letter(2)]);
  assert.equal(mailbox.messages.length, 3, 'copies stay for their days');
  const [message] = await store.read('findMessages', { messageId: '<0@isp.example>' });
  const [event] = await store.read('events', { message: message?.id ?? '' });
  assert.ok(event?.facts.kind === 'collected');
  assert.deepEqual([event.facts.uidl, event.facts.server.name], ['u-0', '127.0.0.1']);
});

test('a wrong password is told by both servers, keeps the visits away, and a right one brings them back', async (t) => {
  const { settings, policy } = await provider(t);
  const { account, remotes, collector, texts } = await house(t);
  const tried = await remotes.tryOut(settings, { password: 'wrong' });
  assert.ok(tried.pop3 !== 'works' && tried.smtp !== 'works');
  assert.deepEqual([tried.pop3.kind, tried.smtp.kind], ['wrong-login', 'wrong-login']);
  const remote = await remotes.add({ account, address: 'alice@isp.example', settings, secrets: { password: 'wrong' } });
  assert.ok(typeof remote === 'object');
  collector.start();
  await eventually(async () => (await remotes.get(remote.id))?.standing.kind === 'trouble');
  await collector.settled(remote.id);
  const stuck = await remotes.get(remote.id);
  assert.equal(stuck?.dueAt, undefined, 'it waits for a person');
  const before = policy.logins.length;
  await remotes.change(remote.id, { secrets: { password: PASSWORD } });
  await eventually(async () => (await remotes.get(remote.id))?.standing.kind === 'done');
  assert.ok(policy.logins.length > before);
  assert.equal((await texts()).length, 2);
});

test('what is deleted here goes there, where that is the rule; what is set says first how many', async (t) => {
  const { settings, mailbox } = await provider(t);
  const { account, remotes, texts, destroyAll, visit } = await house(t);
  const until = { ...settings, leave: { kind: 'until-deleted-here' } } as const;
  const remote = await remotes.add({
    account,
    address: 'a@isp.example',
    settings: until,
    secrets: { password: PASSWORD },
  });
  assert.ok(typeof remote === 'object');
  await visit(remote.id);
  assert.equal((await remotes.wouldDelete(remote.id, { kind: 'days', days: 0 })).count, 2);
  assert.equal(mailbox.messages.length, 2, 'to ask deletes nothing');
  const { list: there } = await remotes.there(remote.id, { position: 0, limit: 10 });
  assert.deepEqual(
    there.map(({ uidl, state }) => [uidl, state]),
    [
      ['u-1', 'whole'],
      ['u-0', 'whole'],
    ],
    'the newest first',
  );
  await destroyAll();
  await visit(remote.id);
  assert.deepEqual([mailbox.messages.length, (await texts()).length], [0, 0]);
});

test('what its owner deletes at the provider is known to be gone at once', async (t) => {
  const { settings, mailbox } = await provider(t);
  const { account, remotes, visit, store } = await house(t);
  const remote = await remotes.add({
    account,
    address: 'alice@isp.example',
    settings,
    secrets: { password: PASSWORD },
  });
  assert.ok(typeof remote === 'object');
  await visit(remote.id);
  assert.equal(await remotes.deleteThere(remote.id, new Set(['u-1', 'never'])), 1);
  assert.equal(mailbox.messages.length, 1);
  const known = await store.read('remoteMessages', { remote: remote.id, after: '', limit: 10 });
  assert.deepEqual(
    known.map(({ uidl, goneAt }) => [uidl, goneAt !== undefined]),
    [
      ['u-0', false],
      ['u-1', true],
    ],
  );
});

test('a visit that is wished takes back no change that is made beside it', async (t) => {
  const { settings } = await provider(t, 0);
  const { account, remotes } = await house(t);
  const remote = await remotes.add({
    account,
    address: 'alice@isp.example',
    settings,
    secrets: { password: PASSWORD },
  });
  assert.ok(typeof remote === 'object');
  await Promise.all([
    remotes.change(remote.id, { settings: { every: 7 }, secrets: { password: 'another' } }),
    remotes.visitSoon(remote.id),
  ]);
  assert.equal((await remotes.get(remote.id))?.settings.every, 7);
  assert.deepEqual(await remotes.secretsOf(remote.id), { password: 'another' });
});

test('new ids wait for an answer, and with it nothing comes twice', async (t) => {
  const { settings, mailbox } = await provider(t, 5);
  const { account, remotes, texts, visit } = await house(t);
  const remote = await remotes.add({ account, address: 'a@isp.example', settings, secrets: { password: PASSWORD } });
  assert.ok(typeof remote === 'object');
  await visit(remote.id);
  mailbox.messages = mailbox.messages.map((one, n) => ({ ...one, uidl: `new-${n}` }));
  await visit(remote.id);
  const asked = await remotes.get(remote.id);
  assert.deepEqual([asked?.standing.kind, asked?.dueAt], ['renumbered', undefined]);
  await visit(remote.id, 'same-messages');
  assert.equal((await remotes.get(remote.id))?.standing.kind, 'done');
  assert.equal((await texts()).length, 5);
});

test('the password lies nowhere in the state directory', async (t) => {
  const { settings } = await provider(t);
  const { directory, account, remotes, visit, store } = await house(t);
  const secret = 'a-secret-of-' + randomBytes(8).toString('hex');
  const remote = await remotes.add({ account, address: 'a@isp.example', settings, secrets: { password: secret } });
  assert.ok(typeof remote === 'object');
  await visit(remote.id);
  await store.write('setSetting', { name: 'x', value: 'y' });
  for (const name of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const octets = await readFile(join(name.parentPath, name.name));
    assert.ok(!octets.includes(secret), name.name);
  }
  assert.deepEqual(await remotes.secretsOf(remote.id), { password: secret });
});

test('an address that is none, a rule that makes no sense, one that is there already: a sentence', async (t) => {
  const { settings } = await provider(t);
  const { account, remotes } = await house(t);
  const add = (address: string, changes: Partial<RemoteSettings> = {}) =>
    remotes.add({ account, address, settings: { ...settings, ...changes }, secrets: { password: 'x' } });
  const refusal = async (...args: Parameters<typeof add>): Promise<string> => {
    const added = await add(...args);
    return typeof added === 'string' ? added : 'added';
  };
  assert.match(await refusal('nobody'), /not an e-mail address/);
  assert.match(await refusal('a@isp.example', { every: 0 }), /every 1 to/);
  assert.match(await refusal('a@isp.example', { leave: { kind: 'days', days: -1 } }), /0 to 3650 days/);
  assert.ok(typeof (await add('a@isp.example')) === 'object');
  assert.match(await refusal('a@isp.example'), /there already/);
});

test('a visit of which nothing can be kept is not made again at once', async (t) => {
  const { settings, policy } = await provider(t);
  const { account, remotes, store } = await house(t);
  const full: Store = {
    ...store,
    content: store.content,
    read: (name, params) => store.read(name, params),
    write: (name, params) =>
      name === 'recordVisit' ? Promise.reject(new Error('the disk is full')) : store.write(name, params),
    onChange: (listener) => store.onChange(listener),
    close: () => store.close(),
  };
  const remote = await remotes.add({ account, address: 'a@isp.example', settings, secrets: { password: PASSWORD } });
  assert.ok(typeof remote === 'object');
  const collector = new Collector({
    store: full,
    remotes,
    clock: systemClock,
    log: silentLog,
    longest: () => 1_000_000,
  });
  t.after(() => collector.close(1_000));
  collector.start();
  await eventually(() => policy.logins.length === 1);
  await collector.settled(remote.id);
  // Each change has it look what is due; reads are answered in order, so it has looked when ours is answered.
  for (let n = 0; n < 3; n++) {
    await store.write('setSetting', { name: 'x', value: String(n) });
    for (let m = 0; m < 3; m++) await store.read('nextRemoteDue', {});
  }
  assert.deepEqual([collector.visits().size, policy.logins.length], [0, 1]);
});
