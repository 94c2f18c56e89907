/** Our client against our own server, in memory, with the octets cut in every way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { silentLog } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { formatAddress } from '../../mail/index.ts';
import { memoryWirePair } from '../../net/index.ts';
import { chooseMechanism } from '../../sasl/index.ts';
import type { SaslBackend } from '../../sasl/index.ts';
import { scramVerifier } from '../../sasl/testing.ts';
import { serveSmtp } from '../server/conversation.ts';
import { fakePolicy, TEST_SETTINGS } from '../server/fake-policy.ts';
import type { SmtpLogin, SmtpServerSettings } from '../server/policy.ts';
import { SmtpClientSession } from './client.ts';
import type { Transaction } from './transaction.ts';

const TIMEOUTS = { greeting: 300_000, command: 300_000, data: 120_000, block: 180_000, dot: 600_000 };

function meet(chunk: number | undefined, settings: Partial<SmtpServerSettings> = {}) {
  const clock = new FakeClock();
  const policy = fakePolicy();
  const pair = memoryWirePair({ clock, ...(chunk === undefined ? {} : { chunk }) });
  const done = serveSmtp(pair.server, { settings: { ...TEST_SETTINGS, ...settings }, policy, log: silentLog, clock });
  const protocol = settings.protocol ?? 'smtp';
  const client = new SmtpClientSession(pair.client, clock, { hostname: 'mx.a.test', protocol, timeouts: TIMEOUTS });
  return { client, policy, done };
}

function transaction(to: readonly string[], octets: Buffer, chunking = true): Transaction {
  async function* content(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(octets);
  }
  return {
    mailFrom: 'alice@a.test',
    chunking,
    parameters: { size: octets.length, body: '8bitmime', ret: 'hdrs', envid: 'e+1' },
    recipients: to.map((address) => ({ address, notify: ['failure'] })),
    content,
  };
}

for (const [chunk, chunking] of [undefined, 1, 3, 64].flatMap(
  (size) =>
    [
      [size, true],
      [size, false],
    ] as const,
)) {
  test(`a message ${chunking ? 'in chunks' : 'behind DATA'}, in pieces of ${chunk ?? 'any'} octets`, async () => {
    const { client, policy, done } = meet(chunk);
    await client.greet();
    await client.hello();
    const text = Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n.x\r\nünd\r\n');
    const results = await client.send(transaction(['bob@b.test', 'unknown@b.test', '"b o b"@b.test'], text, chunking));
    assert.deepEqual(
      results.map(({ state, answer }) => `${state} ${answer.kind === 'reply' ? answer.reply.code : answer.what}`),
      ['dot 250', 'rcpt 550', 'dot 250'],
    );
    await client.quit();
    await done;
    const [taken] = policy.taken;
    assert.deepEqual(taken?.content, text);
    assert.deepEqual(
      taken?.envelope.recipients.map(({ address }) => formatAddress(address)),
      ['bob@b.test', '"b o b"@b.test'],
    );
    assert.equal(taken?.envelope.body, '8bitmime');
    assert.equal(policy.taken.length, 1);
  });
}

test('all recipients refused, and the next message on the same connection', async () => {
  const { client, policy, done } = meet(undefined);
  await client.greet();
  await client.hello();
  const refused = await client.send(transaction(['unknown@b.test'], Buffer.from('x\r\n')));
  assert.equal(refused[0]?.state, 'rcpt');
  await client.rset();
  const taken = await client.send(transaction(['bob@b.test'], Buffer.from('Subject: two\r\n\r\n')));
  assert.equal(taken[0]?.state, 'dot');
  await client.quit();
  await done;
  assert.equal(policy.taken.length, 1);
});

for (const chunking of [true, false])
  test(`LMTP with an answer for each, ${chunking ? 'in chunks' : 'behind DATA'}`, async () => {
    const { client, done } = meet(undefined, { protocol: 'lmtp' });
    await client.greet();
    await client.hello();
    const results = await client.send(transaction(['bob@b.test', 'gone@b.test'], Buffer.from('x\r\n'), chunking));
    assert.deepEqual(
      results.map(({ answer }) => (answer.kind === 'reply' ? answer.reply.code : 0)),
      [250, 550],
    );
    await client.quit();
    await done;
  });

test('[5321-4.5.2-client-stuffing] [3030-2-client-chunks] whatever the octets are, our server gets them with line ends mended and nothing else changed', async () => {
  const line = fc.array(fc.constantFrom('.', '\r', '\n', 'a', '\r\n', '\r\n.\r\n', 'QUIT\r\n'), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(line, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (parts, chunk, chunking) => {
      const { client, policy, done } = meet(chunk);
      await client.greet();
      await client.hello();
      const results = await client.send(transaction(['bob@b.test'], Buffer.from(parts.join('')), chunking));
      assert.equal(results[0]?.state, 'dot');
      await client.quit();
      await done;
      const mended = parts.join('').replace(/\r\n|\r|\n/g, '\r\n');
      assert.equal(
        policy.taken[0]?.content.toString(),
        mended === '' || mended.endsWith('\r\n') ? mended : `${mended}\r\n`,
      );
      assert.equal(policy.taken.length, 1);
    }),
    { numRuns: 80 },
  );
});

test('[3030-2-client-chunks] a message of several chunks, and the next one on the same connection', async () => {
  const { client, policy, done } = meet(undefined, { maxMessage: 2_000_000 });
  await client.greet();
  await client.hello();
  const large = Buffer.from(`${'.0123456789'.repeat(9)}\r\n`.repeat(12_000));
  for (const octets of [large, Buffer.from('small\r\n'), large]) {
    const [result] = await client.send(transaction(['bob@b.test'], octets));
    assert.equal(result?.state, 'dot');
    assert.ok(policy.taken.at(-1)?.content.equals(octets));
  }
  await client.quit();
  await done;
});

test('[3030-2-client-refused] a server that refuses a chunk is still spoken to', async () => {
  const { client, policy, done } = meet(undefined, { maxMessage: 300_000 });
  await client.greet();
  await client.hello();
  const large = { ...transaction(['bob@b.test'], Buffer.from('0123456789\r\n'.repeat(100_000))), parameters: {} };
  const [result] = await client.send(large);
  assert.equal(result?.state, 'text');
  assert.ok(result.answer.kind === 'reply' && result.answer.reply.code === 552);
  await client.rset();
  assert.equal((await client.send(transaction(['bob@b.test'], Buffer.from('small\r\n'))))[0]?.state, 'dot');
  await client.quit();
  await done;
  assert.equal(policy.taken.length, 1);
});

const SASL: SaslBackend<SmtpLogin> = {
  password: () => Promise.reject(new Error('no password was to be sent')),
  proof: ({ name, mechanism }) =>
    Promise.resolve({
      kind: 'verifier',
      verifier: scramVerifier('secret'),
      conclude: (proven) =>
        Promise.resolve(
          proven
            ? { kind: 'accepted', login: { account: 'a', name, mechanism } }
            : { kind: 'refused', rule: 'test-password', text: 'Wrong name or password' },
        ),
    }),
};

test('[5802-4-preferred] a login is proven, and bound to the connection once there is TLS', async () => {
  for (const tls of [false, true]) {
    const context = { secureContext: undefined as never };
    const { client, done } = meet(1, { sasl: SASL, plainLogin: () => true, tls: () => context });
    await client.greet();
    await client.hello();
    if (tls) {
      await client.startTls({ role: 'client', serverName: 'mx.test', verify: false });
      await client.hello();
    }
    const mechanism = chooseMechanism(client.capabilities.auth, tls, undefined, client);
    assert.equal(mechanism?.name, tls ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256');
    const codes: unknown[] = [];
    for (const password of ['wrong', 'secret']) {
      const answer = await client.auth(mechanism.connect({ name: 'alice', password }));
      codes.push(answer.kind === 'reply' ? answer.reply.code : answer.problem);
    }
    assert.deepEqual(codes, [535, 235]);
    await client.quit();
    await done;
  }
});
