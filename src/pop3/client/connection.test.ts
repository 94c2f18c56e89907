/** Our client against our server, and against servers that are not as they should be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../base/testing.ts';
import { memoryWirePair, WireError } from '../../net/index.ts';
import type { TlsServerContext } from '../../net/index.ts';
import { scriptedWire } from '../../net/testing.ts';
import type { Pop3ServerSettings } from '../server/policy.ts';
import { servePop3 } from '../server/session.ts';
import { FakeMailbox, FakePolicy, fakeContext, fakeMessage } from '../testing.ts';
import { Pop3Connection } from './connection.ts';
import { Pop3Error } from './error.ts';

const ALICE = { name: 'alice', password: 'pa ss word' };
const MESSAGES = [
  fakeMessage('Subject: one\r\n\r\n.dots\r\n.\r\nend\r\n', 'u-1'),
  fakeMessage('Subject: two\r\n\r\nbody\r\n', 'u-2'),
];

async function connected(settings: Partial<Pop3ServerSettings> = {}) {
  const clock = new FakeClock();
  const policy = new FakePolicy(new FakeMailbox(MESSAGES));
  const { client: wire, server } = memoryWirePair({ clock });
  const done = servePop3(server, fakeContext(policy, settings, clock));
  return { client: await Pop3Connection.open(wire), wire, policy, done };
}

function collector(): { readonly sink: (piece: Buffer) => void; readonly text: () => string } {
  const pieces: Buffer[] = [];
  return {
    sink: (piece) => void pieces.push(Buffer.from(piece)),
    text: () => Buffer.concat(pieces).toString('latin1'),
  };
}

test('a whole session of our client with our server', async () => {
  const { client, policy, done } = await connected();
  assert.equal(client.greeting, 'mx.a.test POP3 server ready');
  await client.login(ALICE);
  assert.deepEqual(await client.stat(), { count: 2, octets: 53 });
  assert.deepEqual(await client.list(), [
    { number: 1, octets: 31 },
    { number: 2, octets: 22 },
  ]);
  assert.deepEqual(await client.uidl(), [
    { number: 1, uidl: 'u-1' },
    { number: 2, uidl: 'u-2' },
  ]);
  assert.equal(await client.size(2), 22);
  assert.equal(await client.uniqueId(2), 'u-2');
  const whole = collector();
  assert.deepEqual(await client.retr({ number: 1, sink: whole.sink, limit: 1_000 }), { octets: 31, tooBig: false });
  assert.equal(whole.text(), MESSAGES[0]!.content.toString('latin1'));
  const head = collector();
  await client.top({ number: 1, lines: 1, sink: head.sink, limit: 1_000 });
  assert.equal(head.text(), 'Subject: one\r\n\r\n.dots\r\n');
  await client.noop();
  await client.dele(1);
  await client.rset();
  await client.dele(2);
  await client.quit();
  await done;
  assert.deepEqual(
    policy.mailbox.messages.map((message) => message.uidl),
    ['u-1'],
  );
});

test('[5034-4-initial-response] the client logs in with AUTH, by what CAPA lists', async () => {
  for (const wanted of [undefined, ['LOGIN']]) {
    const { client, policy, done } = await connected({ tls: () => ({}) as TlsServerContext });
    assert.deepEqual(
      (await client.capa()).find(({ name }) => name === 'STLS'),
      { name: 'STLS', parameters: [] },
    );
    await client.stls({ serverName: 'mx.a.test', verify: true });
    await client.authenticate(ALICE, await client.capa(), wanted);
    assert.deepEqual(
      policy.logins.map((login) => login.mechanism),
      [wanted?.[0] ?? 'PLAIN'],
    );
    assert.equal((await client.stat()).count, 2);
    await client.quit();
    await done;
  }
});

test('no password is sent in clear by AUTH, and a name or password with a line end is not sent at all', async () => {
  const { client, wire, policy, done } = await connected();
  await assert.rejects(client.authenticate(ALICE, await client.capa()), { name: 'Pop3Error', kind: 'impossible' });
  await assert.rejects(client.login({ name: 'alice\r\nQUIT', password: 'x' }), { kind: 'impossible' });
  await assert.rejects(client.login({ name: 'alice', password: 'x\nDELE 1' }), { kind: 'impossible' });
  assert.deepEqual(policy.logins, []);
  await wire.close();
  await done;
});

test('[2449-8-response-codes] a refusal keeps the code and the words of the server', async () => {
  const { client, wire, policy, done } = await connected();
  await assert.rejects(client.login({ name: 'alice', password: 'wrong' }), (error: unknown) => {
    assert.ok(error instanceof Pop3Error);
    assert.deepEqual([error.kind, error.code, error.words], ['refused', 'AUTH', 'Wrong name or password']);
    assert.equal(error.message, 'Logging in failed: Wrong name or password');
    return true;
  });
  policy.mailbox.locked = true;
  await assert.rejects(client.login(ALICE), { kind: 'refused', code: 'IN-USE' });
  policy.mailbox.locked = false;
  await client.login(ALICE);
  const sink = (): void => undefined;
  await assert.rejects(client.retr({ number: 9, sink, limit: 10 }), { kind: 'refused', doing: 'retrieving a message' });
  await assert.rejects(client.dele(9), { kind: 'refused' });
  policy.mailbox.onQuit = { code: 'SYS/TEMP', text: 'Nothing was removed', rule: 'x' };
  await assert.rejects(client.quit(), { kind: 'refused', code: 'SYS/TEMP', words: 'Nothing was removed' });
  await wire.close();
  await done;
});

test('a message larger than the limit is counted whole and handed out in part', async () => {
  const { client, done } = await connected();
  await client.login(ALICE);
  const part = collector();
  assert.deepEqual(await client.retr({ number: 1, sink: part.sink, limit: 9 }), { octets: 31, tooBig: true });
  assert.equal(part.text(), 'Subject: ');
  await client.quit();
  await done;
});

test('[1939-5-retr-no-false-end] a message cut off at the server is an error at the client', async () => {
  const { client, policy, done } = await connected();
  policy.mailbox.messages[0] = { ...MESSAGES[0]!, breaksAt: 20 };
  await client.login(ALICE);
  const sink = (): void => undefined;
  await assert.rejects(client.retr({ number: 1, sink, limit: 1_000 }), (error: unknown) => error instanceof WireError);
  await done;
});

/** A server that says this whatever it is asked. */
async function against(answers: readonly string[]): Promise<Pop3Connection> {
  return await Pop3Connection.open(scriptedWire(['+OK hello\r\n', ...answers]).wire);
}

const strange: readonly (readonly [
  what: string,
  answers: readonly string[],
  ask: (c: Pop3Connection) => Promise<unknown>,
])[] = [
  ['an answer that is no POP3', ['250 ok\r\n'], (c) => c.noop()],
  ['an endless answer', [`+OK ${'a'.repeat(9_000)}\r\n`], (c) => c.noop()],
  ['STAT without numbers', ['+OK many\r\n'], (c) => c.stat()],
  ['LIST without numbers', ['+OK\r\nfoo\r\n.\r\n'], (c) => c.list()],
  ['LIST with an endless line', [`+OK\r\n1 ${'1'.repeat(9_000)}\r\n.\r\n`], (c) => c.list()],
  ['UIDL without an id', ['+OK\r\n1\r\n.\r\n'], (c) => c.uidl()],
  ['LIST of one without a size', ['+OK 1\r\n'], (c) => c.size(1)],
  ['UIDL of one without an id', ['+OK\r\n'], (c) => c.uniqueId(1)],
];

for (const [what, answers, ask] of strange) {
  test(`a server that gives ${what} is an error of protocol`, async () => {
    await assert.rejects(ask(await against(answers)), { name: 'Pop3Error', kind: 'protocol' });
  });
}

test('a server that leaves instead of answering, or in the middle of it, has cut the line', async () => {
  for (const answers of [[], ['+OK']])
    await assert.rejects((await against(answers)).noop(), { name: 'WireError', kind: 'closed' });
});

test('a server that asks for ever in AUTH is left alone after a while', async () => {
  const answers = ['+ \r\n'.repeat(50)];
  const client = await against(answers);
  const capabilities = [{ name: 'SASL', parameters: ['PLAIN'] }];
  const scripted = client.authenticate(ALICE, capabilities);
  await assert.rejects(scripted, { name: 'Pop3Error' });
});

test('[5802-5-server-proof] a server that lets us in without knowing the password is not believed', async () => {
  const capabilities = [{ name: 'SASL', parameters: ['SCRAM-SHA-256'] }];
  const challenge = Buffer.from('r=x,s=eA==,i=4096').toString('base64');
  for (const answers of ['+OK welcome\r\n', `+ ${challenge}\r\n+OK welcome\r\n`, '+ \r\n+OK welcome\r\n']) {
    const client = await against([answers]);
    await assert.rejects(client.authenticate(ALICE, capabilities), { name: 'Pop3Error', kind: 'protocol' });
  }
});

test('a server that refuses at the door, and one that does not know CAPA', async () => {
  await assert.rejects(Pop3Connection.open(scriptedWire(['-ERR [SYS/TEMP] full\r\n']).wire), {
    kind: 'refused',
    code: 'SYS/TEMP',
  });
  assert.deepEqual(await (await against(['-ERR what\r\n'])).capa(), []);
});
