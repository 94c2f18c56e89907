import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reply } from '../mail/index.ts';
import type { AttemptResult, RecipientOutcome } from '../outbound/index.ts';
import type { Learned } from '../store/index.ts';
import { FIRST_WINDOW, MOST_KNOWN, paceLimits, Paces, signOf, speaksForAll, TELL_AGAIN } from './pace.ts';
import type { Sign } from './pace.ts';

const MOST = 10;
const LIMITS = paceLimits(MOST, [60_000, 3_600_000]);
const { firstPause: FIRST_PAUSE, longestPause: LONGEST_PAUSE } = LIMITS;
const START = 1_000_000;

/** One destination, and a clock that moves on by a second with each attempt. */
function pace(): {
  readonly paces: Paces;
  readonly window: () => number;
  readonly say: (sign: Sign, began?: number) => Learned | undefined;
  readonly pass: (ms: number) => void;
} {
  const paces = new Paces();
  let ticks = 0;
  return {
    paces,
    window: () => paces.window('b.test', 'unknown', MOST),
    say(sign, began = ticks) {
      ticks += 1_000;
      return paces.learn('b.test', sign, began, { ticks, now: START + ticks }, LIMITS);
    },
    pass(ms) {
      ticks += ms;
    },
  };
}

test('a window begins small, grows by one with each success, up to the setting', () => {
  const { window, say } = pace();
  assert.equal(window(), FIRST_WINDOW);
  assert.deepEqual(say('well'), { destination: 'b.test', standing: 'well', notBefore: 0 });
  assert.equal(window(), FIRST_WINDOW + 1);
  for (let n = 0; n < 20; n++) assert.equal(say('well'), undefined, 'nothing new');
  assert.equal(window(), MOST);
});

test('trouble halves it down to one, then makes pauses that grow up to a bound; success ends them', () => {
  const { window, say } = pace();
  for (let n = 0; n < 20; n++) say('well');
  const windows = [1, 2, 3].map(() => [say('troubled')?.standing, window()]);
  assert.deepEqual(windows, [
    [undefined, 5],
    [undefined, 2],
    ['troubled', 1],
  ]);
  const pauses = Array.from({ length: 7 }, (_, n) => (say('troubled')?.notBefore ?? 0) - START - (n + 24) * 1_000);
  assert.deepEqual(
    pauses,
    [1, 2, 4, 8, 16, 20, 20].map((times) => times * FIRST_PAUSE),
  );
  assert.equal(pauses.at(-1), LONGEST_PAUSE);
  assert.deepEqual(say('well'), { destination: 'b.test', standing: 'well', notBefore: 0 });
  assert.equal(window(), 2);
  say('troubled');
  assert.equal((say('troubled')?.notBefore ?? 0) - START - 33_000, FIRST_PAUSE, 'the next pause is short again');
});

test('a message alone is not slowed: pauses keep to the steps of its retries', () => {
  assert.deepEqual(LIMITS, { most: MOST, firstPause: 15_000, longestPause: 300_000 });
  assert.deepEqual(paceLimits(MOST, [200]), { most: MOST, firstPause: 50, longestPause: 200 });
});

test('attempts that were under way when the window shrank do not shrink it again', () => {
  const { window, say } = pace();
  for (let n = 0; n < 20; n++) say('well');
  for (let n = 0; n < 10; n++) say('troubled', 20_000);
  assert.equal(window(), 5);
});

test('what says nothing changes nothing', () => {
  const { window, say } = pace();
  assert.equal(say('unclear'), undefined);
  assert.equal(window(), FIRST_WINDOW);
});

test('that a destination is well is said again now and then, so that it is not forgotten', () => {
  const { say, pass } = pace();
  say('well');
  pass(TELL_AGAIN);
  assert.equal(say('well')?.standing, 'well');
  assert.equal(say('well'), undefined);
});

test('what the store remembers counts after a start', () => {
  const paces = new Paces();
  assert.equal(paces.window('b.test', 'troubled', MOST), 1);
  assert.equal(paces.window('b.test', 'well', MOST), FIRST_WINDOW);
  assert.equal(paces.window('b.test', 'well', 1), 1, 'never more than the setting');
});

test('ten thousand destinations are remembered; the one tried longest ago is forgotten', () => {
  const paces = new Paces();
  const at = { ticks: 1, now: START };
  paces.learn('first.test', 'well', 0, at, LIMITS);
  paces.learn('second.test', 'well', 0, at, LIMITS);
  for (let n = 0; n < MOST_KNOWN - 2; n++) paces.learn(`d${n}.test`, 'well', 0, at, LIMITS);
  paces.learn('first.test', 'well', 0, at, LIMITS);
  paces.learn('last.test', 'well', 0, at, LIMITS);
  assert.equal(paces.standing('second.test'), 'unknown');
  assert.equal(paces.standing('first.test'), 'well');
});

test('whatever happens the window is between one and the setting, and a pause has an end', () => {
  const signs = fc.array(fc.constantFrom<Sign>('well', 'troubled', 'unclear'), { maxLength: 60 });
  fc.assert(
    fc.property(signs, (all) => {
      const { window, say } = pace();
      for (const [n, sign] of all.entries()) {
        const pause = (say(sign)?.notBefore ?? 0) - (START + (n + 1) * 1_000);
        assert.ok(pause <= LONGEST_PAUSE);
        assert.ok(window() >= 1 && window() <= MOST);
      }
    }),
  );
});

type Answer = readonly [
  RecipientOutcome['outcome'],
  RecipientOutcome['stage'],
  code: number,
  own?: 'own',
  rule?: string,
];

function result(...answers: readonly Answer[]): AttemptResult {
  const outcomes = answers.map(([outcome, stage, code, own, rule], n) => {
    const words = reply(code, undefined, 'x', rule === undefined ? {} : { rule });
    return { n, outcome, stage, reply: words, remote: own === undefined };
  });
  return { considered: [], tries: [], outcomes };
}

test('what an attempt says about the destination', () => {
  const cases: readonly (readonly [Sign, ...Answer[]])[] = [
    ['well', ['relayed', 'dot', 250]],
    ['well', ['failed', 'rcpt', 550]],
    ['well', ['failed', 'mail', 550]],
    ['well', ['relayed', 'dot', 250], ['deferred', 'rcpt', 450]],
    ['unclear', ['deferred', 'rcpt', 450]],
    ['unclear', ['deferred', 'dot', 451]],
    ['unclear', ['failed', 'dns', 550, 'own']],
    ['unclear', ['deferred', 'ehlo', 451, 'own', 'message-unreadable']],
    ['unclear', ['deferred', 'connect', 451, 'own', 'attempt-stopped']],
    ['troubled', ['deferred', 'dns', 451, 'own']],
    ['troubled', ['deferred', 'connect', 451, 'own']],
    ['troubled', ['deferred', 'greeting', 450]],
    ['troubled', ['deferred', 'greeting', 421]],
    ['troubled', ['deferred', 'mail', 450]],
    ['troubled', ['deferred', 'rcpt', 421]],
    ['troubled', ['deferred', 'dot', 421]],
    ['troubled', ['deferred', 'data', 451, 'own']],
    ['troubled', ['unsure', 'dot', 451, 'own']],
    ['troubled', ['relayed', 'dot', 250], ['deferred', 'mail', 421]],
  ];
  for (const [sign, ...answers] of cases) assert.equal(signOf(result(...answers)), sign, JSON.stringify(answers));
});

test("what came of a sender's own route says nothing about the destination", () => {
  for (const answer of [
    ['deferred', 'auth', 535],
    ['relayed', 'dot', 250],
  ] as const) {
    const own = { ...result(answer), bySender: true } as const;
    assert.equal(signOf(own), 'unclear');
    assert.equal(speaksForAll(own), false);
  }
});

test('an attempt speaks for every message when it failed before the sender was named', () => {
  assert.equal(speaksForAll(result(['deferred', 'connect', 451, 'own'], ['deferred', 'greeting', 421])), true);
  assert.equal(speaksForAll(result(['deferred', 'connect', 451, 'own'], ['deferred', 'mail', 421])), false);
  assert.equal(speaksForAll(result(['deferred', 'connect', 451, 'own', 'attempt-stopped'])), false);
  assert.equal(speaksForAll(result(['failed', 'greeting', 554])), false);
  assert.equal(speaksForAll(result()), false);
});
