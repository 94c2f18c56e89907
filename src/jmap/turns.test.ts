import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

interface Step {
  readonly name: string;
  begun: boolean;
  end(failure?: Error): Promise<void>;
}

/** Work that ends when the test says so. */
function step(turns: Turns, name: string, alone: boolean, account = 'a'): Step {
  const gate = Promise.withResolvers<undefined>();
  const one: Step = {
    name,
    begun: false,
    async end(failure) {
      if (failure === undefined) gate.resolve(undefined);
      else gate.reject(failure);
      await settled();
    },
  };
  turns
    .take(account, alone, () => {
      one.begun = true;
      return gate.promise;
    })
    .catch(() => undefined);
  return one;
}

async function settled(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}

const begun = (steps: readonly Step[]): string => steps.map(({ name, begun: has }) => (has ? name : '-')).join('');

test('one that is alone waits for all before it, and all behind it wait for its end, even a bad one [8620-5.3-alone]', async () => {
  const turns = new Turns();
  const steps = [step(turns, 'a', false), step(turns, 'b', false), step(turns, 'c', true), step(turns, 'd', false)];
  const [a, b, c] = steps as [Step, Step, Step];
  await settled();
  assert.equal(begun(steps), 'ab--');
  await a.end();
  assert.equal(begun(steps), 'ab--');
  await b.end(new Error('bad'));
  assert.equal(begun(steps), 'abc-');
  await c.end(new Error('bad'));
  assert.equal(begun(steps), 'abcd');
});

test('accounts do not wait for each other, and the one who asked is told of the failure', async () => {
  const turns = new Turns();
  const steps = [step(turns, 'a', true), step(turns, 'b', true, 'other')];
  await settled();
  assert.equal(begun(steps), 'ab');
  await assert.rejects(
    turns.take('third', false, () => Promise.reject(new Error('bad'))),
    /bad/,
  );
  assert.equal(await turns.take('third', true, () => Promise.resolve(1)), 1);
});
