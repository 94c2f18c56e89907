/**
 * The built program in the hands of a test: started on free loopback ports with a state directory
 * of its own, talked to over real sockets, stopped by its pid.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const POSTHORN = fileURLToPath(new URL('../posthorn', import.meta.url));

export type Service = 'smtp' | 'lmtp' | 'submission' | 'pop3' | 'web';
export type Tls = 'none' | 'starttls' | 'implicit';

interface ReadyFile {
  readonly pid: number;
  readonly listeners: readonly {
    readonly service: string;
    readonly host: string;
    readonly port: number;
    readonly tls: string;
  }[];
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory that is removed after the test. */
export async function scratch(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'posthorn-test-'));
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The program is killed, and the test fails, after this; default 60 s. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end. Never rejects for an exit code. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')} did not end in time\n${Buffer.concat(stderr).toString()}`));
    }, options.timeoutMs ?? 60_000);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        code: code ?? (signal === null ? 1 : 128),
        stdout: Buffer.concat(stdout).toString('latin1'),
        stderr: Buffer.concat(stderr).toString('latin1'),
      });
    });
  });
}

export interface HostOptions {
  /** Settings that belong to no table, beside hostname and domains. */
  readonly top?: string;
  /** Tables; one named like one of {@link configuration}'s replaces it. */
  readonly tables?: string;
  readonly domains?: readonly string[];
  readonly hostname?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Use this state directory (and its config.toml if it is there) instead of a new one. */
  readonly state?: string;
  /** Accounts made before the start, with the password {@link PASSWORD}. */
  readonly accounts?: readonly string[];
  /** What runs the program, before its own path: ["strace", …]. */
  readonly under?: readonly string[];
}

export const PASSWORD = 'correct horse battery staple';

export interface RunningHost {
  readonly pid: number;
  readonly state: string;
  readonly config: string;
  /** Everything it printed so far. */
  readonly output: () => string;
  port(service: Service, tls?: Tls): number;
  /** The self-signed certificate, to be trusted by clients. */
  readonly certificate: string;
  /** Runs a command on the same state and configuration. */
  cli(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** SIGTERM, and waits for its end; the exit code. */
  stop(): Promise<number>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  reload(): Promise<Ran>;
}

const LISTENERS = {
  smtp: ['listen = ["127.0.0.1:0"]'],
  submission: ['listen = ["127.0.0.1:0"]', 'listen_tls = ["127.0.0.1:0"]'],
  pop3: ['listen = ["127.0.0.1:0"]', 'listen_tls = ["127.0.0.1:0"]'],
  web: ['listen = ["127.0.0.1:0"]'],
} as const;

/** A configuration with free ports everywhere. */
export function configuration(options: Pick<HostOptions, 'domains' | 'hostname' | 'top' | 'tables'> = {}): string {
  const { domains = ['a.test'], tables = '' } = options;
  const own = Object.entries(LISTENERS).filter(([name]) => !tables.includes(`[${name}]`));
  return [
    `hostname = "${options.hostname ?? `mx.${domains[0] ?? 'a.test'}`}"`,
    `domains = ${JSON.stringify(domains)}`,
    options.top ?? '',
    ...own.flatMap(([name, lines]) => [`[${name}]`, ...lines]),
    tables,
    '',
  ].join('\n');
}

/**
 * Starts `posthorn serve` and waits until it says that it is open. It is killed after the test if
 * it still runs.
 */
export async function startHost(t: TestContext, options: HostOptions = {}): Promise<RunningHost> {
  const state = options.state ?? (await scratch(t));
  const config = join(state, 'config.toml');
  await writeFile(config, configuration(options));
  const base = ['--config', config, '--state', state];
  const cli = (args: readonly string[], runOptions: RunOptions = {}): Promise<Ran> =>
    run(POSTHORN, [...args, ...base], runOptions);
  for (const address of options.accounts ?? []) {
    const added = await cli(['account', 'add', address, '--password-stdin'], { input: PASSWORD });
    if (added.code !== 0) throw new Error(`account add ${address}: ${added.stderr}`);
  }
  const readyFile = join(state, 'ready.json');
  await rm(readyFile, { force: true });
  const serving = [POSTHORN, 'serve', ...base, '--ready-file', readyFile, ...(options.args ?? [])];
  const [command = POSTHORN, ...args] = [...(options.under ?? []), ...serving];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const output = (): string => Buffer.concat(said).toString('utf8');
  const ended = endOf(child);
  const ready = await waitForReady(readyFile, child, output);
  const signalAndWait = async (signal: NodeJS.Signals): Promise<number> => {
    if (child.exitCode === null && child.signalCode === null) {
      try {
        process.kill(ready.pid, signal);
      } catch {
        // It has ended by itself in this very moment.
      }
    }
    return ended;
  };
  t.after(() => signalAndWait('SIGKILL'));
  return {
    pid: ready.pid,
    state,
    config,
    output,
    port: (service, tls = service === 'web' ? 'none' : 'starttls') => {
      const found = ready.listeners.find((one) => one.service === service && one.tls === tls);
      if (found === undefined) throw new Error(`no ${service} listener with ${tls}`);
      return found.port;
    },
    certificate: join(state, 'tls', 'cert.pem'),
    cli,
    stop: () => signalAndWait('SIGTERM'),
    kill: async () => {
      await signalAndWait('SIGKILL');
    },
    reload: () => cli(['reload']),
  };
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve(code ?? 128);
    });
  });
}

const READY_TIMEOUT = 30_000;

async function waitForReady(path: string, child: ChildProcess, output: () => string): Promise<ReadyFile> {
  const end = Date.now() + READY_TIMEOUT;
  while (Date.now() < end) {
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode} before it was open\n${output()}`);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as ReadyFile;
    await pause(20);
  }
  child.kill('SIGKILL');
  throw new Error(`the server did not open in time\n${output()}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Asks again and again until it is true; fails with `what` after `timeoutMs`. */
export async function eventually<Result>(
  what: string,
  ask: () => Promise<Result | undefined | false>,
  timeoutMs = 20_000,
): Promise<Result> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await pause(50);
  }
}
