import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { sleep, systemClock } from './clock.ts';
import { FakeClock } from './fake-clock.ts';

test('the system clock tells the epoch, and ticks that never go back', () => {
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1000);
  const first = systemClock.ticks();
  assert.ok(systemClock.ticks() >= first);
});

test('a timer fires once, and not when it was cancelled', async () => {
  let fired = 0;
  const cancel = systemClock.after(0, () => {
    fired += 1;
  });
  cancel();
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.after(1, resolve);
  });
  assert.equal(fired, 0);
});

test('a wait longer than a Node timer holds is neither cut short nor fired at once', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => {
    mock.timers.reset();
  });
  const days30 = 30 * 86_400_000;
  let fired = 0;
  systemClock.after(days30, () => {
    fired += 1;
  });
  mock.timers.tick(2_147_483_647);
  assert.equal(fired, 0);
  mock.timers.tick(days30 - 2_147_483_647);
  assert.equal(fired, 1);
  const cancel = systemClock.after(days30, () => {
    fired += 1;
  });
  mock.timers.tick(2_147_483_647);
  cancel();
  mock.timers.tick(days30);
  assert.equal(fired, 1);
});

test('sleep ends with its time, or with the signal, and leaves no timer', async () => {
  const clock = new FakeClock();
  let awake = false;
  const sleeping = sleep(clock, 1000).then(() => {
    awake = true;
  });
  await clock.advance(999);
  assert.equal(awake, false);
  await clock.advance(1);
  await sleeping;

  const controller = new AbortController();
  const broken = assert.rejects(sleep(clock, 1000, controller.signal), /enough/);
  controller.abort(new Error('enough'));
  await broken;
  assert.equal(clock.pending, 0);
  await assert.rejects(sleep(clock, 1000, controller.signal), /enough/);
  assert.equal(clock.pending, 0);
});
