import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Command, run } from './command.ts';

const node = (script: string, more: Partial<Command> = {}): Command => ({
  command: process.execPath,
  args: ['-e', script],
  deadline: 30,
  ...more,
});
const silent = (): void => {};

test('output is shown and kept; a good end has no failure', async () => {
  let shown = '';
  const ended = await run(node('process.stdout.write("hello " + process.env.WHO)', { env: { WHO: 'you' } }), (text) => {
    shown += text;
  });
  assert.deepEqual(ended, { failure: undefined, output: 'hello you' });
  assert.equal(shown, 'hello you');
});

test('neither the outer test run nor the settings of a person reach the command', async (t) => {
  process.env['POSTHORN_STATE'] = '/somewhere';
  t.after(() => delete process.env['POSTHORN_STATE']);
  const script =
    'console.log(process.env.POSTHORN_STATE, process.env.NODE_TEST_CONTEXT, process.env.PATH.split(":")[0])';
  assert.match((await run(node(script), silent)).output, /^undefined undefined .*\/node_modules\/\.bin\n$/);
});

test('an exit code, a signal and a missing program are failures with a sentence', async () => {
  assert.equal((await run(node('process.exit(3)'), silent)).failure, 'it ended with exit code 3');
  assert.equal((await run(node('process.kill(process.pid, "SIGKILL")'), silent)).failure, 'it was ended by SIGKILL');
  const missing = await run({ command: '/nonexistent/program', args: [], deadline: 30 }, silent);
  assert.match(missing.failure ?? '', /could not be run/);
});

test('what runs longer than its deadline is killed, with its children, and that is said', async () => {
  const child = `require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" })`;
  const script = `const child = ${child}; console.log(child.pid); process.on("SIGINT", () => process.exit(0));`;
  const ended = await run(node(script, { deadline: 1 }), silent);
  assert.equal(ended.failure, 'it ran longer than 1 s and was killed');
  assert.ok(await isGone(Number(ended.output)));
});

/** A killed process is seen for a moment more, until its parent (or init) has taken notice. */
async function isGone(pid: number): Promise<boolean> {
  for (let round = 0; round < 100; round++) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
