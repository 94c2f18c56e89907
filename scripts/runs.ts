/** The node:test runs: which files each takes, how long it may take, and what makes it fail beside a failed test. */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, type Ended, ROOT } from './command.ts';
import type { TestResult } from './reporter.ts';

export interface TestRun {
  readonly name: string;
  readonly globs: readonly string[];
  /** Seconds, well above what a busy machine needs: it is for a test that hangs. Ten times that when soaking. */
  readonly deadline: number;
  /** Numbers that tests read: small in `npm test`, large in `npm run soak`. */
  readonly env: Readonly<Record<string, readonly [test: string, soak: string]>>;
  /** Loaded before each file. */
  readonly before?: string;
}

export const RUNS: readonly TestRun[] = [
  { name: 'unit', globs: ['src/**/*.test.ts', 'scripts/**/*.test.ts'], deadline: 900, env: {} },
  {
    name: 'fuzz',
    globs: ['src/**/*.fuzz.ts'],
    deadline: 300,
    env: { FUZZ_RUNS: ['4000', '50000'], FUZZ_SEED: ['8231', ''] },
    before: join(import.meta.dirname, 'fuzz-seed.ts'),
  },
  { name: 'world', globs: ['test/world/**/*.test.ts'], deadline: 300, env: {} },
  {
    name: 'crashes',
    globs: ['test/crash/**/*.test.ts'],
    deadline: 900,
    env: { KILL_ROUNDS: ['5', '50'], COLLECT_ROUNDS: ['20', '200'] },
  },
  { name: 'peers', globs: ['test/peers/**/*.test.ts'], deadline: 900, env: {} },
  { name: 'journeys', globs: ['test/journeys/**/*.test.ts'], deadline: 900, env: {} },
  { name: 'browser', globs: ['test/browser/**/*.test.ts'], deadline: 900, env: {} },
];

export interface Mode {
  readonly ci: boolean;
  readonly soak: boolean;
  /** Where the results of the runs go. */
  readonly results: string;
  readonly cwd: string;
}

export function thisMode(): Mode {
  const env = process.env;
  return { ci: isYes(env['CI']), soak: isYes(env['SOAK']), results: join(ROOT, '.cache/test-results'), cwd: ROOT };
}

const isYes = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value);

/** What one run came to. */
export interface RunOutcome {
  readonly failure: string | undefined;
  readonly results: readonly TestResult[];
}

/** Runs it, unless its folder doesn't exist: then that is said, and in CI it is a failure. */
export async function runTests(
  run: TestRun,
  mode: Mode,
  execute: (command: Command) => Promise<Ended>,
  say: (line: string) => void,
): Promise<RunOutcome> {
  const nothing = await withoutFiles(run, mode);
  if (nothing !== undefined) {
    if (nothing.kind === 'later' && !mode.ci) say(nothing.why);
    return { failure: nothing.kind === 'later' && !mode.ci ? undefined : nothing.why, results: [] };
  }
  const path = join(mode.results, `${run.name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const ended = await execute(commandOf(run, mode, path));
  const results = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as TestResult[]) : [];
  return { failure: ended.failure ?? judge(results, mode), results };
}

function commandOf(run: TestRun, mode: Mode, path: string): Command {
  const reporter = join(import.meta.dirname, 'reporter.ts');
  const env = Object.fromEntries(
    Object.entries(run.env).map(([name, numbers]) => [name, process.env[name] ?? numbers[mode.soak ? 1 : 0]]),
  );
  return {
    command: process.execPath,
    args: [
      ...(run.before === undefined ? [] : ['--import', pathToFileURL(run.before).href]),
      '--test',
      '--test-concurrency=2',
      `--test-reporter=${reporter}`,
      '--test-reporter-destination=stdout',
      ...run.globs,
    ],
    // Each store that a test opens starts two threads, which would compile the same files again: 85 ms instead of 200.
    env: { ...env, TEST_RESULTS: path, NODE_COMPILE_CACHE: join(ROOT, '.cache/compiled') },
    deadline: run.deadline * (mode.soak ? 10 : 1),
    cwd: mode.cwd,
  };
}

/** Zero matches would let node:test succeed: a folder that isn't there yet is told, one without tests is an error. */
async function withoutFiles(run: TestRun, mode: Mode): Promise<{ kind: 'later' | 'wrong'; why: string } | undefined> {
  if (globSync([...run.globs], { cwd: mode.cwd }).length > 0) return undefined;
  const folders = run.globs.map((glob) => glob.slice(0, glob.indexOf('/**')));
  const wrong = folders.filter((folder) => existsSync(join(mode.cwd, folder)));
  const globs = run.globs.join(' ');
  if (wrong.length > 0)
    return { kind: 'wrong', why: `no test file matches ${globs}, though ${wrong.join(', ')} exists` };
  return { kind: 'later', why: `no tests yet: ${folders.join(', ')} does not exist` };
}

function judge(results: readonly TestResult[], mode: Mode): string | undefined {
  const sum = count(results);
  if (results.length === 0) return 'no test ran';
  if (sum.failed > 0) return `${sum.failed} failed`;
  if (mode.ci && sum.skipped > 0) {
    const titles = results.filter(({ outcome }) => outcome === 'skipped').map(({ title }) => title);
    return `skipped in CI, where every test must run: ${titles.join('; ')}`;
  }
  return undefined;
}

export function count(results: readonly TestResult[]): Readonly<Record<TestResult['outcome'], number>> {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { outcome } of results) sum[outcome]++;
  return sum;
}

/** The run that takes this file; a transcript belongs to the run of its folder's tests. */
export function runOf(file: string): string | undefined {
  const test = file.replace(/\/transcripts\/.*$/, '/transcripts.test.ts');
  return RUNS.find(({ globs }) => globs.some((glob) => matchesGlob(test, glob)))?.name;
}
