import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '../base/testing.ts';
import { GATHER, Rest } from './rest.ts';

/** A rest, and whether one under way has ended. */
function world(): { readonly clock: FakeClock; readonly rest: Rest; readonly begin: (ms?: number) => () => boolean } {
  const clock = new FakeClock();
  const rest = new Rest(clock);
  return {
    clock,
    rest,
    begin(ms) {
      let ended = false;
      void rest.for(ms).then(() => {
        ended = true;
      });
      return () => ended;
    },
  };
}

test('a rest ends at its time, at a change, or when there is room', async () => {
  const { clock, rest, begin } = world();
  const timed = begin(100);
  await clock.advance(99);
  assert.equal(timed(), false);
  await clock.advance(1);
  assert.equal(timed(), true);
  for (const end of [() => rest.stir(), () => rest.rouse()]) {
    const ended = begin();
    await clock.advance(1_000_000);
    assert.equal(ended(), false);
    end();
    await settle();
    assert.equal(ended(), true);
  }
  assert.equal(clock.pending, 0);
});

test('what changed during a look is gathered; room ends the gathering', async () => {
  const { clock, rest, begin } = world();
  rest.stir();
  const gathering = begin();
  rest.stir();
  await clock.advance(GATHER - 1);
  assert.equal(gathering(), false);
  await clock.advance(1);
  assert.equal(gathering(), true);
  rest.stir();
  const cut = begin();
  rest.rouse();
  await settle();
  assert.equal(cut(), true);
  const next = begin();
  await settle();
  assert.equal(next(), false, 'what was said before is forgotten');
  rest.stop();
  await settle();
  assert.equal(next(), true);
});

test('room that came during a look, and the end, leave no time to rest', async () => {
  const { rest, begin, clock } = world();
  rest.rouse();
  const roused = begin();
  await settle();
  assert.equal(roused(), true);
  rest.stop();
  const stopped = begin(5);
  await settle();
  assert.equal(stopped(), true);
  assert.equal(clock.pending, 0);
});
