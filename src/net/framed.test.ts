import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sleep } from '../base/index.ts';
import { FakeClock, settle } from '../base/testing.ts';
import { scriptedWire } from './fake-wire.ts';
import { memoryWirePair } from './memory.ts';
import type { LineRead, Wire } from './wire.ts';
import { WireError } from './wire.ts';

const text = (read: LineRead): string => (read.kind === 'line' ? read.bytes.toString('latin1') : `<${read.kind}>`);

async function dotted(
  wire: Wire,
  limit: number,
): Promise<{ text: string; octets: number; tooBig: boolean; bare?: string }> {
  const pieces: Buffer[] = [];
  const read = await wire.readDotted(limit, (chunk) => {
    pieces.push(Buffer.from(chunk));
  });
  return { text: Buffer.concat(pieces).toString('latin1'), ...read };
}

const kindOf = (kind: string) => (error: unknown) => error instanceof WireError && error.kind === kind;

// Reading

test('lines, a text, octets and lines again follow one another in one stream', async () => {
  const { wire } = scriptedWire(['EHLO x\r\nDATA\r\na\r\n..b\r\n.\r\nBDAT 3\r\nx\r\nQUIT\r\npart']);
  assert.equal(text(await wire.readLine(512)), 'EHLO x');
  assert.equal(text(await wire.readLine(512)), 'DATA');
  assert.deepEqual(await dotted(wire, 100), { text: 'a\r\n.b\r\n', octets: 7, tooBig: false });
  assert.equal(text(await wire.readLine(512)), 'BDAT 3');
  const pieces: Buffer[] = [];
  await wire.readBytes(3, (chunk) => void pieces.push(chunk));
  assert.equal(Buffer.concat(pieces).toString(), 'x\r\n');
  assert.equal(text(await wire.readLine(512)), 'QUIT');
  assert.deepEqual(await wire.readLine(512), { kind: 'end' });
  assert.deepEqual(await wire.readLine(512), { kind: 'end' });
});

test('the same session comes out of any chunking', async () => {
  const whole = 'MAIL\r\nDATA\r\n.\r\n..\r\nx\ry\r\n.\r\nBDAT\r\nabcd\r\nQUIT\r\n';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 12 }), async (at) => {
      const places = [0, ...at.toSorted((a, b) => a - b), whole.length];
      const { wire } = scriptedWire(places.slice(1).map((place, i) => whole.slice(places[i], place)));
      assert.equal(text(await wire.readLine(10)), 'MAIL');
      assert.equal(text(await wire.readLine(10)), 'DATA');
      assert.deepEqual(await dotted(wire, 0), { text: '', octets: 0, tooBig: false });
      assert.deepEqual(await dotted(wire, 99), { text: '.\r\nx\ry\r\n', octets: 8, tooBig: false, bare: 'cr' });
      assert.equal(text(await wire.readLine(4)), 'BDAT');
      await wire.readBytes(4, () => undefined);
      assert.equal(text(await wire.readLine(3)), '');
      assert.equal(text(await wire.readLine(3)), '<too-long>');
    }),
    { numRuns: 200 },
  );
});

test('a line of exactly the limit is taken, one octet more is too long, and the next line is untouched', async () => {
  const { wire } = scriptedWire(['x'.repeat(510), '\r\n', 'y'.repeat(511), '\r\n', 'NOOP\r\n']);
  assert.equal(text(await wire.readLine(510)).length, 510);
  assert.deepEqual(await wire.readLine(510), { kind: 'too-long' });
  assert.equal(text(await wire.readLine(510)), 'NOOP');
});

test('a line longer than the receive buffer is taken when the limit allows it', async () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock(), chunk: 5000 });
  client.write(`${'x'.repeat(300_000)}\r\n`);
  const [line] = await Promise.all([server.readLine(400_000), client.flush()]);
  assert.equal(text(line).length, 300_000);
});

test('an incomplete line is not a line: the peer left', async () => {
  const { wire } = scriptedWire(['QUIT\r']);
  assert.deepEqual(await wire.readLine(512), { kind: 'end' });
});

test('beyond its limit a text is counted and thrown away, and its true end is found', async () => {
  const { wire } = scriptedWire(['abc\r\ndef\r\n.\r\nNEXT\r\n']);
  assert.deepEqual(await dotted(wire, 4), { text: 'abc\r', octets: 10, tooBig: true });
  assert.equal(text(await wire.readLine(512)), 'NEXT');
});

test('a text of exactly the limit is not too big', async () => {
  const { wire } = scriptedWire(['abc\r\n.\r\n']);
  assert.deepEqual(await dotted(wire, 5), { text: 'abc\r\n', octets: 5, tooBig: false });
});

test('a text that breaks off rejects, and what came of it is not an end', async () => {
  const { wire } = scriptedWire(['abc\r\n.\r']);
  await assert.rejects(dotted(wire, 100), kindOf('closed'));
  const { wire: other } = scriptedWire(['abc']);
  await assert.rejects(
    other.readBytes(4, () => undefined),
    kindOf('closed'),
  );
});

test('when the sink fails the text is read to its end first, so that nothing of it becomes a command', async () => {
  const { wire } = scriptedWire(['one\r\n', 'two\r\n', '.\r\nNEXT\r\n']);
  let calls = 0;
  const failing = wire.readDotted(100, () => {
    calls += 1;
    return Promise.reject(new Error('disk full'));
  });
  await assert.rejects(failing, /disk full/);
  assert.equal(calls, 1);
  assert.equal(text(await wire.readLine(512)), 'NEXT');
});

test('two reads at once are an error of the program, not a mixed message', async () => {
  const { wire } = scriptedWire([], { stays: true });
  const first = wire.readLine(10);
  await assert.rejects(wire.readLine(10), /another read/);
  wire.destroy();
  await assert.rejects(first, kindOf('closed'));
});

// Output

test('[2920-3.2-batch] the replies to a pipelined group leave in one write', async () => {
  const scripted = scriptedWire(['MAIL\r\nRCPT\r\nRCPT\r\nDATA\r\n', 'x\r\n.\r\n']);
  const { wire } = scripted;
  wire.write('220 hi\r\n');
  for (let i = 0; i < 4; i++) wire.write(`250 ${text(await wire.readLine(512))}\r\n`);
  await wire.readDotted(10, () => undefined);
  wire.write('250 end\r\n');
  await wire.close();
  assert.deepEqual(scripted.batches, ['220 hi\r\n', '250 MAIL\r\n250 RCPT\r\n250 RCPT\r\n250 DATA\r\n', '250 end\r\n']);
  assert.equal(scripted.closed, true);
});

test('much output leaves before it is asked for', () => {
  const scripted = scriptedWire([], { stays: true });
  scripted.wire.write(Buffer.alloc(65_536));
  assert.equal(scripted.batches.length, 0);
  assert.equal(scripted.wire.unsent, 65_536);
  scripted.wire.write('x');
  assert.equal(scripted.batches.length, 1);
});

test('a peer that does not take its replies gets no more commands carried out', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock });
  client.write('X\r\n'.repeat(20_000));
  await client.flush();
  let done = 0;
  const session = (async () => {
    for (;;) {
      await server.readLine(10);
      done += 1;
      server.write('250 a reply that is much longer than the command\r\n');
    }
  })();
  const failed = assert.rejects(session, kindOf('timeout'));
  await settle(50);
  assert.ok(done > 100 && done < 6000, `${done}`);
  assert.ok(server.unsent < 300_000, `${server.unsent}`);
  await clock.advance(300_000);
  await failed;
  assert.equal(clock.pending, 0);
});

test('a slow sink holds the sender back', async () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock() });
  let most = 0;
  const reading = server.readDotted(1e9, async () => {
    most = Math.max(most, server.buffered);
    await settle(1);
  });
  let longest = 0;
  for (let i = 0; i < 100; i++) {
    client.write(Buffer.alloc(50_000, 'x'));
    await client.flush();
    longest = Math.max(longest, client.unsent);
  }
  client.write('\r\n.\r\n');
  await client.flush();
  assert.equal((await reading).octets, 5_000_002);
  assert.ok(most <= 131_072, `${most}`);
  assert.ok(longest <= 131_072, `${longest}`);
});

// Time

test('a peer that says nothing runs into the timeout, and can still be told so', async () => {
  const clock = new FakeClock();
  const scripted = scriptedWire([], { clock, stays: true, timeout: 1000 });
  const read = scripted.wire.readLine(512);
  const failed = assert.rejects(read, kindOf('timeout'));
  await clock.advance(999);
  assert.equal(clock.pending, 1);
  await clock.advance(1);
  await failed;
  scripted.wire.write('421 too slow\r\n');
  await scripted.wire.close();
  assert.equal(scripted.output, '421 too slow\r\n');
  assert.equal(clock.pending, 0);
});

test('an octet now and then does not buy a command line more time', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock, timeout: 1000 });
  const failed = assert.rejects(server.readLine(512), kindOf('timeout'));
  for (let i = 0; i < 4; i++) {
    client.write('x');
    await client.flush();
    await clock.advance(250);
  }
  await failed;
});

test('in a text each wait has its own time', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock, timeout: 1000 });
  const reading = server.readDotted(100, () => undefined);
  for (const piece of ['a\r\n', '.\r', '\n']) {
    await clock.advance(900);
    client.write(piece);
    await client.flush();
  }
  assert.equal((await reading).octets, 3);
  const failed = assert.rejects(
    server.readDotted(100, () => undefined),
    kindOf('timeout'),
  );
  await clock.advance(1000);
  await failed;
  assert.equal(clock.pending, 0);
});

test('a text at a trickle is not waited for without end', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock, timeout: 1000 });
  const failed = assert.rejects(
    server.readDotted(1e6, () => undefined),
    kindOf('timeout'),
  );
  let sent = 0;
  for (; clock.pending > 0 || sent === 0; sent++) {
    client.write('x');
    await client.flush();
    await clock.advance(900);
  }
  await failed;
  assert.equal(sent, 4);
});

test('a text at 500 octets a second takes as long as it takes', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock, timeout: 1000 });
  const reading = server.readDotted(1e6, () => undefined);
  for (let i = 0; i < 100; i++) {
    client.write(`${'x'.repeat(448)}\r\n`);
    await client.flush();
    await clock.advance(900);
  }
  client.write('.\r\n');
  await client.flush();
  assert.equal((await reading).octets, 45_000);
});

test('the time a sink takes is not the peer’s', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock, timeout: 1000, chunk: 1 });
  client.write('abcdefgh\r\n.\r\n');
  await client.flush();
  const reading = server.readDotted(100, async () => {
    await sleep(clock, 800);
  });
  await clock.advance(20_000);
  assert.equal((await reading).octets, 10);
});

test('what comes between a look into the buffer and the wait is not overlooked', async () => {
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock, chunk: 1 });
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.write('one\r\ntwo\r\n.\r\n');
    await from.flush();
    assert.equal(text(await to.readLine(10)), 'one');
    assert.equal((await dotted(to, 10)).text, 'two\r\n');
  }
  assert.equal(clock.pending, 0);
});

test('two flushes at once both end', async () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock() });
  client.write(Buffer.alloc(200_000));
  const both = Promise.all([client.flush(), client.flush()]);
  await server.readBytes(200_000, () => undefined);
  await both;
});

test('a timeout set between reads counts for the next one', async () => {
  const clock = new FakeClock();
  const { wire } = scriptedWire([], { clock, stays: true });
  wire.timeout = 10;
  const failed = assert.rejects(wire.readLine(1), kindOf('timeout'));
  await clock.advance(10);
  await failed;
});

// Ends

test('what came before the peer left is read first', async () => {
  const { client, server } = memoryWirePair({ clock: new FakeClock() });
  client.write('NOOP\r\nQUIT\r\n');
  await client.close();
  assert.equal(text(await server.readLine(512)), 'NOOP');
  assert.equal(text(await server.readLine(512)), 'QUIT');
  assert.deepEqual(await server.readLine(512), { kind: 'end' });
});

test('after destroy reads and flushes reject, writes do nothing', async () => {
  const { wire } = scriptedWire(['NOOP\r\n']);
  wire.destroy();
  wire.write('x');
  await assert.rejects(wire.readLine(512), kindOf('closed'));
  await assert.rejects(wire.flush(), kindOf('closed'));
  await wire.close();
  wire.destroy();
});

test('a pending read ends when the wire is closed under it', async () => {
  const { wire } = scriptedWire([], { stays: true });
  const failed = assert.rejects(wire.readLine(512), kindOf('closed'));
  await wire.close();
  await failed;
});

test('early talk shows in `buffered` before anything is read', async () => {
  const { wire } = scriptedWire(['EHLO too soon\r\n'], { early: true });
  await settle();
  assert.equal(wire.buffered, 15);
});
