import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../base/testing.ts';
import { Guesses } from './guesses.ts';

const LIMITS = { perName: 3, perNetwork: 5, windowMs: 60_000 };
const DAY = 24 * 60 * 60_000;

test('after too many wrong passwords a network waits, until the window is over', async () => {
  const clock = new FakeClock();
  const guesses = new Guesses(clock, LIMITS);
  for (let i = 0; i < 3; i++) {
    assert.equal(guesses.waitFor('192.0.2.1', 'alice'), 0);
    guesses.wrong('192.0.2.1', 'alice');
  }
  assert.equal(guesses.waitFor('192.0.2.1', 'alice'), 60_000);
  await clock.advance(60_000);
  assert.equal(guesses.waitFor('192.0.2.1', 'alice'), 0);
});

test('the owner in another network is not locked out', () => {
  const guesses = new Guesses(new FakeClock(), LIMITS);
  for (let i = 0; i < 100; i++) guesses.wrong('192.0.2.1', 'alice');
  assert.equal(guesses.waitFor('198.51.100.7', 'alice'), 0);
});

test('guessing many names from one network is counted too', () => {
  const guesses = new Guesses(new FakeClock(), LIMITS);
  for (const name of ['a', 'b', 'c', 'd', 'e']) guesses.wrong('192.0.2.1', name);
  assert.ok(guesses.waitFor('192.0.2.1', 'f') > 0);
});

test('a right password forgets the wrong ones for that name', () => {
  const guesses = new Guesses(new FakeClock(), LIMITS);
  guesses.wrong('192.0.2.1', 'alice');
  guesses.wrong('192.0.2.1', 'alice');
  guesses.right('192.0.2.1', 'alice');
  guesses.wrong('192.0.2.1', 'alice');
  assert.equal(guesses.waitFor('192.0.2.1', 'alice'), 0);
});

test('guesses at other names do not touch who has logged in from the same network, guesses at theirs do', async () => {
  const clock = new FakeClock();
  const guesses = new Guesses(clock, LIMITS);
  guesses.right('192.0.2.1', 'alice');
  await clock.advance(29 * DAY);
  for (const name of ['a', 'b', 'c', 'd', 'e']) guesses.wrong('192.0.2.1', name);
  assert.equal(guesses.waitFor('192.0.2.1', 'alice'), 0);
  assert.ok(guesses.waitFor('192.0.2.1', 'bob') > 0);
  for (let i = 0; i < 3; i++) guesses.wrong('192.0.2.1', 'alice');
  assert.ok(guesses.waitFor('192.0.2.1', 'alice') > 0);
});

test('a login makes its name known in its network, for 30 days', async () => {
  const clock = new FakeClock();
  const guesses = new Guesses(clock, LIMITS);
  guesses.right('192.0.2.1', 'alice');
  assert.ok(guesses.isKnown('192.0.2.1', 'alice'));
  assert.ok(!guesses.isKnown('192.0.2.1', 'bob'));
  assert.ok(!guesses.isKnown('192.0.2.2', 'alice'));
  await clock.advance(30 * DAY);
  assert.ok(!guesses.isKnown('192.0.2.1', 'alice'));
});

test('memory stays bounded, the oldest are forgotten', () => {
  const guesses = new Guesses(new FakeClock(), { ...LIMITS, perName: 1 });
  guesses.wrong('first', 'alice');
  for (let i = 0; i < 20_000; i++) guesses.wrong(`address ${i}`, 'alice');
  assert.equal(guesses.waitFor('first', 'alice'), 0);
  assert.ok(guesses.waitFor('address 19999', 'alice') > 0);
  for (let i = 0; i <= 20_000; i++) guesses.right(`address ${i}`, 'alice');
  assert.ok(!guesses.isKnown('address 0', 'alice'));
  assert.ok(guesses.isKnown('address 1', 'alice'));
});
