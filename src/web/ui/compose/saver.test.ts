import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Saver } from './saver.ts';
import type { SaveState } from './saver.ts';

/** A clock in the test's hands, and saves that end when it says. */
function bench() {
  let now = 0;
  const timers: { at: number; fn: () => void }[] = [];
  const pending: { version: string; done: () => void; fail: (why: string) => void }[] = [];
  const saved: string[] = [];
  const states: SaveState[] = [];
  const saver = new Saver<string>({
    now: () => now,
    after: (ms, fn) => {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return () => {
        timers.splice(0, timers.length, ...timers.filter((one) => one !== timer));
      };
    },
    onState: (state) => states.push(state),
    save: (version) =>
      new Promise<void>((resolve, reject) => {
        pending.push({
          version,
          done: () => {
            saved.push(version);
            resolve();
          },
          fail: (why) => {
            reject(new Error(why));
          },
        });
      }),
  });
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 10; n++) await Promise.resolve();
  };
  const advance = async (ms: number): Promise<void> => {
    now += ms;
    for (const timer of timers.filter((one) => one.at <= now)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.fn();
    }
    await settle();
  };
  return { saver, pending, saved, states, advance, settle };
}

test('a second after the last key it is saved, once', async () => {
  const { saver, pending, saved, states, advance, settle } = bench();
  saver.change('a');
  await advance(900);
  saver.change('ab');
  await advance(900);
  assert.equal(pending.length, 0);
  await advance(100);
  assert.equal(pending[0]?.version, 'ab');
  pending[0]?.done();
  await settle();
  assert.deepEqual(saved, ['ab']);
  assert.deepEqual(states.at(-1), { kind: 'saved', at: 1_900 });
  assert.ok(saver.isSaved);
});

test('who never pauses is saved every five seconds', async () => {
  const { saver, pending, advance } = bench();
  for (let n = 0; n < 12 && pending.length === 0; n++) {
    saver.change(`v${n}`);
    await advance(500);
  }
  assert.equal(pending.length, 1);
});

test('what is typed while a save is under way is saved after it', async () => {
  const { saver, pending, saved, advance, settle } = bench();
  saver.change('a');
  await advance(1_000);
  saver.change('ab');
  assert.equal(pending.length, 1);
  pending[0]?.done();
  await settle();
  assert.ok(!saver.isSaved);
  await advance(1_000);
  pending[1]?.done();
  await settle();
  assert.deepEqual(saved, ['a', 'ab']);
});

test('a save that fails is said and tried again, with what was typed last', async () => {
  const { saver, pending, saved, states, advance, settle } = bench();
  saver.change('a');
  await advance(1_000);
  pending[0]?.fail('no line');
  await settle();
  assert.deepEqual(states.at(-1), { kind: 'failed', why: 'no line', nextAt: 3_000, isRefused: false });
  saver.change('ab');
  await advance(2_000);
  assert.equal(pending[1]?.version, 'ab');
  pending[1]?.done();
  await settle();
  assert.deepEqual(saved, ['ab']);
});

test('flush saves at once and says why it could not', async () => {
  const { saver, pending, saved, settle } = bench();
  saver.change('a');
  const flushed = saver.flush();
  await settle();
  pending[0]?.done();
  await flushed;
  assert.deepEqual(saved, ['a']);
  saver.change('b');
  const failed = assert.rejects(saver.flush(), /no line/u);
  await settle();
  pending[1]?.fail('no line');
  await failed;
});

test('after stop nothing is saved', async () => {
  const { saver, pending, advance } = bench();
  saver.change('a');
  await saver.stop();
  saver.change('b');
  await advance(100_000);
  assert.equal(pending.length, 0);
});

test('whatever happens in whatever order, the last version is saved in the end', async () => {
  const step = fc.oneof(
    fc.constant('type' as const),
    fc.constant('done' as const),
    fc.constant('fail' as const),
    fc.constant('wait' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { saver, pending, saved, advance, settle } = bench();
      let typed = 0;
      let ended = 0;
      for (const one of steps) {
        if (one === 'type') saver.change(String(++typed));
        else if (one === 'wait') await advance(700);
        else if (ended < pending.length) pending[ended++]?.[one === 'done' ? 'done' : 'fail']('no line');
        await settle();
      }
      for (let n = 0; n < 40 && !saver.isSaved; n++) {
        await advance(60_000);
        while (ended < pending.length) pending[ended++]?.done();
        await settle();
      }
      assert.ok(saver.isSaved);
      if (typed > 0) assert.equal(saved.at(-1), String(typed));
    }),
    { numRuns: 200 },
  );
});
