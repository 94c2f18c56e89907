import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from './fake-clock.ts';

test('timers fire in the order of their times, and of their making when these are equal', async () => {
  const clock = new FakeClock();
  const order: string[] = [];
  const note = (name: string) => () => void order.push(`${name}@${clock.ticks()}`);
  clock.after(20, note('b'));
  clock.after(10, note('a'));
  clock.after(20, note('c'));
  clock.after(-5, note('now'));
  assert.equal(clock.untilNext, 0);
  await clock.advance(30);
  assert.deepEqual(order, ['now@0', 'a@10', 'b@20', 'c@20']);
  assert.equal(clock.ticks(), 30);
  assert.equal(clock.untilNext, undefined);
});

test('a timer made by a timer fires in the same advance when its time has come', async () => {
  const clock = new FakeClock();
  let fired = 0;
  clock.after(10, () => {
    clock.after(10, () => {
      fired = clock.ticks();
    });
  });
  await clock.advance(25);
  assert.equal(fired, 20);
});

test('a jump moves the wall clock and no timer', async () => {
  const clock = new FakeClock(1000);
  let fired = false;
  clock.after(10, () => {
    fired = true;
  });
  clock.jump(1_000_000);
  await clock.advance(9);
  assert.equal(fired, false);
  assert.equal(clock.now(), 1_001_009);
  clock.jump(-2_000_000);
  await clock.advance(1);
  assert.equal(fired, true);
});

test('a cancelled timer is gone', async () => {
  const clock = new FakeClock();
  const cancel = clock.after(10, () => assert.fail('fired'));
  cancel();
  assert.equal(clock.pending, 0);
  await clock.advance(100);
});
