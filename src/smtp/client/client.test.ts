/** The client against prepared answers: what it says, what leaves together, what comes out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '../../base/testing.ts';
import { replyText } from '../../mail/index.ts';
import { memoryWirePair } from '../../net/index.ts';
import { scriptedWire } from '../../net/testing.ts';
import type { Scripted, ScriptedOptions } from '../../net/testing.ts';
import { saslMechanism } from '../../sasl/index.ts';
import type { SaslClient } from '../../sasl/index.ts';
import { SmtpClientSession } from './client.ts';
import type { Answer, ClientTimeouts } from './conversation.ts';
import type { RecipientAnswer, Transaction } from './transaction.ts';

const TIMEOUTS: ClientTimeouts = { greeting: 1000, command: 2000, data: 3000, block: 4000, dot: 5000 };

interface Talk extends Scripted {
  readonly client: SmtpClientSession;
  readonly clock: FakeClock;
}

function talk(
  input: readonly (string | Buffer)[],
  options: ScriptedOptions & { readonly protocol?: 'smtp' | 'lmtp' } = {},
): Talk {
  const clock = new FakeClock();
  const scripted = scriptedWire(input, { clock, ...options });
  const settings = { hostname: 'mx.a.test', protocol: options.protocol ?? 'smtp', timeouts: TIMEOUTS } as const;
  // Getters are kept: the script goes on while the client talks.
  return Object.create(scripted, {
    client: { value: new SmtpClientSession(scripted.wire, clock, settings) },
    clock: { value: clock },
  }) as Talk;
}

function text(answer: Answer): string {
  return answer.kind === 'reply' ? replyText(answer.reply) : `${answer.what} ${answer.state}`;
}

function texts(results: readonly RecipientAnswer[]): readonly string[] {
  return results.map(({ state, answer }) => `${state}: ${text(answer)}`);
}

function transaction(recipients: readonly string[], octets = 'Subject: x\r\n\r\nx\r\n'): Transaction {
  async function* content(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(octets));
  }
  return { mailFrom: 'a@a.test', parameters: {}, recipients: recipients.map((address) => ({ address })), content };
}

const PIPELINING = '250-mx.b.test\r\n250 PIPELINING\r\n';
const MAIL = 'MAIL FROM:<a@a.test>\r\n';
const RCPT = 'RCPT TO:<b@b.test>\r\n';

test('[5321-3.1-wait-for-greeting] nothing is said before the greeting', async () => {
  const { client, batches } = talk(['220 hi\r\n', '250 mx\r\n']);
  const greeted = client.greet();
  await settle();
  assert.deepEqual(batches, []);
  assert.equal(text(await greeted), '220 hi');
  await client.hello();
  assert.deepEqual(batches, ['EHLO mx.a.test\r\n']);
});

test('[2920-3.1-one-write] MAIL, RCPT and DATA leave in one write when PIPELINING is offered', async () => {
  const conversation = talk([PIPELINING, '250 m\r\n250 r\r\n354 go\r\n', '250 dot\r\n']);
  await conversation.client.hello();
  assert.deepEqual(texts(await conversation.client.send(transaction(['b@b.test']))), ['dot: 250 dot']);
  assert.deepEqual(conversation.batches.slice(1), [`${MAIL}${RCPT}DATA\r\n`, 'Subject: x\r\n\r\nx\r\n', '.\r\n']);
});

for (const [what, hello, replies, end] of [
  ['the dot', PIPELINING, '250 m\r\n250 r\r\n354 go\r\n', '.\r\n'],
  ['the last octets of the last chunk', '250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n', '250 m\r\n250 r\r\n', '\r\n'],
] as const) {
  test(`${what}: not before whoever wants to know has been told, and not where that fails`, async () => {
    const conversation = talk([hello, replies, '250 dot\r\n']);
    let told = '';
    const beforeEnd = async (): Promise<void> => {
      told = conversation.batches.join('');
      await Promise.resolve();
    };
    await conversation.client.hello();
    const sent = await conversation.client.send({ ...transaction(['b@b.test']), beforeEnd });
    assert.deepEqual(texts(sent), ['dot: 250 dot']);
    assert.equal(conversation.batches.join(''), told + end);

    const other = talk([hello, replies, '250 dot\r\n']);
    await other.client.hello();
    const failing = { ...transaction(['b@b.test']), beforeEnd: () => Promise.reject(new Error('full')) };
    assert.deepEqual(texts(await other.client.send(failing)), ['text: content text']);
    assert.equal(other.batches.join(''), told);
    assert.equal(other.client.usable, false);
  });
}

test('a server that refuses while somebody is told of the dot does not get it: it is certain that it has nothing', async () => {
  const clock = new FakeClock();
  const { client: wire, server } = memoryWirePair({ clock });
  const says = async (words: string): Promise<void> => {
    await settle();
    server.write(words);
    await server.flush();
    await settle();
  };
  const client = new SmtpClientSession(wire, clock, { hostname: 'mx.a.test', protocol: 'smtp', timeouts: TIMEOUTS });
  const hello = client.hello();
  await says(PIPELINING);
  await hello;
  const beforeEnd = (): Promise<void> => says('451 4.3.0 the disk is full\r\n');
  const sent = client.send({ ...transaction(['b@b.test']), beforeEnd });
  await says('250 m\r\n250 r\r\n354 go\r\n');
  assert.deepEqual(texts(await sent), ['text: 451 4.3.0 the disk is full']);
});

test('[2920-3.1-offered] without PIPELINING each command waits for its answer', async () => {
  const conversation = talk(['250 mx\r\n', '250 m\r\n', '250 r\r\n', '354 go\r\n', '250 dot\r\n']);
  await conversation.client.hello();
  await conversation.client.send(transaction(['b@b.test']));
  assert.deepEqual(conversation.batches.slice(1, 4), [MAIL, RCPT, 'DATA\r\n']);
});

test("[2920-3.1-group-size] a thousand recipients leave in groups that fit a connection's buffers", async () => {
  const recipients = Array.from({ length: 1000 }, (_, i) => `r${i}@b.test`);
  // One piece for each group of 50 commands: the script answers only when it was asked.
  const answers = ['250 m', ...recipients.map(() => '250 r'), '354 go'].map((line) => `${line}\r\n`);
  const pieces = Array.from({ length: Math.ceil(answers.length / 50) }, (_, i) =>
    answers.slice(i * 50, i * 50 + 50).join(''),
  );
  const conversation = talk([PIPELINING, ...pieces, '250 dot\r\n']);
  await conversation.client.hello();
  const results = await conversation.client.send(transaction(recipients));
  assert.ok(results.every(({ state }) => state === 'dot'));
  assert.ok(conversation.batches.slice(1, -2).every((batch) => batch.split('\r\n').length <= 51));
});

test('[2033-4.2-client-per-recipient] LMTP: an answer for each accepted recipient, in order', async () => {
  const answers = '250 m\r\n250 r1\r\n550 5.1.1 r2\r\n250 r3\r\n354 go\r\n';
  const conversation = talk([PIPELINING, answers, '250 d1\r\n452 4.2.2 d3 is full\r\n'], { protocol: 'lmtp' });
  await conversation.client.hello();
  assert.deepEqual(texts(await conversation.client.send(transaction(['1@b.test', '2@b.test', '3@b.test']))), [
    'dot: 250 d1',
    'rcpt: 550 5.1.1 r2',
    'dot: 452 4.2.2 d3 is full',
  ]);
  assert.equal(conversation.batches[0], 'LHLO mx.a.test\r\n');
  assert.equal(conversation.client.protocol, 'lmtp');
});

test('[2033-5-client-broken-off] LMTP: the connection breaks off between the answers', async () => {
  const conversation = talk([PIPELINING, '250 m\r\n250 r\r\n250 r\r\n354 go\r\n', '250 d1\r\n'], { protocol: 'lmtp' });
  await conversation.client.hello();
  assert.deepEqual(texts(await conversation.client.send(transaction(['1@b.test', '2@b.test']))), [
    'dot: 250 d1',
    'dot: lost dot',
  ]);
});

// All others were taken for deferred with it, and got the message twice.
test('[2033-4.2-client-per-recipient] LMTP: a 421 for one recipient leaves the others their own answers', async () => {
  const send = async (dots: string, stays = false): Promise<readonly string[]> => {
    const three = `250 m\r\n${'250 r\r\n'.repeat(3)}354 go\r\n`;
    const { client, clock } = talk([PIPELINING, three, dots], { protocol: 'lmtp', stays });
    await client.hello();
    const sending = client.send(transaction(['1@b.test', '2@b.test', '3@b.test']));
    await settle(50);
    await clock.advance(2000);
    const results = await sending;
    assert.equal(client.usable, false);
    return texts(results);
  };
  const first = 'dot: 421 4.2.0 d1';
  assert.deepEqual(await send('421 4.2.0 d1\r\n250 d2\r\n550 d3\r\n'), [first, 'dot: 250 d2', 'dot: 550 d3']);
  for (const stays of [false, true])
    assert.deepEqual(await send('421 4.2.0 d1\r\n250 d2\r\n', stays), [first, 'dot: 250 d2', first]);
});

// A recipient got the answer meant for the one before, and was failed with it.
test('a reply too much ends the connection before it is taken for the answer to the next MAIL', async () => {
  const conversation = talk([PIPELINING, '250 m\r\n250 r\r\n354 go\r\n', '250 dot\r\n250 dot\r\n', '250 m\r\n'], {
    stays: true,
  });
  const { client } = conversation;
  await client.hello();
  assert.deepEqual(texts(await client.send(transaction(['b@b.test']))), ['dot: 250 dot']);
  assert.deepEqual(texts(await client.send(transaction(['c@b.test']))), ['mail: garbled mail']);
  assert.equal(client.usable, false);
  assert.doesNotMatch(conversation.output, /c@b\.test/);
});

test('LMTP: a server that refused everybody and asks for the text would answer nobody, so we hang up', async () => {
  const conversation = talk([PIPELINING, '250 m\r\n550 r\r\n354 go\r\n'], { protocol: 'lmtp', stays: true });
  await conversation.client.hello();
  assert.deepEqual(texts(await conversation.client.send(transaction(['1@b.test']))), ['rcpt: 550 r']);
  assert.equal(conversation.client.usable, false);
  assert.ok(!conversation.output.endsWith('.\r\n'));
});

test('[5321-3.8-client-421] a 421 is the answer to all that was still asked, and nothing more is said', async () => {
  const conversation = talk([PIPELINING, '250 m\r\n250 r\r\n421 4.3.2 bye\r\n']);
  await conversation.client.hello();
  const results = await conversation.client.send(transaction(['1@b.test', '2@b.test', '3@b.test']));
  assert.deepEqual(texts(results), ['data: 421 4.3.2 bye', 'rcpt: 421 4.3.2 bye', 'rcpt: 421 4.3.2 bye']);
  assert.equal(conversation.client.usable, false);
  await conversation.client.quit();
  assert.ok(conversation.closed);
  assert.ok(!conversation.output.includes('QUIT'));
});

test('several messages follow each other, with RSET between', async () => {
  const conversation = talk([
    PIPELINING,
    '250 m\r\n550 r\r\n503 d\r\n',
    '250 reset\r\n',
    '250 m\r\n250 r\r\n354 go\r\n',
    '250 dot\r\n',
    '221 bye\r\n',
  ]);
  const { client } = conversation;
  await client.hello();
  assert.deepEqual(texts(await client.send(transaction(['1@b.test']))), ['rcpt: 550 r']);
  assert.equal(text(await client.rset()), '250 reset');
  assert.deepEqual(texts(await client.send(transaction(['b@b.test']))), ['dot: 250 dot']);
  await client.quit();
  assert.ok(conversation.closed);
});

const LATE: readonly (readonly [
  what: string,
  ms: number,
  run: (client: SmtpClientSession) => Promise<Answer | readonly RecipientAnswer[]>,
  input: readonly string[],
])[] = [
  ['greeting', 1000, (client) => client.greet(), []],
  ['ehlo', 2000, (client) => client.hello(), []],
  ['mail', 2000, (client) => client.send(transaction(['b@b.test'])), []],
  ['rcpt', 2000, (client) => client.send(transaction(['b@b.test'])), ['250 m\r\n']],
  ['data', 3000, (client) => client.send(transaction(['b@b.test'])), ['250 m\r\n', '250 r\r\n']],
  ['dot', 5000, (client) => client.send(transaction(['b@b.test'])), ['250 m\r\n', '250 r\r\n', '354 go\r\n']],
];

for (const [what, ms, run, input] of LATE) {
  test(`[5321-4.5.3.2-client-timeouts] waiting at ${what} has an end`, async () => {
    const { client, clock } = talk(input, { stays: true });
    const running = run(client);
    await clock.advance(ms - 1);
    assert.ok(client.usable);
    await clock.advance(1);
    const result = await running;
    const answer = 'kind' in result ? result : result[0]!.answer;
    assert.equal(text(answer), `timeout ${what}`);
    assert.ok(answer.kind === 'trouble' && answer.problem.includes('did nothing for'));
    assert.equal(clock.pending, 0);
  });
}

test('a server that sends a line now and then does not buy time with it', async () => {
  const clock = new FakeClock();
  const scripted = scriptedWire([], { clock, stays: true });
  const client = new SmtpClientSession(scripted.wire, clock, {
    hostname: 'mx.a.test',
    protocol: 'smtp',
    timeouts: TIMEOUTS,
  });
  const running = client.hello();
  for (let i = 0; i < 3; i++) {
    await clock.advance(600);
    (scripted.wire as unknown as { received(chunk: Buffer): void }).received(Buffer.from('250-more\r\n'));
  }
  await clock.advance(200);
  assert.equal(text(await running), 'timeout ehlo');
});

test('what the server said in clear behind its 220 does not count under TLS', async () => {
  const { client } = talk([
    '250-mx.b.test\r\n250 STARTTLS\r\n',
    '220 go\r\n250-evil\r\n250 PIPELINING\r\n',
    '250 mx.b.test\r\n',
  ]);
  await client.hello();
  const result = await client.startTls({ role: 'client', serverName: 'mx.b.test', verify: false });
  assert.equal(result.kind, 'secured');
  await client.hello();
  assert.equal(client.capabilities.name, 'mx.b.test');
  assert.equal(client.capabilities.pipelining, false);
});

// AUTH.

function exchange(name: string, password = 'secret'): SaslClient {
  return saslMechanism(name)!.connect({ name: 'bob', password });
}

const PLAIN = Buffer.from('\0bob\0secret').toString('base64');

test('[4954-4-client] PLAIN with its initial response', async () => {
  const conversation = talk(['235 2.7.0 welcome\r\n']);
  assert.equal(text(await conversation.client.auth(exchange('PLAIN'))), '235 2.7.0 welcome');
  assert.equal(conversation.output, `AUTH PLAIN ${PLAIN}\r\n`);
});

test('[4954-4-client] LOGIN, whatever its prompts are', async () => {
  const conversation = talk(['334 VXNlcm5hbWU6\r\n', '334 Password:\r\n', '235 ok\r\n']);
  assert.equal(text(await conversation.client.auth(exchange('LOGIN'))), '235 ok');
  assert.equal(conversation.output, 'AUTH LOGIN\r\nYm9i\r\nc2VjcmV0\r\n');
});

test('[4954-4-client] an initial response that makes the line too long waits for the challenge', async () => {
  const conversation = talk(['334 \r\n', '235 ok\r\n']);
  await conversation.client.auth(exchange('PLAIN', 'x'.repeat(600)));
  const [first, second] = conversation.output.split('\r\n');
  assert.equal(first, 'AUTH PLAIN');
  assert.ok((second ?? '').length > 600);
});

test('[4954-4-client] more challenges than the mechanism has are cancelled', async () => {
  const conversation = talk(['334 \r\n', '334 \r\n', '501 5.7.0 cancelled\r\n']);
  assert.equal(text(await conversation.client.auth(exchange('PLAIN'))), '501 5.7.0 cancelled');
  assert.ok(conversation.output.endsWith('*\r\n'));
});

test('[5802-5-server-proof] a server that lets us in without knowing the password is left', async () => {
  for (const answers of [
    ['235 2.7.0 welcome\r\n'],
    ['334 \r\n', '235 2.7.0 welcome\r\n'],
    [`334 ${Buffer.from('r=x,s=eA==,i=4096').toString('base64')}\r\n`, '235 2.7.0 welcome\r\n'],
  ]) {
    const { client } = talk(answers);
    const answer = await client.auth(exchange('SCRAM-SHA-256'));
    assert.ok(answer.kind === 'trouble' && /without showing that it knows the password/.test(answer.problem));
    assert.equal(client.usable, false);
  }
});

test('a server that asks on for ever is left', async () => {
  const { client } = talk(Array.from({ length: 50 }, () => '334 \r\n'));
  assert.equal(text(await client.auth(exchange('LOGIN'))), 'garbled auth');
  assert.equal(client.usable, false);
});

test('a server that repeats the password is not repeated by us', async () => {
  for (const words of [`500 unknown command "${PLAIN}"`, `535 no: ${PLAIN.slice(0, 12)}`]) {
    const answer = await talk([`${words}\r\n`]).client.auth(exchange('PLAIN'));
    assert.ok(!JSON.stringify(answer).includes(PLAIN.slice(0, 12)), JSON.stringify(answer));
  }
  const garbled = await talk([`what is ${PLAIN}?\r\n`]).client.auth(exchange('PLAIN'));
  assert.ok(garbled.kind === 'trouble' && !garbled.problem.includes(PLAIN.slice(0, 8)));
});

test('a refused login leaves the connection as it was', async () => {
  const { client } = talk(['535 5.7.8 no\r\n', '221 bye\r\n']);
  assert.equal(text(await client.auth(exchange('PLAIN'))), '535 5.7.8 no');
  assert.ok(client.usable);
  await client.quit();
});

test('[5321-4.1.1.10-client-quit] QUIT is said before leaving, and its answer not waited for longer than ten seconds', async () => {
  const clock = new FakeClock();
  const scripted = scriptedWire([], { clock, stays: true });
  const timeouts = { ...TIMEOUTS, command: 300_000 };
  const client = new SmtpClientSession(scripted.wire, clock, { hostname: 'a', protocol: 'smtp', timeouts });
  const quitting = client.quit();
  await clock.advance(9_999);
  assert.equal(scripted.output, 'QUIT\r\n');
  assert.equal(scripted.closed, false);
  await clock.advance(1);
  await quitting;
  assert.equal(scripted.closed, true);
  assert.equal(clock.pending, 0);
});
