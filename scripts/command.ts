/**
 * Runs a command with a deadline of our own (a leaked socket keeps a test file alive for ever,
 * whatever node:test's own timeout says). The command gets its own process group, so that nothing
 * it started outlives it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** Seconds. */
  readonly deadline: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Ended {
  /** Why it counts as failed, as a sentence; undefined when it ended well. */
  readonly failure: string | undefined;
  /** What it wrote on stdout, which has also been shown. */
  readonly output: string;
}

/** How long a test run may take to say which tests were still running, before all its processes are killed. */
const LAST_WORDS = 3;

let running: ChildProcess | undefined;

/** Runs the command with our Node and the tools of node_modules first in its PATH. */
export async function run(command: Command, show: (text: string) => void = write): Promise<Ended> {
  const child = spawn(command.command, command.args, {
    cwd: command.cwd ?? ROOT,
    env: environment(command.env),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  running = child;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    show(text);
  });
  let late = false;
  const alarm = setTimeout(() => {
    late = true;
    child.kill('SIGINT');
    setTimeout(() => killGroup(child), LAST_WORDS * 1000).unref();
  }, command.deadline * 1000);
  const failure = await ending(child);
  clearTimeout(alarm);
  killGroup(child);
  running = undefined;
  return { output, failure: late ? `it ran longer than ${command.deadline} s and was killed` : failure };
}

/** Resolves when the process has ended; children that hold its output open do not delay it for more than a moment. */
function ending(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    const done = (code: number | null, signal: string | null): void => {
      resolve(
        code === 0 ? undefined : signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`,
      );
    };
    child.once('error', (error) => resolve(`it could not be run: ${error.message}`));
    child.once('close', done);
    child.once('exit', (code, signal) => setTimeout(() => done(code, signal), 1000).unref());
  });
}

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
  };
  // Else a test run that is started by a test would think itself a part of the outer one.
  delete env['NODE_TEST_CONTEXT'];
  // The settings of whoever runs the tests are not the tests' settings.
  for (const name of Object.keys(env)) if (name.startsWith('POSTHORN_')) delete env[name];
  return { ...env, ...extra };
}

/** Ends what is running, before we end ourselves. */
export function stopRunning(): void {
  if (running !== undefined) killGroup(running);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

function write(text: string): void {
  process.stdout.write(text);
}
