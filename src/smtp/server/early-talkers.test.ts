/** Clients that talk before the banner, where the banner waits for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/index.ts';
import { FakeClock, settle } from '../../base/testing.ts';
import { memoryWirePair } from '../../net/index.ts';
import type { Wire } from '../../net/index.ts';
import { serveSmtp } from './conversation.ts';
import { fakePolicy, TEST_SETTINGS } from './fake-policy.ts';
import type { SmtpServerSettings } from './policy.ts';

const WAIT = 200;

function connect(settings: Partial<SmtpServerSettings> = {}): {
  readonly clock: FakeClock;
  readonly client: Wire;
  readonly heard: readonly string[];
  readonly stopping: AbortController;
  readonly served: Promise<void>;
} {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock });
  const stopping = new AbortController();
  const served = serveSmtp(server, {
    clock,
    policy: fakePolicy(),
    settings: { ...TEST_SETTINGS, bannerWait: () => WAIT, ...settings },
    log: silentLog,
    shutdown: stopping.signal,
  });
  const heard: string[] = [];
  void listen(client, heard);
  return { clock, client, heard, stopping, served };
}

async function listen(client: Wire, heard: string[]): Promise<void> {
  client.timeout = 1e9;
  for (;;) {
    const line = await client.readLine(1000).catch(() => undefined);
    if (line?.kind !== 'line') break;
    heard.push(line.bytes.toString('latin1'));
  }
}

async function say(client: Wire, text: string): Promise<void> {
  client.write(text);
  await client.flush();
  await settle();
}

test('[5321-3.1-early-talker] who talks while the banner waits is told so and left', async () => {
  const { clock, client, heard, served } = connect();
  await clock.advance(WAIT / 2);
  await say(client, 'EHLO client.example\r\n');
  assert.deepEqual(heard, []);
  await clock.advance(WAIT / 2);
  await settle();
  assert.deepEqual(heard, ['554 5.5.1 You spoke before the greeting; a client waits for it']);
  await clock.advance(10_000);
  await served;
  assert.equal(clock.pending, 0);
});

test('[5321-3.1-early-talker] who waits is greeted when the time is over, and not before', async () => {
  const { clock, client, heard, served } = connect();
  await clock.advance(WAIT - 1);
  await settle();
  assert.deepEqual(heard, []);
  await clock.advance(1);
  await settle();
  assert.deepEqual(heard, ['220 mx.test ESMTP Posthorn']);
  await say(client, 'QUIT\r\n');
  assert.match(heard[1] ?? '', /^221 /);
  client.destroy();
  await served;
});

test('nobody waits where early talkers are allowed, in LMTP, and where the listener says so', async () => {
  for (const settings of [
    { earlyTalkers: 'allow' },
    { protocol: 'lmtp' },
    { bannerWait: (peer: { readonly address: string }) => (peer.address === '' ? WAIT : 0) },
  ] as const) {
    const { client, heard, served } = connect(settings);
    await settle();
    assert.match(heard[0] ?? '', /^220 /);
    client.destroy();
    await served;
  }
});

test('[5321-3.8-421] a server that stops waits no longer', async () => {
  const { clock, heard, stopping, served } = connect();
  stopping.abort();
  await settle();
  assert.match(heard[0] ?? '', /^421 4\.3\.2 /);
  await clock.advance(10_000);
  await served;
  assert.equal(clock.pending, 0);
});

test('a client that leaves meanwhile is forgotten', async () => {
  const { clock, client, served } = connect();
  client.destroy();
  await clock.advance(WAIT);
  await served;
  assert.equal(clock.pending, 0);
});
