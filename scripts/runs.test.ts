import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { run } from './command.ts';
import { count, type Mode, runOf, RUNS, runTests, type TestRun } from './runs.ts';
import { makeTree } from './trees.ts';

const JOURNEYS: TestRun = { name: 'journeys', globs: ['test/journeys/**/*.test.ts'], deadline: 60, env: {} };

interface Told {
  readonly failure: string | undefined;
  readonly sum: string;
  readonly said: string;
}

/** Runs a made-up folder of tests for real. */
async function runTree(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  mode: Partial<Mode> = {},
): Promise<Told> {
  const cwd = makeTree(t, files);
  let said = '';
  const whole: Mode = { ci: false, soak: false, results: join(cwd, 'results'), cwd, ...mode };
  const { failure, results } = await runTests(
    JOURNEYS,
    whole,
    (command) => run(command, (text) => (said += text)),
    (line) => (said += line),
  );
  const { passed, failed, skipped } = count(results);
  return { failure, sum: `${passed} ${failed} ${skipped}`, said };
}

const passing = `import { test } from 'node:test'; test('good', () => {});`;
const failing = `import { test } from 'node:test'; test('bad', () => { throw new Error('no'); });`;
const skipping = `import { test } from 'node:test'; test('mute', (t) => t.skip('no swaks here'));`;

test('a passing run is counted, and the spec lines are shown', async (t) => {
  const told = await runTree(t, { 'test/journeys/a.test.ts': passing, 'test/journeys/deep/b.test.ts': passing });
  assert.deepEqual([told.failure, told.sum], [undefined, '2 0 0']);
  assert.match(told.said, /✔ good[^]*ℹ pass 2/);
});

test('a failed test, a file that throws and a file without tests fail the run', async (t) => {
  const told = await runTree(t, {
    'test/journeys/a.test.ts': failing,
    'test/journeys/b.test.ts': `throw new Error('at once');`,
    'test/journeys/c.test.ts': passing,
  });
  assert.deepEqual([told.failure, told.sum], ['it ended with exit code 1', '1 2 0']);
  const empty = await runTree(t, { 'test/journeys/a.test.ts': `export const a = 1;` });
  assert.deepEqual([empty.failure, empty.sum], ['1 failed', '0 1 0']);
});

test('the fuzz run tries the same inputs each time, and others when it soaks', async (t) => {
  const fuzz = RUNS.find(({ name }) => name === 'fuzz');
  assert.ok(fuzz !== undefined);
  const cwd = makeTree(t, {
    'src/a.fuzz.ts': `import { test } from 'node:test'; import fc from '${import.meta.resolve('fast-check')}';
      test('t', () => console.log('seed:' + fc.readConfigureGlobal().seed + '.'));`,
  });
  const seeds: string[] = [];
  for (const soak of [false, false, true])
    await runTests(
      fuzz,
      { ci: false, soak, results: join(cwd, 'results'), cwd },
      (command) => run(command, (text) => seeds.push(...(/seed:\w+/.exec(text) ?? []))),
      () => undefined,
    );
  assert.equal(seeds[0], seeds[1]);
  assert.match(seeds.join(' '), /^seed:\d+ seed:\d+ seed:undefined$/);
});

test('a skip is told, and in CI it is a failure', async (t) => {
  const files = { 'test/journeys/a.test.ts': skipping, 'test/journeys/b.test.ts': passing };
  const here = await runTree(t, files);
  assert.deepEqual([here.failure, here.sum], [undefined, '1 0 1']);
  assert.match((await runTree(t, files, { ci: true })).failure ?? '', /skipped in CI, .*: mute/);
});

test('a folder that does not exist yet is told, and in CI it is a failure; an empty one always is', async (t) => {
  const here = await runTree(t, {});
  assert.deepEqual([here.failure, here.said], [undefined, 'no tests yet: test/journeys does not exist']);
  assert.match((await runTree(t, {}, { ci: true })).failure ?? '', /does not exist/);
  const cwd = makeTree(t, {});
  mkdirSync(join(cwd, 'test/journeys'), { recursive: true });
  assert.match((await runTree(t, {}, { cwd })).failure ?? '', /no test file matches .*, though test\/journeys exists/);
});

test('a test that leaks a socket is ended by the deadline', async (t) => {
  const leak = `import { test } from 'node:test'; import net from 'node:net'; test('before', () => {}); test('leak', () => { net.createServer().listen(0, '127.0.0.1'); });`;
  const cwd = makeTree(t, { 'test/journeys/a.test.ts': leak });
  const mode: Mode = { ci: false, soak: false, results: join(cwd, 'results'), cwd };
  const quiet = (): void => {};
  const { failure, results } = await runTests(
    { ...JOURNEYS, deadline: 2 },
    mode,
    (command) => run(command, quiet),
    quiet,
  );
  assert.equal(failure, 'it ran longer than 2 s and was killed');
  assert.deepEqual(
    results.map(({ title }) => title),
    ['before', 'leak'],
  );
});

test('numbers for the tests come from the mode, deadlines grow with soaking', async (t) => {
  const one: TestRun = { ...JOURNEYS, env: { SOME_ROUNDS: ['5', '50'] } };
  const cwd = makeTree(t, { 'test/journeys/a.test.ts': passing });
  const asked: unknown[] = [];
  for (const soak of [false, true]) {
    await runTests(
      one,
      { ci: false, soak, results: join(cwd, 'results'), cwd },
      async (command) => {
        asked.push([command.env?.['SOME_ROUNDS'], command.deadline]);
        return { failure: undefined, output: '' };
      },
      () => {},
    );
  }
  assert.deepEqual(asked, [
    ['5', 60],
    ['50', 600],
  ]);
});

test('every kind of test file belongs to one run', () => {
  assert.deepEqual(
    ['src/mail/a.test.ts', 'src/smtp/server/transcripts/a.txt', 'src/mail/a.fuzz.ts', 'test/crash/a.test.ts'].map(
      runOf,
    ),
    ['unit', 'unit', 'fuzz', 'crashes'],
  );
  assert.deepEqual(['test/peers/a.test.ts', 'test/journeys/b/a.test.ts', 'test/other/a.test.ts'].map(runOf), [
    'peers',
    'journeys',
    undefined,
  ]);
  assert.equal(new Set(RUNS.map(({ name }) => name)).size, RUNS.length);
});
