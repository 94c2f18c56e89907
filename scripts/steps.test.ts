import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pickSteps, runSteps, type Step, timeTable } from './steps.ts';

const ran: string[] = [];
const step = (name: string, failure?: string): Step => ({
  name,
  run: async () => {
    ran.push(name);
    return failure;
  },
});

test('steps run in order and stop at the first that fails', async () => {
  const said: string[] = [];
  const done = await runSteps([step('a'), step('b', 'it is red'), step('c')], (line) => said.push(line));
  assert.deepEqual(ran, ['a', 'b']);
  assert.deepEqual(
    done.map(({ name, failure }) => [name, failure]),
    [
      ['a', undefined],
      ['b', 'it is red'],
    ],
  );
  assert.match(said.join('\n'), /── a: passed \([\d.]+ s\)[^]*── b: FAILED: it is red \([\d.]+ s\)$/);
});

test('--only picks steps in their own order', () => {
  const steps = ['types', 'lint', 'unit'].map((name) => step(name));
  const names = (args: readonly string[]): unknown => {
    const picked = pickSteps(steps, args);
    return typeof picked === 'string' ? picked : picked.map(({ name }) => name);
  };
  assert.deepEqual(names([]), ['types', 'lint', 'unit']);
  assert.deepEqual(names(['--only', 'unit,types']), ['types', 'unit']);
  assert.deepEqual(names(['--only=lint']), ['lint']);
  assert.match(String(names(['--only', 'tpyes'])), /no step named "tpyes".*types, lint, unit/);
  for (const bad of [['--only'], ['--onyl', 'a'], ['--only', 'lint', 'unit']]) {
    assert.match(String(names(bad)), /is not understood\. Use: npm test/);
  }
});

test('the table of times has a line for each step and their sum', () => {
  const table = timeTable([
    { name: 'types', took: 1000, failure: undefined },
    { name: 'unit', took: 61_250, failure: undefined },
  ]);
  assert.equal(table, '   types       1.0 s\n   unit       61.3 s\n   together   62.3 s');
});
