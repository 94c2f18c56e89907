/** Visits with our own POP3 client to our own POP3 server, in memory. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../base/testing.ts';
import { memoryWirePair } from '../net/index.ts';
import { Pop3Connection, servePop3 } from '../pop3/index.ts';
import { FakeMailbox, FakePolicy, fakeContext, fakeMessage } from '../pop3/testing.ts';
import { FakeLedger } from './fake-ledger.ts';
import { visit } from './visit.ts';
import type { VisitParts, VisitProgress, VisitResult } from './visit.ts';

const letter = (n: number, size = 20): string => `Subject: letter ${n}\r\n\r\n${'x'.repeat(size)}\r\n`;
const maildrop = (count: number): FakeMailbox =>
  new FakeMailbox(Array.from({ length: count }, (_, n) => fakeMessage(letter(n), `u-${n}`)));

interface Visited {
  readonly result: VisitResult;
  readonly progress: readonly VisitProgress[];
}

/** `cut` is called to break the line; what the visit rejects with then comes out. */
async function visited(
  mailbox: FakeMailbox,
  ledger: FakeLedger,
  facts: Partial<VisitParts> & { readonly clock?: FakeClock; readonly onWire?: (cut: () => void) => void } = {},
): Promise<Visited> {
  const { onWire, clock = new FakeClock(), ...rest } = facts;
  const { client: wire, server } = memoryWirePair({ clock });
  const done = servePop3(server, fakeContext(new FakePolicy(mailbox), {}, clock));
  onWire?.(() => {
    wire.destroy();
    server.destroy();
  });
  const progress: VisitProgress[] = [];
  try {
    const pop = await Pop3Connection.open(wire);
    await pop.login({ name: 'alice', password: 'pa ss word' });
    const result = await visit({
      pop,
      capabilities: await pop.capa(),
      ledger,
      clock,
      rule: { kind: 'for-ever' },
      longest: 1_000_000,
      onProgress: (one) => progress.push(one),
      stopped: () => false,
      ...rest,
    });
    return { result, progress };
  } finally {
    wire.destroy();
    server.destroy();
    await done;
    mailbox.locked = false;
  }
}

test('everything is collected once, octet for octet, and stays there', async () => {
  const [mailbox, ledger] = [maildrop(3), new FakeLedger()];
  const { result, progress } = await visited(mailbox, ledger);
  assert.deepEqual(result, {
    kind: 'done',
    collected: 3,
    headersOnly: 0,
    removed: 0,
    left: 3,
    stopped: false,
    withoutIds: false,
  });
  assert.deepEqual(
    ledger.filed.map(({ octets }) => octets.toString()),
    [letter(0), letter(1), letter(2)],
  );
  assert.deepEqual(progress.at(-1), { done: 3, of: 3, octets: 3 * letter(0).length, ofOctets: 3 * letter(0).length });
  const again = await visited(mailbox, ledger);
  assert.equal(again.result.kind === 'done' && again.result.collected, 0);
  assert.equal(ledger.filed.length, 3);
  assert.equal(mailbox.messages.length, 3);
});

test('what may go is deleted only once it is on our disk, and gone only after QUIT', async () => {
  const [mailbox, ledger] = [maildrop(3), new FakeLedger()];
  ledger.onStep = (step) => {
    if (step === 'commit') assert.equal(mailbox.messages.length, 3, 'nothing is gone before QUIT');
  };
  const { result } = await visited(mailbox, ledger, { rule: { kind: 'days', days: 0 } });
  assert.equal(result.kind === 'done' && result.removed, 3);
  assert.equal(mailbox.messages.length, 0);
  assert.equal(ledger.goneOnes.length, 3, 'and that is remembered at once');
});

test('new mail as large as what we deleted ourselves is new mail', async () => {
  const [mailbox, ledger] = [maildrop(6), new FakeLedger()];
  const rule = { kind: 'days', days: 0 } as const;
  await visited(mailbox, ledger, { rule });
  assert.equal(mailbox.messages.length, 0);
  mailbox.messages = Array.from({ length: 6 }, (_, n) => fakeMessage(letter(n), `later-${n}`));
  const { result } = await visited(mailbox, ledger, { rule });
  assert.deepEqual(result.kind === 'done' && [result.collected, result.removed], [6, 6]);
});

test('copies go when their days are over', async () => {
  const [mailbox, ledger, clock] = [maildrop(2), new FakeLedger(), new FakeClock()];
  const rule = { kind: 'days', days: 14 } as const;
  await visited(mailbox, ledger, { rule, clock });
  await clock.advance(13 * 86_400_000);
  await visited(mailbox, ledger, { rule, clock });
  assert.equal(mailbox.messages.length, 2);
  await clock.advance(86_400_000);
  await visited(mailbox, ledger, { rule, clock });
  assert.equal(mailbox.messages.length, 0);
});

test('a large message comes as its header, and whole when it is asked for', async () => {
  const mailbox = new FakeMailbox([fakeMessage(letter(1, 5_000), 'large'), fakeMessage(letter(2), 'small')]);
  const ledger = new FakeLedger();
  const rule = { kind: 'days', days: 0 } as const;
  const { result } = await visited(mailbox, ledger, { cap: 1_000, rule });
  assert.equal(result.kind === 'done' && result.headersOnly, 1);
  assert.deepEqual(
    mailbox.messages.map(({ uidl }) => uidl),
    ['large'],
    'what is not whole here stays there',
  );
  assert.equal(ledger.filed.find(({ uidl }) => uidl === 'large')?.octets.toString(), 'Subject: letter 1\r\n\r\n');
  ledger.set('large', { restWanted: true });
  await visited(mailbox, ledger, { cap: 1_000, rule });
  assert.equal(ledger.filed.at(-1)?.octets.toString(), letter(1, 5_000));
  assert.equal(mailbox.messages.length, 0);
});

test('a message longer than any that is taken leaves its header here, and stays there', async () => {
  const mailbox = new FakeMailbox([fakeMessage(letter(1, 5_000), 'endless')]);
  const ledger = new FakeLedger();
  await visited(mailbox, ledger, { longest: 1_000, rule: { kind: 'days', days: 0 } });
  assert.deepEqual(ledger.memory.get('endless')?.state, 'headers');
  assert.equal(mailbox.messages.length, 1);
});

test('new ids for the same messages: it stops and asks, and does what is answered', async () => {
  const [mailbox, ledger] = [maildrop(6), new FakeLedger()];
  await visited(mailbox, ledger);
  mailbox.messages = [
    ...mailbox.messages.map((one, n) => ({ ...one, uidl: `new-${n}` })),
    fakeMessage(letter(9), 'new-9'),
  ];
  const asked = await visited(mailbox, ledger, { rule: { kind: 'days', days: 0 } });
  assert.deepEqual(asked.result, { kind: 'renumbered', vanished: 6, appeared: 7, alike: 6 });
  assert.deepEqual([ledger.filed.length, mailbox.messages.length], [6, 7], 'nothing was done');
  await visited(mailbox, ledger, { renumbered: 'same-messages' });
  assert.deepEqual(
    ledger.filed.slice(6).map(({ uidl }) => uidl),
    ['new-9'],
  );
  const other = new FakeLedger();
  for (const [uidl, one] of ledger.memory) other.memory.set(`x-${uidl}`, { ...one, uidl: `x-${uidl}` });
  await visited(mailbox, other, { renumbered: 'new-messages' });
  assert.equal(other.filed.length, 7);
});

test('somebody who stops it gets a clean end: what was marked is gone, the rest comes next time', async () => {
  const stopped = async (inStep: boolean): Promise<number> => {
    const [mailbox, ledger] = [maildrop(40), new FakeLedger()];
    const rule = { kind: 'days', days: 0 } as const;
    const { result } = await visited(mailbox, ledger, { rule, inStep, stopped: () => ledger.filed.length >= 2 });
    assert.equal(result.kind === 'done' && result.stopped, true);
    assert.equal(ledger.filed.length + mailbox.messages.length, 40);
    return ledger.filed.length;
  };
  assert.equal(await stopped(true), 2);
  const ahead = await stopped(false);
  assert.ok(ahead >= 2 && ahead <= 2 + 16, `what was under way came: ${ahead}`);
});

/** A server that has so many messages of these sizes, answers nothing before it has heard `burst` commands, and counts what is unanswered. */
async function counting(octets: readonly number[], burst: number, capabilities = ['PIPELINING']) {
  const ledger = new FakeLedger();
  const seen = { most: 0, mostOctets: 0, tooEarly: 0 };
  const waiting: number[] = [];
  const texts = octets.map((size, n) => letter(n, size));
  const table = (line: string): string => {
    const [verb, number = '0'] = line.split(' ');
    const n = Number(number) - 1;
    if (verb === 'LIST') return `+OK\r\n${texts.map((text, i) => `${i + 1} ${text.length}\r\n`).join('')}.\r\n`;
    if (verb === 'UIDL') return `+OK\r\n${texts.map((_, i) => `${i + 1} u-${i}\r\n`).join('')}.\r\n`;
    if (verb === 'QUIT' || verb === 'DELE') {
      if (verb === 'DELE' && !ledger.memory.has(`u-${n}`)) seen.tooEarly++;
      return '+OK\r\n';
    }
    waiting.push(n);
    seen.most = Math.max(seen.most, waiting.length);
    seen.mostOctets = Math.max(seen.mostOctets, waiting.reduce((sum, one) => sum + (texts[one]?.length ?? 0), 0)); // prettier-ignore
    if (waiting.length < burst) return '';
    burst = 1;
    return waiting.splice(0).map((one) => `+OK\r\n${texts[one]}.\r\n`).join(''); // prettier-ignore
  };
  const result = await oldServer(table, ledger, {
    capabilities: capabilities.map((name) => ({ name, parameters: [] })),
    rule: { kind: 'days', days: 0 },
  });
  assert.deepEqual(
    ledger.filed.map(({ octets: text }) => text.toString()),
    texts,
  );
  assert.deepEqual(result.kind === 'done' && [result.collected, result.removed], [octets.length, octets.length]);
  assert.equal(seen.tooEarly, 0, 'DELE is said only of what is here');
  return seen;
}

test('[2449-6.6-client] messages are asked for ahead of their answers where the server reads them so, and only there', async () => {
  const small = Array.from({ length: 50 }, () => 20);
  assert.deepEqual((await counting(small, 16)).most, 16);
  assert.deepEqual((await counting(small, 1, ['TOP', 'UIDL'])).most, 1);
});

test('what is asked for ahead is bounded in octets too, and a message that is larger goes alone', async () => {
  const { most, mostOctets } = await counting([100_000, 100_000, 100_000, 100_000], 2);
  assert.ok(most === 2 && mostOctets <= 256_000, `${most}, ${mostOctets}`);
  assert.equal((await counting([20, 300_000, 20, 300_000], 1)).most, 1);
});

test('a disk that fails ends the visit, whatever is still on its way, and nothing is deleted', async () => {
  const [mailbox, ledger] = [maildrop(30), new FakeLedger()];
  ledger.onStep = (step) => {
    if (step === 'commit' && ledger.filed.length === 3) throw new Error('the disk is full');
  };
  await assert.rejects(visited(mailbox, ledger, { rule: { kind: 'days', days: 0 } }), /the disk is full/);
  const kept = ledger.filed.length;
  assert.equal(mailbox.messages.length, 30, 'there was no QUIT');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ledger.filed.length, kept, 'nothing comes behind the end');
});

test('wherever the line is cut: each message once in the end, none deleted that is not here', async () => {
  const step = fc.constantFrom(
    'known' as const,
    'write' as const,
    'commit' as const,
    'committed' as const,
    'progress' as const,
  );
  const cutting = fc.record({ step, nth: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(cutting, { maxLength: 4 }), fc.integer({ min: 1, max: 6 }), async (cuts, count) => {
      const [mailbox, ledger] = [maildrop(count), new FakeLedger()];
      const rule = { kind: 'days', days: 0 } as const;
      for (const { step: where, nth } of cuts) {
        let left = nth;
        let cut = (): void => undefined;
        const meet = (met: string): void => {
          if (met === where && --left === 0) cut();
        };
        ledger.onStep = meet;
        const parts = { rule, onProgress: () => meet('progress'), onWire: (fn: () => void) => (cut = fn) };
        await visited(mailbox, ledger, parts).catch(() => undefined);
        const here = new Set(ledger.filed.map(({ uidl }) => uidl));
        const there = new Set(mailbox.messages.map(({ uidl }) => uidl));
        for (let n = 0; n < count; n++) assert.ok(here.has(`u-${n}`) || there.has(`u-${n}`), `u-${n} is lost`);
      }
      ledger.onStep = () => undefined;
      await visited(mailbox, ledger, { rule });
      assert.deepEqual(
        ledger.filed.map(({ octets }) => octets.toString()).sort(),
        Array.from({ length: count }, (_, n) => letter(n)),
      );
      assert.equal(mailbox.messages.length, 0);
    }),
    { numRuns: 150 },
  );
});

/** A server of the old kind: knows what stands in the table, and says -ERR to the rest. */
async function oldServer(
  table: (line: string) => string,
  ledger: FakeLedger,
  facts: Partial<VisitParts> = {},
): Promise<VisitResult> {
  const clock = new FakeClock();
  const { client: wire, server } = memoryWirePair({ clock });
  const serving = (async () => {
    server.write('+OK\r\n');
    for (;;) {
      const read = await server.readLine(512);
      if (read.kind !== 'line') return;
      const line = read.bytes.toString('latin1');
      server.write(table(line));
      if (line === 'QUIT') return await server.close();
    }
  })();
  try {
    const pop = await Pop3Connection.open(wire);
    return await visit({
      pop,
      capabilities: [],
      ledger,
      clock,
      rule: { kind: 'for-ever' },
      longest: 1_000_000,
      onProgress: () => undefined,
      stopped: () => false,
      ...facts,
    });
  } finally {
    wire.destroy();
    server.destroy();
    await serving.catch(() => undefined);
  }
}

test('a server without UIDL: messages are told apart by header and size', async () => {
  const letters = [letter(1), letter(2)];
  const table = (line: string): string => {
    const [verb, number = '0'] = line.split(' ');
    const one = letters[Number(number) - 1] ?? '';
    if (verb === 'LIST') return `+OK\r\n${letters.map((text, n) => `${n + 1} ${text.length}\r\n`).join('')}.\r\n`;
    if (verb === 'RETR') return `+OK\r\n${one}.\r\n`;
    if (verb === 'TOP') return `+OK\r\n${one.slice(0, one.indexOf('\r\n\r\n') + 4)}.\r\n`;
    return verb === 'QUIT' ? '+OK\r\n' : '-ERR\r\n';
  };
  const ledger = new FakeLedger();
  const first = await oldServer(table, ledger);
  assert.deepEqual(first.kind === 'done' && [first.collected, first.withoutIds], [2, true]);
  letters.unshift(letter(3));
  const second = await oldServer(table, ledger);
  assert.equal(second.kind === 'done' && second.collected, 1);
  assert.deepEqual(
    ledger.filed.map(({ octets }) => octets.toString()),
    [letter(1), letter(2), letter(3)],
  );
});

test('a server with neither UIDL nor TOP: everything is read again to tell it apart, and still kept once', async () => {
  const letters = [letter(1), letter(2)];
  const table = (line: string): string => {
    const [verb, number = '0'] = line.split(' ');
    if (verb === 'LIST') return `+OK\r\n${letters.map((text, n) => `${n + 1} ${text.length}\r\n`).join('')}.\r\n`;
    if (verb === 'RETR') return `+OK\r\n${letters[Number(number) - 1]}.\r\n`;
    return verb === 'QUIT' ? '+OK\r\n' : '-ERR\r\n';
  };
  const ledger = new FakeLedger();
  await oldServer(table, ledger);
  letters.push(letter(3));
  await oldServer(table, ledger, { cap: 1 });
  assert.deepEqual(ledger.filed.length, 3);
});

test('a listing that names an id twice, or a message without an id, brings each once', async () => {
  const table = (line: string): string => {
    const [verb, number = '0'] = line.split(' ');
    if (verb === 'LIST') return '+OK\r\n1 10\r\n2 10\r\n3 10\r\n.\r\n';
    if (verb === 'UIDL') return '+OK\r\n1 same\r\n2 same\r\n.\r\n';
    if (verb === 'RETR') return `+OK\r\n${letter(Number(number))}.\r\n`;
    return verb === 'QUIT' ? '+OK\r\n' : '-ERR\r\n';
  };
  const ledger = new FakeLedger();
  await oldServer(table, ledger);
  assert.deepEqual(
    ledger.filed.map(({ uidl }) => uidl),
    ['same'],
  );
});
