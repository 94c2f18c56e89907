/**
 * Attempts at servers that change their mind at every step, over connections that are used again: what an
 * outcome says is what happened. "relayed": the server took it, once. "deferred" and "failed": it did not.
 * Only behind the end of the message is there a doubt ("unsure"). And no line of a message is a command.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { silentLog } from '../base/index.ts';
import { FakeClock } from '../base/testing.ts';
import { fakeResolver } from '../dns/testing.ts';
import { memoryWirePair, WireError } from '../net/index.ts';
import type { Wire } from '../net/index.ts';
import { openOutbound } from './open.ts';
import type { Outbound, RecipientOutcome, Route } from './outbound.ts';
import { offering, TEST_SETTINGS, testJob, TWO_MX, untilDone } from './testing.ts';

const RUNS = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 100) / 10);

/** Ways to answer; what is not drawn any more is the good one. */
const GOOD = 'good';
const BAD = ['421', '421 and gone', 'gone', 'good and gone', '450', '550', '503', 'garbage'] as const;
type Mood = typeof GOOD | (typeof BAD)[number];
const mood = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Mood>(GOOD) },
  { weight: 1, arbitrary: fc.constantFrom<Mood>(...BAD) },
);
const OFFERS = ['', 'PIPELINING', 'CHUNKING', 'PIPELINING|CHUNKING', 'PIPELINING|LIMITS RCPTMAX=2 MAILMAX=2'];

const letter = fc.record({
  recipients: fc.integer({ min: 1, max: 5 }),
  /** More than one chunk (BDAT). */
  large: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  /** Milliseconds until the next one. */
  pause: fc.constantFrom(0, 0, 1_000, 6_000),
});

class Left extends Error {}

interface Draw {
  readonly mood: () => Mood;
  readonly offers: string;
  readonly lmtp: boolean;
  readonly took: (message: string, recipient: string) => void;
}

class FickleServer {
  readonly #wire: Wire;
  readonly #draw: Draw;
  #from = false;
  #to: string[] = [];
  #chunks = '';

  constructor(wire: Wire, draw: Draw) {
    this.#wire = wire;
    this.#draw = draw;
  }

  async serve(): Promise<void> {
    this.#wire.timeout = 1e9;
    try {
      await this.#answer('220 hi');
      for (;;) await this.#command(await this.#line());
    } catch (error) {
      if (!(error instanceof Left) && !(error instanceof WireError)) throw error;
    } finally {
      this.#wire.destroy();
    }
  }

  /** True: it was the good one. */
  async #answer(good: string): Promise<boolean> {
    const now = this.#draw.mood();
    if (now === 'gone') throw new Left();
    const words = { '421': '421 wait', '421 and gone': '421 bye', '450': '450 no', '550': '550 no', '503': '503 no' };
    this.#wire.write(`${now === 'garbage' ? 'what' : (words[now as keyof typeof words] ?? good)}\r\n`);
    if (now.endsWith('gone')) await this.#leave();
    return now === GOOD;
  }

  async #leave(): Promise<never> {
    await this.#wire.close();
    throw new Left();
  }

  async #line(): Promise<string> {
    const read = await this.#wire.readLine(1e6);
    if (read.kind !== 'line') throw new Left();
    return read.bytes.toString('latin1');
  }

  async #command(line: string): Promise<void> {
    const [verb = '', argument = '', last] = line.split(' ');
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        await this.#answer(offering(this.#draw.offers));
        return;
      case 'HELO':
        await this.#answer('250 mx.b.test');
        return;
      case 'MAIL':
        assert.ok(!this.#from, 'MAIL within a transaction');
        this.#from = await this.#answer('250 ok');
        return;
      case 'RCPT':
        await this.#recipient(line);
        return;
      case 'DATA':
        await this.#data();
        return;
      case 'BDAT':
        await this.#chunk(Number(argument), last === 'LAST');
        return;
      case 'RSET':
        this.#reset();
        await this.#answer('250 ok');
        return;
      case 'QUIT':
        return await this.#leave();
      default:
        assert.fail(`${line} is no command`);
    }
  }

  #reset(): void {
    this.#from = false;
    this.#to = [];
    this.#chunks = '';
  }

  async #recipient(line: string): Promise<void> {
    if (!this.#from) this.#wire.write('503 no sender\r\n');
    else if (await this.#answer('250 ok')) this.#to.push(/<(.*)>/.exec(line)?.[1] ?? '');
  }

  async #data(): Promise<void> {
    if (this.#to.length === 0) this.#wire.write('503 no recipient\r\n');
    else if (await this.#answer('354 go')) {
      let text = '';
      for (let line = await this.#line(); line !== '.'; line = await this.#line()) text += `${line}\r\n`;
      await this.#end(text);
    }
  }

  async #chunk(octets: number, last: boolean): Promise<void> {
    await this.#wire.readBytes(octets, (piece) => {
      this.#chunks += piece.toString('latin1');
    });
    if (this.#to.length === 0) this.#wire.write('503 no recipient\r\n');
    else if (last) await this.#end(this.#chunks);
    else if (!(await this.#answer('250 ok'))) this.#reset();
  }

  /** One answer for all, or with LMTP one for each. It has the message when the answer would be the good one, said or not. */
  async #end(text: string): Promise<void> {
    const message = /^Id: (.*)\r\n/.exec(text)?.[1] ?? 'nothing';
    const to = this.#to;
    this.#reset();
    for (const whom of this.#draw.lmtp ? to.map((one) => [one]) : [to]) {
      const taken = this.#draw.mood();
      if (taken === GOOD) for (const one of whom) this.#draw.took(message, one);
      if (taken === 'gone') throw new Left();
      if (taken === 'good and gone') await this.#leave();
      this.#wire.write(taken === GOOD ? '250 taken\r\n' : taken.startsWith('421') ? '421 no\r\n' : '452 no\r\n');
    }
  }
}

function outboundTo(draw: Draw, clock: FakeClock): Outbound {
  const route: Route = { domain: '*', host: '192.0.2.1', port: 24, protocol: 'lmtp', tls: 'never' };
  const settings = { ...TEST_SETTINGS, routes: draw.lmtp ? [route] : [] };
  return openOutbound({
    settings: () => settings,
    resolver: fakeResolver(TWO_MX),
    clock,
    log: silentLog,
    random: () => 0,
    dial: ({ host, port }) => {
      const pair = memoryWirePair({ clock, server: { address: host, port } });
      void new FickleServer(pair.server, draw).serve();
      return Promise.resolve(pair.client);
    },
  });
}

const HEADER = 'MAIL FROM:<x@x.test>\r\nRCPT TO:<x@b.test>\r\n\r\nRSET\r\n.\r\n';
const LARGE = `${'x'.repeat(78)}\r\n`.repeat(7_000);

function assertTrue({ outcome }: RecipientOutcome, taken: number, about: string): void {
  if (outcome === 'relayed') assert.equal(taken, 1, `${about} is relayed`);
  else if (outcome === 'unsure') assert.ok(taken <= 1, `${about} is unsure`);
  else assert.equal(taken, 0, `${about} is ${outcome}`);
}

test('what an outcome says is what happened, whatever the servers do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(letter, { minLength: 1, maxLength: 6 }),
      fc.array(mood, { minLength: 0, maxLength: 150, size: 'max' }),
      fc.constantFrom(...OFFERS),
      fc.boolean(),
      async (letters, moods, offers, lmtp) => {
        const clock = new FakeClock();
        const taken = new Map<string, number>();
        const told = new Map<string, RecipientOutcome>();
        let drawn = 0;
        const outbound = outboundTo(
          {
            mood: () => moods[drawn++] ?? GOOD,
            offers,
            lmtp,
            took: (message, recipient) => {
              const key = `${message} ${recipient}`;
              taken.set(key, (taken.get(key) ?? 0) + 1);
            },
          },
          clock,
        );
        const { signal } = new AbortController();
        for (const [i, { recipients, large, pause }] of letters.entries()) {
          const to = Array.from({ length: recipients }, (_, n) => `${n}@b.test`);
          const job = testJob({ to, text: `Id: ${i}\r\n${HEADER}${large ? LARGE : ''}` });
          const { outcomes } = await untilDone(outbound.attempt(job, signal), clock);
          for (const one of outcomes) told.set(`${i} ${to[one.n] ?? ''}`, one);
          await clock.advance(pause);
        }
        await untilDone(outbound.close(), clock);
        // Only now: where there is a doubt, the server may take it after we gave up waiting.
        for (const [key, outcome] of told) assertTrue(outcome, taken.get(key) ?? 0, key);
        assert.ok([...taken.keys()].every((key) => told.has(key)));
      },
    ),
    { numRuns: RUNS },
  );
});
