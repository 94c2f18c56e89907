/**
 * Clients that mean no good, each beside somebody who sends and fetches a message meanwhile: there is a limit, it is
 * said in clear words, memory stays bounded, and the other one notices nothing (RFC 5321 §7.8; HOUSE P7, P8). Limits
 * that are minutes long are shown with a clock (src/smtp/server, src/net) and in test/conformance.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { silentLog, systemClock } from '../../src/base/index.ts';
import { listen } from '../../src/net/index.ts';
import { serveSmtp } from '../../src/smtp/index.ts';
import { fakePolicy, TEST_SETTINGS } from '../../src/smtp/testing.ts';
import { Conversation, fetchMail, sendMail } from '../conversation.ts';
import { Flood } from '../flood.ts';
import { PASSWORD, pause, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const ALICE = 'alice@a.test';
const BOB = 'bob@a.test';
const MAIL = 'MAIL FROM:<ann@b.test>';
const RCPT = `RCPT TO:<${BOB}>`;

/**
 * What an abuse may add to the memory of the process, in MB: what V8 lets lie between two collections. It is the same
 * for 1,200,000 commands as for 300,000, and for a line of 1,000 MB as for one of 200.
 */
const MOST = 160;
/** A neighbour's message is sent and fetched within this, in ms. */
const NEIGHBOURLY = 15_000;

/** Stopped when the file's tests are over. */
const closing: (() => unknown)[] = [];
const scope = { after: (close: () => unknown) => void closing.push(close) } as unknown as TestContext;
let host: RunningHost;

before(async () => {
  host = await startHost(scope, { accounts: [ALICE, BOB], tables: '[limits]\nper_address = false\n' });
  // Everything that is loaded and compiled once is there before it is measured.
  await exchange('warm');
});

after(async () => {
  for (const close of closing.reverse()) await close();
});

/** What a well-behaved client does: its message goes in, and comes out as it was. */
async function exchange(word: string): Promise<void> {
  const text = `Subject: ${word}\n\nLunch at noon?\n`;
  const answer = await sendMail(host.port('smtp'), { from: 'ann@b.test', to: [ALICE], text });
  assert.match(answer, /^250 2\.0\.0 /);
  const found = await fetchMail(host.port('pop3'), { user: ALICE, password: PASSWORD, remove: true });
  assert.ok(found.length === 1 && found[0]?.endsWith(`\n${text.slice(0, -1)}`), `${word}: ${found.join('|')}`);
}

/** In MB, since the last call to `forgetPeak`. */
async function peak(): Promise<number> {
  const status = await readFile(`/proc/${host.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** The kernel's highest mark becomes what the process has now (proc(5), clear_refs). */
async function forgetPeak(): Promise<void> {
  await writeFile(`/proc/${host.pid}/clear_refs`, '5');
}

/** The abuse, with a neighbour who goes on exchanging messages, at least two. */
async function beside(t: TestContext, abuse: () => Promise<void>): Promise<void> {
  await forgetPeak();
  const idle = await peak();
  const started = Date.now();
  const state = { over: false };
  const abused = abuse().finally(() => (state.over = true));
  const times: number[] = [];
  const neighbour = (async () => {
    while (!state.over || times.length < 2) {
      const begun = Date.now();
      await exchange(`neighbour-${times.length}`);
      times.push(Date.now() - begun);
    }
  })();
  await Promise.all([abused, neighbour]);
  const grown = (await peak()) - idle;
  const slowest = Math.max(...times);
  t.diagnostic(
    `${Date.now() - started} ms; ${grown.toFixed(0)} MB more; ${times.length} exchanges, the slowest ${slowest} ms`,
  );
  assert.ok(grown < MOST, `it took ${grown.toFixed(1)} MB of memory`);
  assert.ok(slowest < NEIGHBOURLY, `a neighbour waited ${slowest} ms`);
}

/** Greeted, and in a transaction where `lines` say so. */
async function smtp(...lines: readonly string[]): Promise<Flood> {
  const flood = await Flood.open(host.port('smtp'));
  await flood.until('220 ');
  for (const line of ['HELO client.test', ...lines]) await flood.ask(line, line === 'DATA' ? '354 ' : '250 ');
  return flood;
}

async function pop3(): Promise<Flood> {
  const flood = await Flood.open(host.port('pop3'));
  await flood.until('+OK ');
  return flood;
}

test('a million recipients: a thousand are taken, the others are told 452, and then 421', async (t) => {
  await beside(t, async () => {
    const flood = await smtp(MAIL);
    const before250 = flood.count('250');
    await flood.pour(`${RCPT}\r\n`, 1_000_000);
    await flood.end();
    assert.equal(flood.count('250') - before250, 1_000);
    assert.ok(flood.count('452') >= 4_000 && flood.count('452') < 6_000, `${flood.count('452')} were refused`);
    assert.match(flood.last, /^421 4\.7\.0 .* too many commands without a message$/);
  });
});

test('a million recipients who are not here end the session after a hundred', async (t) => {
  await beside(t, async () => {
    const flood = await smtp(MAIL);
    await flood.pour('RCPT TO:<nobody@a.test>\r\n', 1_000_000);
    await flood.end();
    assert.equal(flood.count('550'), 100);
    assert.match(flood.last, /^421 4\.7\.0 .* after too many errors$/);
  });
});

test('a million commands without a message: 421', async (t) => {
  await beside(t, async () => {
    const flood = await smtp();
    await flood.pour('NOOP\r\n', 1_000_000);
    await flood.end();
    assert.match(flood.last, /^421 4\.7\.0 .* too many commands without a message$/);
    assert.ok(flood.count('250') < 7_000);
  });
});

test('a million errors: 421 after a hundred, in POP3 -ERR and the end', async (t) => {
  await beside(t, async () => {
    const flood = await smtp();
    await flood.pour('FROBNICATE\r\n', 1_000_000);
    await flood.end();
    assert.equal(flood.count('500'), 100);
    assert.match(flood.last, /^421 4\.7\.0 .* after too many errors$/);

    const pop = await pop3();
    await pop.pour('FROBNICATE\r\n', 1_000_000);
    await pop.end();
    assert.equal(pop.count('-ERR'), 100);
    assert.match(pop.last, /^-ERR Too many commands that make no sense here; the connection closes/);
  });
});

test('POP3: 300,000 commands in one go are all answered, and half a million before a login are cut off', async (t) => {
  await beside(t, async () => {
    const pop = await pop3();
    await pop.ask(`USER ${BOB}`, '+OK ');
    await pop.ask(`PASS ${PASSWORD}`, '+OK ');
    const before = pop.count('+OK');
    await pop.pour('NOOP\r\n', 300_000);
    pop.send('QUIT\r\n');
    await pop.end();
    assert.equal(pop.last, '+OK Good bye');
    assert.equal(pop.count('+OK') - before, 300_001);

    const early = await pop3();
    await early.pour('STAT\r\n', 500_000);
    await early.end();
    assert.equal(early.count('-ERR'), 100);
  });
});

test('a command line of 200 MB is refused when it ends, and the session goes on', async (t) => {
  await beside(t, async () => {
    const flood = await smtp();
    await flood.pour('x'.repeat(1_000), 200_000);
    await flood.ask('', '500 ');
    assert.equal(flood.last, '500 5.5.2 A command line has at most 2048 octets here');
    await flood.ask('QUIT', '221 ');

    const pop = await pop3();
    await pop.pour('x'.repeat(1_000), 200_000);
    await pop.ask('', '-ERR');
    assert.equal(pop.last, '-ERR The line is too long and was thrown away');
    await pop.ask('QUIT', '+OK ');
  });
});

test('a header of 70 MB and a line of 70 MB are refused behind the true end, and the session goes on', async (t) => {
  await beside(t, async () => {
    for (const text of [`X-Field: ${'x'.repeat(60)}\r\n`, 'x'.repeat(70)]) {
      const flood = await smtp(MAIL, RCPT, 'DATA');
      await flood.pour(text, 1_000_000);
      await flood.ask('\r\n.', '552 ');
      assert.match(flood.last, /^552 5\.3\.4 A message has at most \d+ octets here$/);
      await flood.ask(MAIL, '250 ');
      await flood.ask('QUIT', '221 ');
    }
  });
});

test('a header that fits the size and is none for all that', async (t) => {
  await beside(t, async () => {
    const flood = await smtp(MAIL, RCPT, 'DATA');
    await flood.pour('X-Field: x\r\n', 1_000_000);
    await flood.ask('\r\n.', '552 ');
    assert.equal(flood.last, '552 5.3.4 The header of the message is too large to be one (header-too-big)');
    await flood.ask('QUIT', '221 ');
  });
});

test('300 slow senders, an octet at a time, some in a command and some in a message', async (t) => {
  await beside(t, async () => {
    const floods = await Promise.all(
      Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? smtp() : smtp(MAIL, RCPT, 'DATA'))),
    );
    for (let round = 0; round < 30; round++) {
      for (const flood of floods) flood.send('x');
      await pause(100);
    }
    assert.equal(floods.filter((flood) => flood.ended).length, 0, 'their time is minutes, and not over');
    for (const flood of floods) flood.close();
  });
});

test('500 half-open connections, that say nothing', async (t) => {
  await beside(t, async () => {
    const ports = [host.port('smtp'), host.port('pop3'), host.port('submission', 'implicit')];
    const floods = await Promise.all(Array.from({ length: 500 }, (_, n) => Flood.open(ports[n % 3] ?? 0)));
    await pause(2_000);
    assert.equal(floods.filter((flood) => flood.ended).length, 0);
    for (const flood of floods) flood.close();
  });
});

test('a client that asks for much and reads nothing', async (t) => {
  await sendMail(host.port('smtp'), { from: 'ann@b.test', to: [BOB], text: `Subject: x\n\n${'x'.repeat(200_000)}\n` });
  await beside(t, async () => {
    const pop = await pop3();
    await pop.ask(`USER ${BOB}`, '+OK ');
    await pop.ask(`PASS ${PASSWORD}`, '+OK ');
    pop.deafen();
    const flood = await smtp();
    flood.deafen();
    // As much as the system's buffers take: we stop reading when our answers are not read.
    const poured = [pop.pour('RETR 1\r\n', 1_000_000), flood.pour('HELP\r\n', 3_000_000)];
    await pause(3_000);
    pop.close();
    flood.close();
    const octets = await Promise.all(poured);
    assert.ok(Math.max(...octets) < 20_000_000, `${octets.join(' and ')} octets were taken`);
  });
});

test('connections beyond the limit of an address are told 421, and other addresses are served', async (t) => {
  const limited = await startHost(t, { accounts: [ALICE] });
  const held = await Promise.all(Array.from({ length: 200 }, () => Flood.open(limited.port('smtp'))));
  t.after(() => {
    for (const flood of held) flood.close();
  });
  await Promise.all(held.map((flood) => flood.until('220 ')));
  const more = await Flood.open(limited.port('smtp'));
  await more.end();
  assert.equal(more.last, '421 4.3.2 Too many connections just now; please try again later');
  const other = await Flood.open(limited.port('smtp'), '127.0.0.2');
  await other.until('220 ');
  await other.ask('QUIT', '221 ');

  const pops = await Promise.all(Array.from({ length: 200 }, () => Flood.open(limited.port('pop3'))));
  await Promise.all(pops.map((flood) => flood.until('+OK ')));
  const refused = await Flood.open(limited.port('pop3'));
  await refused.end();
  assert.equal(refused.last, '-ERR [SYS/TEMP] Too many connections just now; please try again later');
  for (const flood of pops) flood.close();

  // One that leaves makes room.
  held.pop()?.close();
  await pause(200);
  const again = await Conversation.open(limited.port('smtp'));
  assert.match(await again.reply(), /^220 /);
  again.close();
});

/** A client that writes in the moment of its connection; what it is told first. */
function talkAtOnce(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.write('EHLO client.test\r\nMAIL FROM:<ann@b.test>\r\n');
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString('latin1'));
      socket.destroy();
    });
    socket.once('error', () => {
      resolve('an error');
    });
  });
}

test('of fifty clients that talk before the banner all are caught, where it waits for them', async (t) => {
  const settings = { ...TEST_SETTINGS, bannerWait: () => 200 };
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    timeouts: { read: 10_000 },
    maxConnections: 100,
    onConnection: (wire) => serveSmtp(wire, { settings, policy: fakePolicy(), log: silentLog, clock: systemClock }),
  });
  t.after(() => server.close({ drainMs: 0 }));
  const { port } = server.address;
  const told = await Promise.all(Array.from({ length: 50 }, () => talkAtOnce(port)));
  assert.deepEqual(
    told.filter((line) => line !== '554 5.5.1 You spoke before the greeting; a client waits for it\r\n'),
    [],
  );
  const polite = await Conversation.open(port);
  assert.match(await polite.reply(), /^220 /);
  assert.match(await polite.ask('QUIT'), /^221 /);
});
