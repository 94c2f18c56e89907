import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog, thisProcess } from '../base/index.ts';
import { FakeClock } from '../base/testing.ts';
import { temporaryStore } from '../store/testing.ts';
import type { Core } from './core.ts';
import { openLease } from './lease.ts';

test('all who ask at once hear that it is theirs; another process asks again only after a while', async (t) => {
  const [store, clock] = [await temporaryStore(t), new FakeClock()];
  const core = { store, clock, process: thisProcess(), log: silentLog } as unknown as Core;
  const [ours, others] = [openLease(core, 'push'), openLease(core, 'push')];
  assert.deepEqual(await Promise.all([ours.take(), ours.take(), ours.take()]), [true, true, true]);
  assert.deepEqual(await Promise.all([others.take(), others.take()]), [false, false]);
  await ours.drop();
  assert.equal(await others.take(), false, 'it was asked just now');
  await clock.advance(10_000);
  assert.equal(await others.take(), true);
});
