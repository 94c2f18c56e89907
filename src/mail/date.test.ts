import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDate } from './date.ts';

test('[5322-3.3-date] dates are written as mail writes them, in UTC', () => {
  assert.equal(formatDate(Date.UTC(2026, 10, 23, 15, 0, 0)), 'Mon, 23 Nov 2026 15:00:00 +0000');
  assert.equal(formatDate(0), 'Thu, 01 Jan 1970 00:00:00 +0000');
  assert.equal(formatDate(Date.UTC(2028, 1, 29, 23, 59, 59, 999)), 'Tue, 29 Feb 2028 23:59:59 +0000');
});

test('a date reads back as the same second', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e9 }),
      (seconds) => Date.parse(formatDate(seconds * 1000)) === seconds * 1000,
    ),
  );
});
