import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { after, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../base/index.ts';
import { FakeClock, settle } from '../base/testing.ts';
import { loadTlsContext } from './certificates.ts';
import { dial } from './dial.ts';
import { connection, hear, listening, openSockets } from './fake-connection.ts';
import { makeSelfSigned } from './self-signed.ts';
import { socketWire } from './socket.ts';
import type { LineRead, Wire } from './wire.ts';
import { WireError } from './wire.ts';

const text = (read: LineRead): string => (read.kind === 'line' ? read.bytes.toString('latin1') : `<${read.kind}>`);
const isTls = (error: unknown): boolean => error instanceof WireError && error.kind === 'tls';
const { certPem, keyPem } = await makeSelfSigned({
  names: ['localhost', 'mx.b.test'],
  addresses: ['127.0.0.1'],
  days: 1,
  now: Date.now(),
});
const context = loadTlsContext(certPem, keyPem);

after(async () => {
  assert.deepEqual(await openSockets(), []);
});

/** Reads STARTTLS, answers 220 and shakes hands, as a session does. */
async function serve(wire: Wire): Promise<void> {
  assert.equal(text(await wire.readLine(512)), 'STARTTLS');
  wire.write('220 go\r\n');
  await wire.startTls({ role: 'server', context });
}

/** The peer's side of the handshake with Node's own client. */
async function upgrade(peer: Socket, options: object = {}): Promise<TLSSocket> {
  const socket = connectTls({ socket: peer, servername: 'mx.b.test', rejectUnauthorized: false, ...options });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

async function answered(peer: Socket, answer: string): Promise<void> {
  let seen = '';
  while (!seen.includes(answer)) seen += ((await once(peer, 'data')) as [Buffer])[0].toString();
  peer.removeAllListeners('data');
  peer.pause();
}

test('[3207-4.2-server] commands injected in clear behind STARTTLS are thrown away', async (t) => {
  const { wire, peer } = await connection(t);
  const serving = serve(wire);
  peer.write('STARTTLS\r\nMAIL FROM:<evil@x.test>\r\nhalf a li');
  await answered(peer, '220 go\r\n');
  const socket = await upgrade(peer);
  await serving;
  assert.equal(wire.buffered, 0);
  const heard = hear(socket);
  socket.write('NOOP\r\n');
  assert.equal(text(await wire.readLine(512)), 'NOOP');
  wire.write('250 ok\r\n');
  const closing = wire.close();
  assert.equal(await heard, '250 ok\r\n');
  socket.end();
  await closing;
  assert.equal(wire.tls?.serverName, 'mx.b.test');
  assert.match(wire.tls.version, /^TLSv1\.3$/);
  assert.match(wire.tls.cipher, /^TLS_/);
});

test('[3207-4.2-server] commands in clear that come between the 220 and the handshake end the connection', async (t) => {
  const { wire, peer } = await connection(t);
  const failed = assert.rejects(serve(wire), isTls);
  peer.write('STARTTLS\r\n');
  await answered(peer, '220 go\r\n');
  peer.write('RCPT TO:<evil@x.test>\r\nDATA\r\n');
  await failed;
  await assert.rejects(wire.readLine(512), isTls);
});

test('a client that does not wait for the 220 ends in a word, not in a hang', async (t) => {
  const { wire, peer } = await connection(t);
  peer.write('STARTTLS\r\n');
  assert.equal(text(await wire.readLine(512)), 'STARTTLS');
  wire.write('220 go\r\n');
  const failed = assert.rejects(wire.startTls({ role: 'server', context }), isTls);
  // It takes our 220 for TLS.
  const socket = connectTls({ socket: peer, rejectUnauthorized: false });
  await once(socket, 'error');
  await failed;
});

test('[3207-4.2-client] replies injected in clear behind the 220 are thrown away', async (t) => {
  const server = await listening(t);
  const arrived = once(server, 'connection') as Promise<[Socket]>;
  const wire = await dial({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    clock: systemClock,
    timeout: 2000,
  });
  const [socket] = await arrived;
  const other = socketWire(socket, { clock: systemClock, timeout: 2000 });
  t.after(() => {
    wire.destroy();
    other.destroy();
  });
  const serving = (async () => {
    assert.equal(text(await other.readLine(512)), 'STARTTLS');
    other.write('220 go\r\n250 forged\r\n');
    await other.startTls({ role: 'server', context });
    assert.equal(text(await other.readLine(512)), 'EHLO x');
    other.write('250 true\r\n');
    await other.flush();
  })();
  wire.write('STARTTLS\r\n');
  assert.equal(text(await wire.readLine(512)), '220 go');
  const state = await wire.startTls({ role: 'client', serverName: 'mx.b.test', verify: false });
  assert.deepEqual(
    [state.verified, state.problem, state.serverName],
    [false, 'DEPTH_ZERO_SELF_SIGNED_CERT', 'mx.b.test'],
  );
  wire.write('EHLO x\r\n');
  assert.equal(text(await wire.readLine(512)), '250 true');
  await serving;
  assert.equal(other.tls?.serverName, 'mx.b.test');
});

for (const [name, garbage] of [
  ['letters', Buffer.from('GET / HTTP/1.0\r\n\r\n')],
  ['a broken record', Buffer.from('160303ffff01000000', 'hex')],
  ['zeros', Buffer.alloc(100_000)],
] as const) {
  test(`a handshake of ${name} ends the connection and nothing else`, async (t) => {
    const { wire, peer } = await connection(t);
    const failed = assert.rejects(serve(wire), isTls);
    peer.write('STARTTLS\r\n');
    await answered(peer, '220 go\r\n');
    peer.resume();
    peer.end(garbage);
    await failed;
    await wire.close();
  });
}

for (const [name, leave] of [
  ['resets', (peer: Socket) => peer.resetAndDestroy()],
  ['ends its side', (peer: Socket) => peer.end()],
] as const) {
  test(`a peer that ${name} instead of a handshake ends it at once`, async (t) => {
    const { wire, peer } = await connection(t);
    const failed = assert.rejects(serve(wire), isTls);
    peer.write('STARTTLS\r\n');
    await answered(peer, '220 go\r\n');
    leave(peer);
    await failed;
  });
}

test('a peer that says nothing after the 220 runs into the deadline of the handshake', async (t) => {
  const clock = new FakeClock();
  const { wire, peer } = await connection(t, clock);
  const failed = assert.rejects(serve(wire), /not finished within 2 s/);
  peer.write('STARTTLS\r\n');
  await answered(peer, '220 go\r\n');
  while (clock.pending === 0) await settle(1);
  await clock.advance(2000);
  await failed;
  assert.equal(clock.pending, 0);
});

test('[8997-3-server] TLS 1.2 is spoken, TLS 1.1 is refused', async (t) => {
  const modern = await connection(t);
  const serving = serve(modern.wire);
  modern.peer.write('STARTTLS\r\n');
  await answered(modern.peer, '220 go\r\n');
  const socket = await upgrade(modern.peer, { maxVersion: 'TLSv1.2' });
  await serving;
  assert.equal(modern.wire.tls?.version, 'TLSv1.2');
  socket.destroy();

  const old = await connection(t);
  const failed = assert.rejects(serve(old.wire), isTls);
  old.peer.write('STARTTLS\r\n');
  await answered(old.peer, '220 go\r\n');
  const late = connectTls({
    socket: old.peer,
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'ALL:@SECLEVEL=0',
    rejectUnauthorized: false,
  });
  const refused = once(late, 'error') as Promise<[NodeJS.ErrnoException]>;
  await failed;
  assert.match((await refused)[0].code ?? '', /PROTOCOL_VERSION|ECONNRESET/);
});

test('a second STARTTLS is refused, and the session goes on', async (t) => {
  const { wire, peer } = await connection(t);
  const serving = serve(wire);
  peer.write('STARTTLS\r\n');
  await answered(peer, '220 go\r\n');
  const socket = await upgrade(peer);
  await serving;
  await assert.rejects(wire.startTls({ role: 'server', context }), isTls);
  socket.write('NOOP\r\n');
  assert.equal(text(await wire.readLine(512)), 'NOOP');
  socket.destroy();
});

test('octets in clear under TLS end the connection with one error', async (t) => {
  const { wire, peer } = await connection(t);
  // The client speaks through a middle that can put octets of its own on the line.
  const middle = await listening(t);
  middle.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    socket.pipe(peer).pipe(socket);
    t.after(() => socket.destroy());
  });
  const client = connectTcp((middle.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  t.after(() => client.destroy());
  const serving = wire.startTls({ role: 'server', context });
  await upgrade(client);
  await serving;
  const failed = assert.rejects(wire.readLine(512), isTls);
  peer.write('MAIL FROM:<evil@x.test>\r\n');
  await failed;
  await wire.close();
});

test('a text cut off under TLS is not a text', async (t) => {
  const { wire, peer } = await connection(t);
  const serving = serve(wire);
  peer.write('STARTTLS\r\n');
  await answered(peer, '220 go\r\n');
  const socket = await upgrade(peer);
  await serving;
  socket.write('half a message\r\n');
  const failed = assert.rejects(
    wire.readDotted(1000, () => {
      peer.destroy();
    }),
    (error) => error instanceof WireError && error.kind === 'closed',
  );
  await failed;
});

test('under TLS too, a peer that ended its side gets our last words without a wait', async (t) => {
  const clock = new FakeClock();
  const { wire, peer } = await connection(t, clock);
  const serving = wire.startTls({ role: 'server', context });
  const socket = connectTls({ socket: peer, rejectUnauthorized: false });
  const heard = hear(socket);
  await once(socket, 'secureConnect');
  await serving;
  socket.end('QUIT\r\n');
  assert.equal(text(await wire.readLine(512)), 'QUIT');
  assert.equal(text(await wire.readLine(512)), '<end>');
  wire.write('221 bye\r\n');
  await wire.close();
  assert.equal(await heard, '221 bye\r\n');
  assert.equal(clock.pending, 0);
});

test('20 MB pass under TLS in both directions, framed and held back', async (t) => {
  const { wire, peer } = await connection(t);
  const serving = serve(wire);
  peer.write('STARTTLS\r\n');
  await answered(peer, '220 go\r\n');
  const socket = await upgrade(peer);
  await serving;
  const block = Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(800));
  const sending = (async () => {
    for (let i = 0; i < 320; i++) if (!socket.write(block)) await once(socket, 'drain');
    socket.write('.\r\n');
  })();
  let most = 0;
  const read = await wire.readDotted(1e9, async () => {
    most = Math.max(most, wire.buffered);
    await settle(1);
  });
  await sending;
  assert.equal(read.octets, block.length * 320);
  assert.ok(most <= 131_072, `${most}`);
  let heard = 0;
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.length;
  });
  let unsent = 0;
  for (let i = 0; i < 320; i++) {
    wire.write(block);
    await wire.flush();
    unsent = Math.max(unsent, wire.unsent);
  }
  assert.ok(unsent < 300_000, `${unsent}`);
  const ended = once(socket, 'end');
  const closing = wire.close();
  await ended;
  assert.equal(heard, block.length * 320);
  socket.end();
  await closing;
});
