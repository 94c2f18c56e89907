/** `posthorn client` in the hands of a test: the mail program of a person's own computer, and a browser's way into it. */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ask, asJson, cookieOf } from './http.ts';
import type { Answered } from './http.ts';
import { eventually, POSTHORN, run, scratch } from './program.ts';
import type { Ran, RunningHost, RunOptions } from './program.ts';

export interface RunningClient {
  readonly pid: number;
  readonly port: number;
  readonly origin: string;
  readonly state: string;
  readonly output: () => string;
  cli(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** A session as the browser has it behind the address that the program opened. */
  logIn(): Promise<Page>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number>;
  kill(): Promise<void>;
}

/** What our page can do. */
export interface Page {
  readonly cookie: Readonly<Record<string, string>>;
  readonly account: string;
  post(path: string, body: unknown): Promise<Answered>;
  /** One method; its response's arguments. Rejects with an error's text. */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

export interface ClientOptions {
  readonly state?: string;
  readonly port?: number;
  /** Default: off. */
  readonly keyring?: 'auto' | 'on' | 'off';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it, and waits until it says that it is open. It is killed after the test if it still runs. */
export async function startClient(t: TestContext, options: ClientOptions = {}): Promise<RunningClient> {
  const state = options.state ?? (await scratch(t));
  const readyFile = join(state, 'ready.json');
  await rm(readyFile, { force: true });
  const args = [
    'client',
    '--state',
    state,
    '--ready-file',
    readyFile,
    '--no-open',
    '--port',
    String(options.port ?? 0),
    // A test has no business in the keyring of whoever runs it.
    '--keyring',
    options.keyring ?? 'off',
  ];
  const child = spawn(POSTHORN, [...args, ...(options.args ?? [])], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } }); // prettier-ignore
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const output = (): string => Buffer.concat(said).toString();
  const ended = new Promise<number>((resolve) => {
    child.on('close', (code) => {
      resolve(code ?? 128);
    });
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const text = await eventually('the client opens', async () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}\n${output()}`);
    return readFile(readyFile, 'utf8').catch(() => undefined);
  });
  const ready = JSON.parse(text) as { readonly pid: number; readonly listeners: readonly { readonly port: number }[] };
  const port = ready.listeners[0]?.port ?? 0;
  const signal = async (name: NodeJS.Signals): Promise<number> => {
    child.kill(name);
    return ended;
  };
  return {
    pid: ready.pid,
    port,
    origin: `http://127.0.0.1:${port}`,
    state,
    output,
    cli: (more, runOptions) => run(POSTHORN, [...more, '--state', state], runOptions),
    logIn: () => enter(port, state),
    stop: () => signal('SIGTERM'),
    kill: async () => {
      await signal('SIGKILL');
    },
  };
}

/** An address that opens the page once. */
export async function wayIn(port: number, state: string): Promise<string> {
  const token = (await readFile(join(state, 'client.token'), 'utf8')).trim();
  const given = await ask(port, '/open', { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
  return `/open?code=${String(given.json()['code'])}`;
}

async function enter(port: number, state: string): Promise<Page> {
  const cookie = cookieOf(await ask(port, await wayIn(port, state)));
  const who = await ask(port, '/session', { headers: cookie });
  const account = String(who.json()['account']);
  const origin = `http://127.0.0.1:${port}`;
  const post = (path: string, body: unknown): Promise<Answered> =>
    ask(port, path, asJson(body, { ...cookie, Origin: origin, 'Sec-Fetch-Site': 'same-origin' }));
  return {
    cookie,
    account,
    post,
    async call(name, args) {
      const methodCalls = [[name, { accountId: account, ...args }, 'a']];
      const answered = await post('/jmap/api', { using: USING, methodCalls });
      const [[kind, result] = ['nothing', {}]] = (answered.json()['methodResponses'] ?? []) as [string, Record<string, unknown>][]; // prettier-ignore
      if (kind !== name) throw new Error(`${name}: ${answered.text}`);
      return result;
    },
  };
}

const USING = [
  'urn:ietf:params:jmap:core',
  'urn:ietf:params:jmap:mail',
  'urn:ietf:params:jmap:submission',
  'urn:posthorn:outbox',
  'urn:posthorn:remotes',
];

/** `posthorn remote add`, for an account of one of our own hosts. */
export function addRemote(
  client: Pick<RunningClient, 'cli'>,
  host: RunningHost,
  {
    address,
    password,
    args = [],
  }: { readonly address: string; readonly password: string; readonly args?: readonly string[] },
): Promise<Ran> {
  const pop3 = `pop3s://localhost:${host.port('pop3', 'implicit')}`;
  const smtp = `smtps://localhost:${host.port('submission', 'implicit')}`;
  const servers = ['--pop3', pop3, '--smtp', smtp, '--ca', host.certificate];
  return client.cli(['remote', 'add', address, ...servers, '--password-stdin', ...args], { input: password });
}
