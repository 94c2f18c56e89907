import assert from 'node:assert/strict';
import test from 'node:test';
import { atHour, nextMonday, toLocalField } from './times.ts';

test('tomorrow is a day, not 24 hours', () => {
  assert.deepEqual(atHour(new Date(2026, 10, 30, 23, 59), 1, 8), new Date(2026, 11, 1, 8, 0));
});

test('on a Monday the next one is meant', () => {
  assert.deepEqual(nextMonday(new Date(2026, 10, 26, 9), 8), new Date(2026, 10, 30, 8));
  assert.deepEqual(nextMonday(new Date(2026, 10, 30, 7), 8), new Date(2026, 11, 7, 8));
  assert.deepEqual(nextMonday(new Date(2026, 10, 29, 7), 8), new Date(2026, 10, 30, 8));
});

test('a field has the time as people read it', () => {
  assert.equal(toLocalField(new Date(2026, 0, 2, 3, 4)), '2026-01-02T03:04');
});
