import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../base/testing.ts';
import { Line } from './line.ts';
import { Trouble } from './trouble.ts';

test('line: a server that is gone is looked for, less and less often, until it is back', async () => {
  const clock = new FakeClock();
  let looks = 0;
  let isBack = false;
  const line = new Line(clock, () => {
    looks += 1;
    return isBack ? Promise.resolve() : Promise.reject(new Trouble('gone'));
  });
  await assert.rejects(line.watch(Promise.reject(new Trouble('gone'))), { kind: 'gone' });
  assert.equal(line.state.value, 'gone');
  await clock.advance(2_000);
  assert.equal(looks, 1);
  await clock.advance(3_999);
  assert.equal(looks, 1);
  await clock.advance(1);
  assert.equal(looks, 2);
  isBack = true;
  await line.tryNow();
  assert.deepEqual([line.state.value, line.generation.value], ['up', 1]);
  await clock.advance(600_000);
  assert.equal(looks, 3);
});

test('line: a session that has ended is not waited for', async () => {
  const clock = new FakeClock();
  const line = new Line(clock, () => assert.fail('looked'));
  await assert.rejects(line.watch(Promise.reject(new Trouble('ended'))));
  await clock.advance(600_000);
  assert.equal(line.state.value, 'ended');
});

test('line: a refusal is an answer', async () => {
  const line = new Line(new FakeClock(), () => Promise.resolve());
  await assert.rejects(line.watch(Promise.reject(new Trouble('refused', 'no'))), { said: 'no' });
  assert.equal(line.state.value, 'up');
});
