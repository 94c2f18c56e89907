import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longDate, shortDate } from './dates.ts';

const at = (...parts: readonly [number, number, number, number?, number?]): number => {
  const [year, month, day, hour = 12, minute = 0] = parts;
  return new Date(year, month - 1, day, hour, minute).getTime();
};
const NOW = at(2026, 10, 7, 0, 30);
const short = (time: number): string => shortDate(time, NOW, { yesterday: 'Yesterday' });

test('dates: near ones by the clock, farther ones by the calendar', () => {
  assert.match(short(at(2026, 10, 7, 0, 4)), /12:04|0?0:04/);
  assert.equal(short(at(2026, 10, 6, 23, 59)), 'Yesterday');
  assert.equal(short(at(2026, 10, 5)), 'Mon');
  assert.equal(short(at(2026, 10, 1)), 'Thu');
  assert.match(short(at(2026, 9, 30)), /30 Sept?|Sep 30/);
  assert.match(short(at(2025, 12, 31)), /2025/);
});

test('dates: a clock that is ahead is told as it is, and no date as nothing', () => {
  assert.match(short(at(2026, 12, 24)), /24 Dec|Dec 24/);
  assert.equal(short(Number.NaN), '');
  assert.equal(longDate(Number.NaN), '');
});
