import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../base/testing.ts';
import { watchLine } from './line-watch.ts';

test('another network is told once; none at all, and the same one, are not', async () => {
  const clock = new FakeClock();
  let [network, back] = ['home', 0];
  const end = watchLine(
    clock,
    () => back++,
    () => network,
  );
  await clock.advance(10_000);
  assert.equal(back, 0);
  network = '';
  await clock.advance(10_000);
  assert.equal(back, 0, 'a tunnel is no news');
  network = 'home';
  await clock.advance(10_000);
  assert.equal(back, 1, 'the line is back');
  network = 'train';
  await clock.advance(3_000);
  assert.equal(back, 2);
  end();
  network = 'elsewhere';
  await clock.advance(10_000);
  assert.equal(back, 2);
});
