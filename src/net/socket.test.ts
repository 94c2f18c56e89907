import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { systemClock } from '../base/index.ts';
import { FakeClock, settle } from '../base/testing.ts';
import { connection, openSockets } from './fake-connection.ts';
import type { LineRead } from './wire.ts';
import { WireError } from './wire.ts';

const text = (read: LineRead): string => (read.kind === 'line' ? read.bytes.toString('latin1') : `<${read.kind}>`);
const kindOf = (kind: string) => (error: unknown) => error instanceof WireError && error.kind === kind;

after(async () => {
  assert.deepEqual(await openSockets(), []);
});

test('a session over a socket: endpoints, lines, replies, end', async (t) => {
  const { wire, peer, heard } = await connection(t);
  assert.equal(wire.peer.address, '127.0.0.1');
  assert.equal(wire.peer.port, peer.localPort);
  assert.equal(wire.local.port, peer.remotePort);
  wire.write('220 hi\r\n');
  peer.write('NOOP\r\nQU');
  assert.equal(text(await wire.readLine(512)), 'NOOP');
  wire.write('250 ok\r\n');
  const reading = wire.readLine(512);
  peer.write('IT\r\n');
  assert.equal(text(await reading), 'QUIT');
  wire.write('221 bye\r\n');
  const closing = wire.close();
  assert.equal(await heard, '220 hi\r\n250 ok\r\n221 bye\r\n');
  peer.end();
  await closing;
});

test('a peer that ends its side early still gets its replies', async (t) => {
  const { wire, peer, heard } = await connection(t);
  peer.end('NOOP\r\nQUIT\r\n');
  for (let line = await wire.readLine(512); line.kind === 'line'; line = await wire.readLine(512)) {
    wire.write(`250 ${text(line)}\r\n`);
  }
  await wire.close();
  assert.equal(await heard, '250 NOOP\r\n250 QUIT\r\n');
});

test('a reset ends the read with a reason, and nothing is thrown beside it', async (t) => {
  const { wire, peer } = await connection(t);
  const failed = assert.rejects(
    wire.readLine(512),
    (error: WireError) => error.kind === 'closed' && /ECONNRESET/.test(error.message),
  );
  peer.resetAndDestroy();
  await failed;
  wire.write('421 late\r\n');
  await assert.rejects(wire.flush(), kindOf('closed'));
  await wire.close();
});

test('a reset in the middle of a text rejects the text', async (t) => {
  const { wire, peer } = await connection(t);
  peer.write('half a message\r\n');
  const failed = assert.rejects(
    wire.readDotted(1000, () => {
      peer.resetAndDestroy();
    }),
    kindOf('closed'),
  );
  await failed;
});

test('our last words arrive though the peer was still sending', async (t) => {
  const { wire, peer, heard } = await connection(t);
  peer.write('x'.repeat(5_000_000));
  assert.equal(wire.tls, undefined);
  wire.write('421 too much\r\n');
  const closing = wire.close();
  assert.equal(await heard, '421 too much\r\n');
  peer.end();
  await closing;
});

test('a peer that never leaves is cut after the grace', async (t) => {
  const clock = new FakeClock();
  const { wire, peer } = await connection(t, clock);
  const cut = new Promise((resolve) => {
    peer.on('close', resolve);
  });
  wire.write('221 bye\r\n');
  const closing = wire.close();
  await clock.advance(1999);
  assert.equal(clock.pending, 1);
  await clock.advance(1);
  await closing;
  // The first write meets a closed port, the second one learns it.
  while (!peer.destroyed) {
    peer.write('still here');
    await settle(10);
  }
  await cut;
  assert.equal(clock.pending, 0);
});

test('a peer that never reads holds no more than what is batched, and runs into the timeout', async (t) => {
  const clock = new FakeClock();
  const { wire, peer } = await connection(t, clock);
  peer.pause();
  const sending = (async () => {
    for (let sent = 0; sent < 64_000_000; sent += 50_000) {
      wire.write(Buffer.alloc(50_000));
      await wire.flush();
    }
  })();
  const failed = assert.rejects(sending, kindOf('timeout'));
  while (clock.pending === 0) await settle(10);
  await settle(50);
  assert.ok(wire.unsent < 200_000, `${wire.unsent}`);
  await clock.advance(2000);
  await failed;
  wire.destroy();
});

test('64 MB pass with a bounded buffer, at the pace of the sink', async (t) => {
  const { wire, peer } = await connection(t);
  const block = Buffer.from(`${'x'.repeat(76)}\r\n..\r\n`.repeat(800));
  const blocks = 1000;
  const sending = (async () => {
    for (let i = 0; i < blocks; i++) if (!peer.write(block)) await once(peer, 'drain');
    peer.write('.\r\nQUIT\r\n');
  })();
  let most = 0;
  let longest = 0;
  let octets = 0;
  const read = await wire.readDotted(100_000_000, async (chunk) => {
    octets += chunk.length;
    longest = Math.max(longest, chunk.length);
    most = Math.max(most, wire.buffered);
    if (octets % 3 === 0) await settle(1);
  });
  await sending;
  assert.deepEqual(read, { octets: (block.length - 800) * blocks, tooBig: false });
  assert.equal(octets, read.octets);
  assert.ok(most <= 131_072, `${most}`);
  assert.ok(longest <= 65_536, `${longest}`);
  assert.equal(text(await wire.readLine(512)), 'QUIT');
});

test('a sender that is not read is held back by the socket', async (t) => {
  const { wire, peer } = await connection(t);
  for (let i = 0; i < 1000 && peer.writableLength < 8_000_000; i++) peer.write(Buffer.alloc(65_536));
  await settle(200);
  assert.ok(wire.buffered > 0);
  assert.ok(wire.buffered <= 131_072, `${wire.buffered}`);
  assert.ok(peer.writableLength > 0);
});

test('slow lines: an octet a moment ends at the deadline of the line', async (t) => {
  const clock = new FakeClock();
  const { wire, peer } = await connection(t, clock);
  const failed = assert.rejects(wire.readLine(512), kindOf('timeout'));
  for (let i = 0; i < 4; i++) {
    const before = wire.buffered;
    peer.write('x');
    while (wire.buffered === before) await settle(1);
    await clock.advance(500);
  }
  await failed;
});

test('the replies to a group leave in one segment', async (t) => {
  const { wire, peer } = await connection(t);
  const first = once(peer, 'data') as Promise<[Buffer]>;
  peer.write('A\r\nB\r\nC\r\n');
  for (let i = 0; i < 3; i++) wire.write(`250 ${text(await wire.readLine(512))}\r\n`);
  await wire.flush();
  assert.equal((await first)[0].toString(), '250 A\r\n250 B\r\n250 C\r\n');
});

test('destroying a wire twice, closing it and destroying its peer leave nothing behind', async (t) => {
  const { wire, peer } = await connection(t, systemClock);
  wire.destroy();
  wire.destroy();
  await wire.close();
  peer.destroy();
  assert.equal(wire.unsent, 0);
});
