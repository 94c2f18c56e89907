import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/index.ts';
import { FakeClock, settle } from '../../base/testing.ts';
import type { Store } from '../../store/index.ts';
import { Course } from './course.ts';

test('what was read before the course wrote down what it posted is read again, and nothing is posted twice', async () => {
  const clock = new FakeClock();
  let [posts, looks] = [0, 0];
  const row = { id: 'p', account: 'a', device: 'd', url: 'https://push.test/', code: 'c', told: {}, stage: 'new' } as const; // prettier-ignore
  const standing = { ...row, expiresAt: clock.now() + 60_000, failures: 0, dueAt: 0 };
  const course = new Course(
    {
      store: { write: async () => undefined } as unknown as Store,
      clock,
      log: silentLog,
      types: [],
      push: {
        mayPost: async () => true,
        post: async () => {
          posts++;
          return { kind: 'taken' };
        },
      },
      stopping: new AbortController().signal,
      look: () => looks++,
    },
    standing,
  );
  const before = course.written;
  course.nudge();
  await settle();
  await clock.advance(2_000);
  course.update(standing, before);
  await settle();
  assert.deepEqual([posts, looks], [1, 1]);
  course.update({ ...standing, stage: 'asked' }, course.written);
  await settle();
  assert.deepEqual([posts, looks], [1, 1]);
  await course.end();
});
