import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../base/testing.ts';
import { loadTlsContext } from './certificates.ts';
import { memoryWirePair } from './memory.ts';
import { makeSelfSigned } from './self-signed.ts';
import type { LineRead } from './wire.ts';
import { WireError } from './wire.ts';

const text = (read: LineRead): string => (read.kind === 'line' ? read.bytes.toString('latin1') : `<${read.kind}>`);
const isTls = (error: unknown): boolean => error instanceof WireError && error.kind === 'tls';
const { certPem, keyPem } = await makeSelfSigned({ names: ['localhost'], addresses: [], days: 1, now: Date.now() });
const context = loadTlsContext(certPem, keyPem);

test('the two ends name each other', () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock() });
  assert.deepEqual(client.peer, server.local);
  assert.deepEqual(client.local, server.peer);
  assert.equal(server.tls, undefined);
});

test('both sides meet in startTls, and what was said in clear is gone on either side', async () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock() });
  client.write('STARTTLS\r\nRSET\r\n');
  const [command] = await Promise.all([server.readLine(512), client.flush()]);
  assert.equal(text(command), 'STARTTLS');
  server.write('220 go\r\n250 injected\r\n');
  const serving = server.startTls({ role: 'server', context });
  assert.equal(text(await client.readLine(512)), '220 go');
  const state = await client.startTls({ role: 'client', serverName: 'mx.b.test', verify: false });
  assert.equal(state.serverName, 'mx.b.test');
  assert.equal((await serving).serverName, 'mx.b.test');
  client.write('EHLO\r\n');
  await client.flush();
  assert.equal(text(await server.readLine(512)), 'EHLO');
  server.write('250 protected\r\n');
  await server.flush();
  assert.equal(text(await client.readLine(512)), '250 protected');
  assert.notEqual(client.tls, undefined);
});

test('octets in clear instead of a handshake break it', async () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock() });
  const failed = assert.rejects(server.startTls({ role: 'server', context }), isTls);
  client.write('MAIL FROM:<>\r\n');
  await client.flush();
  await failed;
  await assert.rejects(server.readLine(512), isTls);
});

test('a peer that leaves, or does nothing, ends the handshake', async () => {
  const clock = new FakeClock();
  const first = memoryWirePair({ clock });
  const failed = assert.rejects(first.server.startTls({ role: 'server', context }), isTls);
  await first.client.close();
  await failed;
  const second = memoryWirePair({ clock });
  const late = assert.rejects(
    second.client.startTls({ role: 'client', serverName: 'x', verify: false }),
    /within 60 s/,
  );
  await clock.advance(60_000);
  await late;
  assert.equal(clock.pending, 0);
});

test('a session that ended without reading everything does not hold the other side', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock });
  client.write(Buffer.alloc(200_000));
  const sending = client.flush().catch((error: unknown) => error);
  await server.close();
  await sending;
  assert.deepEqual(await client.readLine(10), { kind: 'end' });
  assert.equal(clock.pending, 0);
});
