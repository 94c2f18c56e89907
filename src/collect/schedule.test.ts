import assert from 'node:assert/strict';
import test from 'node:test';
import { dueAfter, parseStanding, standingAfter } from './schedule.ts';
import type { Standing } from './schedule.ts';
import type { Trouble } from './trouble.ts';

const MINUTE = 60_000;
const NOW = 1_000_000;
const every = 10;
const done = { kind: 'done', collected: 2, headersOnly: 0, removed: 1, left: 3, withoutIds: false } as const;
const trouble = (facts: Partial<Trouble> = {}): Trouble => ({
  kind: 'no-answer',
  what: 'Nobody answered.',
  why: 'x.',
  you: 'y.',
  next: 'again',
  ...facts,
});
const again = (times: number, one = trouble()): Standing => {
  let standing: Standing = { kind: 'never' };
  for (let n = 0; n < times; n++) standing = standingAfter(one, standing);
  return standing;
};

test('after a good visit the next comes when the interval is over', () => {
  const standing = standingAfter({ ...done, stopped: false }, { kind: 'never' });
  assert.deepEqual(standing, done);
  assert.equal(dueAfter(standing, { now: NOW, every }), NOW + 10 * MINUTE);
});

test('what passes by itself is tried again, less and less often, never later than usual', () => {
  const waits = [1, 2, 3, 4, 5, 20].map((times) => (dueAfter(again(times), { now: NOW, every }) ?? 0) - NOW);
  assert.deepEqual(
    waits.map((ms) => ms / MINUTE),
    [1, 2, 4, 8, 10, 10],
  );
  const rare = dueAfter(again(20), { now: NOW, every: 24 * 60 });
  assert.equal(rare, NOW + 30 * MINUTE);
});

test('a pause the server asks for is kept', () => {
  const delay = trouble({ kind: 'login-delay', waitSeconds: 300 });
  assert.equal(dueAfter(again(1, delay), { now: NOW, every }), NOW + 5 * MINUTE);
});

test('what only a person can mend waits for one', () => {
  assert.equal(dueAfter(again(1, trouble({ kind: 'wrong-login', next: 'ask' })), { now: NOW, every }), null);
  const renumbered = standingAfter({ kind: 'renumbered', vanished: 5, appeared: 5, alike: 5 }, { kind: 'never' });
  assert.equal(dueAfter(renumbered, { now: NOW, every }), null);
});

test('another trouble counts from one again', () => {
  const standing = standingAfter(trouble({ kind: 'cut' }), again(5));
  assert.equal(standing.kind === 'trouble' && standing.times, 1);
});

test('what was kept is read again; what can not be read is as if nobody had been there', () => {
  for (const standing of [done, again(2)]) assert.deepEqual(parseStanding(JSON.stringify(standing)), standing);
  for (const text of [undefined, '', '{}', 'null', '{"kind":"x"}'])
    assert.deepEqual(parseStanding(text), { kind: 'never' });
});
