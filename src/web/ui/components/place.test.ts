import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeBelow } from './place.ts';

const WINDOW = { width: 1000, height: 600 };
const box = (left: number, top: number) => ({ left, top, right: left + 40, bottom: top + 32 });

test('place: below its button, start edges together', () => {
  assert.deepEqual(placeBelow(box(100, 50), { width: 200, height: 100 }, WINDOW), { left: 100, top: 86 });
  assert.deepEqual(placeBelow(box(500, 50), { width: 200, height: 100 }, WINDOW, true), { left: 340, top: 86 });
});

test('place: turns to the other side where there is no room, and never leaves the window', () => {
  assert.deepEqual(placeBelow(box(950, 50), { width: 200, height: 100 }, WINDOW), { left: 790, top: 86 });
  assert.deepEqual(placeBelow(box(100, 550), { width: 200, height: 100 }, WINDOW), { left: 100, top: 446 });
  assert.deepEqual(placeBelow(box(300, 10), { width: 320, height: 700 }, { width: 320, height: 480 }), {
    left: 8,
    top: 8,
  });
});
