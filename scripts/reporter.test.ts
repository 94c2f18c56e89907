import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Event, Results } from './reporter.ts';

const file = join(process.cwd(), 'src/a.test.ts');
const start = (name: string, nesting = 0): Event => ({ type: 'test:start', data: { name, nesting, file } });
const pass = (name: string, nesting = 0, more: Partial<Event['data']> = {}): Event => ({
  type: 'test:pass',
  data: { name, nesting, file, ...more },
});
const fail = (name: string, nesting: number, failureType: string): Event => ({
  type: 'test:fail',
  data: { name, nesting, file, details: { error: { failureType } } },
});

function results(...events: readonly Event[]): readonly string[] {
  const all = new Results();
  for (const event of events) all.add(event);
  return all.list.map((one) => `${one.outcome} ${one.file} ${one.title}`);
}

test('results carry the titles around them', () => {
  assert.deepEqual(
    results(start('outer'), start('inner', 1), pass('inner', 1), pass('outer'), start('next'), pass('next')),
    ['passed src/a.test.ts outer > inner', 'passed src/a.test.ts outer', 'passed src/a.test.ts next'],
  );
});

test('a suite is no test, but a suite that was skipped is a skip', () => {
  const suite = { details: { type: 'suite' } };
  assert.deepEqual(results(start('s'), pass('s', 0, suite)), []);
  assert.deepEqual(results(start('s'), pass('s', 0, { ...suite, skip: true })), ['skipped src/a.test.ts s']);
});

test('a test that failed only through its subtests is not counted twice', () => {
  assert.deepEqual(
    results(start('o'), start('i', 1), fail('i', 1, 'testCodeFailure'), fail('o', 0, 'subtestsFailed')),
    ['failed src/a.test.ts o > i'],
  );
});

test('a cancelled test failed; one that was skipped, even without a reason, or is still to do, was skipped', () => {
  assert.deepEqual(results(start('a'), fail('a', 0, 'cancelledByParent')), ['failed src/a.test.ts a']);
  assert.deepEqual(results(start('a'), pass('a', 0, { skip: '' })), ['skipped src/a.test.ts a']);
  assert.deepEqual(results(start('a'), pass('a', 0, { todo: 'later' })), ['skipped src/a.test.ts a']);
});

test('a file without a test failed', () => {
  assert.deepEqual(results(start('src/a.test.ts'), pass('src/a.test.ts')), ['failed src/a.test.ts src/a.test.ts']);
});
