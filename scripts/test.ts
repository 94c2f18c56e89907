/**
 * `npm test`: every check this tree has, in one list. The quick ones come first; the runs of tests
 * come last, so that their closing lines stand at the end of the output.
 *
 *   npm test -- --only types,unit     only these steps
 *   npm run soak                      the same with the large numbers (SOAK=1)
 *   CI=true                           a skipped test is a failure
 */
import { globSync, rmSync } from 'node:fs';
import { ROOT, run, stopRunning } from './command.ts';
import type { TestResult } from './reporter.ts';
import { readRuleBook } from './rfc.ts';
import { checkRules } from './rules.ts';
import { count, RUNS, runTests, thisMode } from './runs.ts';
import { pickSteps, runSteps, type Step, timeTable } from './steps.ts';

const mode = thisMode();
const results = new Map<string, readonly TestResult[]>();

/** A tool of node_modules, or a script of ours. */
function tool(name: string, command: string, args: readonly string[], deadline = 120): Step {
  return { name, run: async () => (await run({ command, args, deadline })).failure };
}

/** The program, and what runs in a browser: that has other globals, and settings of its own. */
const types: Step = {
  name: 'types',
  async run() {
    for (const project of ['.', 'src/web/ui', 'test/browser']) {
      const { failure } = await run({ command: 'tsc', args: ['-p', project], deadline: 120 });
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
};

/** The linter succeeds when it looked at nothing, so the number of files in its last line is compared with ours. */
const lint: Step = {
  name: 'lint',
  async run() {
    const { failure, output } = await run({ command: 'oxlint', args: [], deadline: 120 });
    const seen = Number(/ on (\d+) files? with /.exec(output)?.[1] ?? 0);
    const ours = globSync('{src,test,scripts,bench}/**/*.{ts,tsx}', { cwd: ROOT }).length;
    return failure ?? (seen < ours ? `it looked at ${seen} files, and there are ${ours}` : undefined);
  },
};

const rules: Step = {
  name: 'rules',
  async run() {
    const { problems, open, shown } = checkRules(readRuleBook(ROOT), results);
    for (const line of [...problems, ...open]) say(line);
    say(`${shown} rules were shown, ${open.length} could not be, ${problems.length} were not`);
    if (problems.length > 0) return `${problems.length} rules that docs/rfc/ calls kept were shown by no test`;
    return mode.ci && open.length > 0 ? 'in CI every rule must be shown' : undefined;
  },
};

const STEPS: readonly Step[] = [
  types,
  lint,
  tool('format', 'oxfmt', ['--check']),
  tool('imports', 'node', ['scripts/import-law.ts']),
  tool('dead-code', 'knip', ['--no-progress', '--no-config-hints']),
  tool('docs', 'node', ['scripts/docs.ts', '--check']),
  tool('install-peers', 'node', ['scripts/peers.ts'], 600),
  ...RUNS.map((one) => ({
    name: one.name,
    async run() {
      const outcome = await runTests(one, mode, run, say);
      results.set(one.name, outcome.results);
      return outcome.failure;
    },
  })),
  rules,
];

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopRunning();
    say(`\nstopped by ${signal}`);
    process.exit(1);
  });
}

const picked = pickSteps(STEPS, process.argv.slice(2));
if (typeof picked === 'string') {
  process.stderr.write(`${picked}\n`);
  process.exit(2);
}
rmSync(mode.results, { recursive: true, force: true });
const ran = await runSteps(picked, say);
const sum = count([...results.values()].flat());
const failure = ran.find((step) => step.failure !== undefined);
say(`\n${timeTable(ran)}`);
if (failure !== undefined) say(`\n${failure.name} FAILED: ${failure.failure}`);
say(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(failure === undefined ? 0 : 1);
