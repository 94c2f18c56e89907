import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countSelected, EVERYTHING, isSelected, NOTHING, set, toggle, without } from './selection.ts';

test('selection: some rows', () => {
  const two = set(NOTHING, ['a', 'b'], true);
  assert.deepEqual([isSelected(two, 'a'), isSelected(two, 'c'), countSelected(two, 100)], [true, false, 2]);
  assert.equal(countSelected(toggle(two, 'a'), 100), 1);
  assert.equal(countSelected(without(two, ['b', 'x']), 100), 1);
});

test('selection: everything but some, loaded or not', () => {
  const most = toggle(EVERYTHING, 'a');
  assert.deepEqual(
    [isSelected(most, 'a'), isSelected(most, 'never loaded'), countSelected(most, 5_000)],
    [false, true, 4_999],
  );
  assert.equal(countSelected(toggle(most, 'a'), 5_000), 5_000);
  assert.equal(countSelected(without(most, ['a']), 4_999), 4_999);
});
