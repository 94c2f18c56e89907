import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isNoticeDue, isTooOld, longestWait, nextTry, retryTimes, startOf } from './schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SETTINGS = { retry: [MINUTE, 5 * MINUTE, 4 * HOUR], giveUp: 120 * HOUR, delayNotice: 4 * HOUR };

test('without jitter the next times are the waits of the configuration', () => {
  assert.deepEqual(retryTimes(SETTINGS, 1_000_000, 0), [1_060_000, 1_300_000, 1_000_000 + 4 * HOUR]);
});

test('jitter only lengthens a wait, by at most a tenth, and never beyond the longest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 42 }), fc.double({ min: 0, max: 1, noNaN: true }), (now, random) => {
      const times = retryTimes(SETTINGS, now, random);
      for (const [i, at] of times.entries()) {
        const wait = SETTINGS.retry[i] as number;
        assert.ok(at >= now + wait && at <= now + wait * 1.1 + 1);
        assert.ok(at <= now + longestWait(SETTINGS));
      }
    }),
  );
});

test('a message is too old from give_up on, and a notice due from delay_notice on', () => {
  assert.equal(isTooOld(SETTINGS, 0, 120 * HOUR - 1), false);
  assert.equal(isTooOld(SETTINGS, 0, 120 * HOUR), true);
  assert.equal(isNoticeDue(SETTINGS, 0, 4 * HOUR - 1), false);
  assert.equal(isNoticeDue(SETTINGS, 0, 4 * HOUR), true);
});

test('[4865-4.2-held] the time in which a sender wanted a message held is no delay', () => {
  assert.equal(startOf({ receivedAt: 5 }), 5);
  assert.equal(startOf({ receivedAt: 5, releaseAt: 9 }), 9);
  assert.equal(startOf({ receivedAt: 5, releaseAt: 2 }), 5);
});

test('the next try counts from the end of the attempt, keeps the committed jitter, and the last falls on give_up', () => {
  const fresh = { start: 0, attempts: 1, committed: 65_000 };
  assert.equal(nextTry(SETTINGS, fresh, 2_000), 65_000, 'a quick attempt: what the claim wrote down');
  assert.equal(nextTry(SETTINGS, fresh, 90_000), 150_000, 'an attempt longer than its wait');
  assert.equal(nextTry(SETTINGS, { ...fresh, attempts: 9 }, HOUR), 5 * HOUR, 'the last wait repeats');
  const old = { start: 0, attempts: 3, committed: 122 * HOUR };
  assert.equal(nextTry(SETTINGS, old, 119 * HOUR), 120 * HOUR);
  assert.equal(nextTry(SETTINGS, old, 121 * HOUR), 125 * HOUR, 'never in the past');
});
