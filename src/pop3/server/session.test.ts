/** What a transcript can't show: octets, batches, memory, and peers that don't read or don't come to an end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock, FakeClock, settle } from '../../base/testing.ts';
import { memoryWirePair } from '../../net/index.ts';
import type { Wire } from '../../net/index.ts';
import { scriptedWire } from '../../net/testing.ts';
import { FakeMailbox, FakePolicy, fakeContext, fakeMessage } from '../testing.ts';
import type { FakeMessage } from '../testing.ts';
import type { Maildrop, Pop3ServerSettings } from './policy.ts';
import { servePop3 } from './session.ts';

const LOGIN = 'USER alice\r\nPASS pa ss word\r\n';

interface Served {
  readonly client: Wire;
  readonly server: Wire;
  readonly policy: FakePolicy;
  readonly clock: FakeClock;
  readonly done: Promise<void>;
}

function served(messages: readonly FakeMessage[], settings: Partial<Pop3ServerSettings> = {}): Served {
  const clock = new FakeClock();
  const policy = new FakePolicy(new FakeMailbox(messages));
  const { client, server } = memoryWirePair({ clock, timeout: 10_000_000 });
  return { client, server, policy, clock, done: servePop3(server, fakeContext(policy, settings, clock)) };
}

/** Everything the server says to the input, in Latin-1, and what left together. */
async function said(
  input: readonly string[],
  messages: readonly FakeMessage[] = [],
): Promise<{ output: string; batches: readonly string[]; policy: FakePolicy }> {
  const clock = new FakeClock();
  const policy = new FakePolicy(new FakeMailbox(messages));
  const scripted = scriptedWire(input, { clock });
  await servePop3(scripted.wire, fakeContext(policy, {}, clock));
  assert.equal(clock.pending, 0);
  return { output: scripted.output, batches: scripted.batches, policy };
}

async function expectLine(wire: Wire, pattern: RegExp): Promise<void> {
  const read = await wire.readLine(1_000);
  assert.equal(read.kind, 'line');
  assert.match(read.kind === 'line' ? read.bytes.toString('latin1') : '', pattern);
}

/** The client logs in and reads the answers. */
async function logIn(wire: Wire): Promise<void> {
  await expectLine(wire, /^\+OK/);
  wire.write(LOGIN);
  await expectLine(wire, /^\+OK/);
  await expectLine(wire, /^\+OK Logged in/);
}

test('[1939-3-byte-stuffing] the octets of RETR, to the last one', async () => {
  const content = '.\r\n..\r\n\r\n.a\r\nb.\r\n.\r\n';
  const { output } = await said([`${LOGIN}RETR 1\r\nQUIT\r\n`], [fakeMessage(content, 'u')]);
  const stuffed = '..\r\n...\r\n\r\n..a\r\nb.\r\n..\r\n';
  assert.ok(output.endsWith(`+OK ${content.length} octets\r\n${stuffed}.\r\n+OK Good bye\r\n`), output);
});

test('[1939-11-size-octets] an octet that is not ASCII passes unchanged and is counted once', async () => {
  const all = Buffer.from(
    Array.from({ length: 256 }, (_unused, octet) => octet).filter((octet) => octet !== 10 && octet !== 13),
  );
  const content = Buffer.concat([Buffer.from('A: 1\r\n\r\n'), all, Buffer.from('\r\n')]);
  const { output } = await said([`${LOGIN}LIST 1\r\nRETR 1\r\n`], [fakeMessage(content, 'u')]);
  assert.ok(output.includes(`+OK 1 ${content.length}\r\n`));
  assert.ok(output.includes(`octets\r\n${content.toString('latin1')}.\r\n`));
});

test('[2449-6.6-pipelining] the replies to a pipelined group leave in one write', async () => {
  const { batches } = await said(['', `${LOGIN}STAT\r\nNOOP\r\nLIST\r\n`]);
  assert.deepEqual(
    batches.map((batch) => batch.match(/^(?:\+OK|-ERR)/gm)?.length),
    [1, 5],
  );
});

test('[1939-3-no-quit-no-removal] a client that leaves in the middle of a command removes nothing', async () => {
  const { policy } = await said([`${LOGIN}DELE 1\r\nQUI`], [fakeMessage('a\r\n', 'u')]);
  assert.equal(policy.mailbox.messages.length, 1);
  assert.equal(policy.mailbox.abandoned, 1);
  assert.deepEqual(policy.ends, ['the client left without QUIT']);
});

test('[2449-4-command-length] an endless line costs no memory and ends with the time for the login', async () => {
  const { client, clock, done, policy } = served([]);
  await expectLine(client, /^\+OK/);
  for (let i = 0; i < 100; i++) {
    client.write('a'.repeat(100_000));
    await client.flush();
  }
  await clock.advance(120_000);
  await done;
  assert.deepEqual(policy.ends, ['the client kept silent too long']);
});

test('[1939-3-autologout] a peer that sends an octet now and then does not stay', async () => {
  const { client, clock, done, policy } = served([fakeMessage('a\r\n', 'u')]);
  await logIn(client);
  for (let minute = 0; minute < 10; minute++) {
    client.write('N');
    await client.flush();
    await clock.advance(60_000);
  }
  await done;
  assert.deepEqual(policy.ends, ['the client kept silent too long']);
  assert.equal(policy.mailbox.locked, false);
});

test('[1939-5-retr] a slow reader of 50 MB: what is held stays within a few blocks', async () => {
  const octets = 50_000_000;
  const line = Buffer.from(`.${'x'.repeat(97)}\r\n`);
  const { client, server, policy, done } = served([fakeMessage('', 'u')]);
  let given = 0;
  let most = 0;
  policy.mailbox.open = () => ({
    ...bigMaildrop(octets, line, (so) => (given += so)),
    abandon: () => Promise.resolve(),
  });
  await logIn(client);
  client.write('RETR 1\r\n');
  await expectLine(client, /^\+OK 50000000 octets/);
  let taken = 0;
  const read = await client.readDotted(octets, async (piece) => {
    taken += piece.length;
    most = Math.max(most, given - taken, server.unsent);
    if (taken % 7 === 0) await settle(1);
  });
  assert.equal(read.octets, octets);
  assert.ok(most < 400_000, `at most ${most} octets were under way`);
  await client.close();
  await done;
});

function bigMaildrop(octets: number, line: Buffer, given: (octets: number) => void): Maildrop {
  return {
    count: 1,
    octets: () => octets,
    uidl: () => 'big',
    async *read() {
      const piece = Buffer.concat(Array.from({ length: 500 }, () => line));
      for (let left = octets; left > 0; left -= piece.length) {
        await Promise.resolve();
        given(piece.length);
        yield Buffer.from(piece);
      }
    },
    retrieved: () => undefined,
    quit: () => Promise.resolve(undefined),
    abandon: () => Promise.resolve(),
  };
}

test('[1939-3-autologout] a reader that takes nothing any more is cut off, and nothing was retrieved', async () => {
  const { client, clock, policy, done } = served([fakeMessage(Buffer.alloc(1_000_000, 'x\r\n'), 'u')]);
  await logIn(client);
  client.write('RETR 1\r\n');
  await client.flush();
  await clock.advance(600_000);
  // The last words of a close are given two seconds.
  await clock.advance(10_000);
  await done;
  assert.deepEqual(policy.mailbox.retrieved, []);
  assert.equal(policy.mailbox.locked, false);
});

test('[2449-6.6-pipelining] 10,000 commands whose answers nobody reads: no more is held than a block or two', async () => {
  const { client, server, clock, policy, done } = served([fakeMessage(`${'x'.repeat(998)}\r\n`, 'u')]);
  await logIn(client);
  let most = 0;
  for (let group = 0; group < 100; group++) {
    client.write('RETR 1\r\n'.repeat(100));
    // Not awaited: the server may have stopped taking.
    client.flush().catch(() => undefined);
    await settle(1);
    most = Math.max(most, server.unsent);
  }
  assert.ok(policy.mailbox.retrieved.length < 300, `${policy.mailbox.retrieved.length} commands were carried out`);
  assert.ok(most < 200_000, `at most ${most} octets were held`);
  await clock.advance(10_000_000);
  await done;
});

test('[1939-5-list] LIST and UIDL of 100,000 messages leave in blocks and are quick', async () => {
  const count = 100_000;
  const { client, server, policy, done } = served([]);
  let most = 0;
  policy.mailbox.open = () => ({
    ...bigMaildrop(1_000, Buffer.alloc(0), () => undefined),
    count,
    uidl(index) {
      most = Math.max(most, server.unsent);
      return `abcdefghijklmnopqrstuv${index}`;
    },
  });
  await logIn(client);
  const spent = cpuClock();
  client.write('STAT\r\nLIST\r\nUIDL\r\n');
  await expectLine(client, /^\+OK 100000 100000000$/);
  await expectLine(client, /^\+OK/);
  let lines = 0;
  const sink = (piece: Buffer): void => {
    for (const octet of piece) if (octet === 10) lines++;
  };
  await client.readDotted(Infinity, sink);
  await expectLine(client, /^\+OK/);
  await client.readDotted(Infinity, sink);
  assert.equal(lines, 2 * count);
  assert.ok(spent() < 5_000);
  assert.ok(most < 200_000, `at most ${most} octets were held`);
  await client.close();
  await done;
});

test('[1939-4-exclusive-lock] the lock is held while the session lasts and free when QUIT is answered', async () => {
  const first = served([fakeMessage('a\r\n', 'u')]);
  await logIn(first.client);
  const clock = new FakeClock();
  const { client, server } = memoryWirePair({ clock });
  const second = servePop3(server, fakeContext(first.policy, {}, clock));
  await expectLine(client, /^\+OK/);
  client.write(LOGIN);
  await expectLine(client, /^\+OK/);
  await expectLine(client, /^-ERR \[IN-USE\]/);
  first.client.write('QUIT\r\n');
  await expectLine(first.client, /^\+OK/);
  client.write(LOGIN);
  await expectLine(client, /^\+OK/);
  await expectLine(client, /^\+OK Logged in/);
  await client.close();
  await Promise.all([first.done, second]);
});

test('a stop during RETR lets the message come to its end', async () => {
  const stop = new AbortController();
  const clock = new FakeClock();
  const policy = new FakePolicy(new FakeMailbox([fakeMessage(Buffer.alloc(299_997, 'xxxxxxx\r\n'), 'u')]));
  const { client, server } = memoryWirePair({ clock });
  const done = servePop3(server, { ...fakeContext(policy, {}, clock), shutdown: stop.signal });
  await logIn(client);
  client.write('RETR 1\r\n');
  await expectLine(client, /^\+OK/);
  stop.abort();
  const read = await client.readDotted(1_000_000, () => undefined);
  assert.equal(read.octets, 299_997);
  await expectLine(client, /^-ERR \[SYS\/TEMP\] The server is stopping/);
  await done;
  assert.deepEqual(policy.mailbox.retrieved, ['retr u']);
});

test('a password never reaches the policy’s count of refusals or the reasons of the end', async () => {
  const { policy, output } = await said(['USER alice\r\nPASS hunter2 secret\r\nhunter2\r\nhunter2 secret\r\n']);
  const heard = JSON.stringify([policy.refusals, policy.ends, output]);
  assert.ok(!heard.includes('hunter2'), heard);
});
