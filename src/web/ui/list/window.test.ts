import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scrollFor, windowOf } from './window.ts';

const VIEW = { height: 800, row: 56 };

test('window: what is seen, and a few rows around it', () => {
  assert.deepEqual(windowOf({ ...VIEW, scrollTop: 0, count: 3 }), { first: 0, last: 2, offset: 0, tall: 168 });
  assert.deepEqual(windowOf({ ...VIEW, scrollTop: 5_600, count: 1_000 }), {
    first: 92,
    last: 123,
    offset: 5_152,
    tall: 56_000,
  });
  assert.equal(windowOf({ ...VIEW, scrollTop: 0, count: 0 }).last, -1);
});

test('window: never more than 80 rows, however high the window and flat the rows', () => {
  const { first, last } = windowOf({ scrollTop: 100_000, height: 4_000, row: 32, count: 100_000 });
  assert.ok(last - first + 1 <= 80, `${last - first + 1}`);
});

test('window: a million rows, from the first to the last', () => {
  const count = 1_000_000;
  const { tall } = windowOf({ ...VIEW, scrollTop: 0, count });
  assert.equal(tall, 15_000_000);
  const end = windowOf({ ...VIEW, scrollTop: tall - 800, count });
  assert.equal(end.last, count - 1);
  // The last row ends where what is scrolled ends.
  assert.ok(Math.abs(end.offset + (end.last - end.first + 1) * 56 - tall) < 1);
});

test('window: any row can be scrolled to, in a short list and in one of a million', () => {
  for (const count of [100, 1_000, 1_000_000]) {
    for (const index of [0, 7, Math.floor(count / 3), count - 1]) {
      const view = { ...VIEW, scrollTop: 30, count };
      const scrollTop = scrollFor(index, view) ?? 30;
      const { first, last, offset } = windowOf({ ...view, scrollTop });
      assert.ok(first <= index && index <= last, `${index} of ${count}`);
      const top = offset + (index - first) * 56;
      assert.ok(top > scrollTop - 1 && top + 56 < scrollTop + 801, `${index} of ${count} is at ${top - scrollTop}`);
    }
  }
  assert.equal(scrollFor(3, { ...VIEW, scrollTop: 0, count: 100 }), undefined);
});
