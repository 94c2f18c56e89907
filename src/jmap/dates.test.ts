import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatUtcDate, parseUtcDate } from './dates.ts';

test('a UTCDate is whole seconds in UTC', () => {
  assert.equal(formatUtcDate(Date.UTC(2014, 9, 30, 6, 12, 0, 750)), '2014-10-30T06:12:00Z');
  assert.equal(parseUtcDate('2014-10-30T06:12:00Z'), Date.UTC(2014, 9, 30, 6, 12));
  assert.equal(parseUtcDate('2014-10-30T06:12:00.5Z'), Date.UTC(2014, 9, 30, 6, 12, 0, 500));
});

test('what is no UTCDate is none', () => {
  for (const value of [
    '2014-10-30',
    '2014-10-30T06:12:00',
    '2014-10-30T06:12:00+01:00',
    '2014-10-30t06:12:00z',
    '2014-02-31T06:12:00Z',
    '2014-13-01T06:12:00Z',
    '2014-10-30T25:12:00Z',
    '',
    null,
    0,
    [],
  ])
    assert.equal(parseUtcDate(value), undefined, JSON.stringify(value));
});
