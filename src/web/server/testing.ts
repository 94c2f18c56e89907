/** The web server without a socket: requests as a browser, or a program, would make them. */
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openLogins } from '../../accounts/index.ts';
import { networkOf, testDirectory } from '../../accounts/testing.ts';
import type { TestDirectory } from '../../accounts/testing.ts';
import { silentLog } from '../../base/index.ts';
import type { LogFields, Logger } from '../../base/index.ts';
import { openJmap } from '../../jmap/index.ts';
import type { Jmap } from '../../jmap/index.ts';
import { Entrance } from './entrance.ts';
import { openFiles } from './files.ts';
import type { PictureLoader } from './pictures.ts';
import { webApp } from './routes.ts';

export const ORIGIN = 'http://127.0.0.1:2080';
export const PASSWORD = 'correct horse';

export interface TestWeb extends TestDirectory {
  /** `alice@a.test` has an account with {@link PASSWORD}. */
  readonly alice: string;
  request(path: string, init?: RequestInit & { readonly from?: string; readonly origin?: string }): Promise<Response>;
  /** The cookie of a new session, as the browser sends it back. */
  logIn(): Promise<string>;
  /** What was logged, as JSON lines. */
  readonly logged: readonly string[];
  /** How many connections were cut. */
  cut(): number;
  stop(): void;
}

interface Context {
  after(fn: () => Promise<void>): void;
}

/** @param files of the user interface, path → text. */
export async function testWeb(
  t: Context,
  options: {
    readonly files?: Readonly<Record<string, string>>;
    readonly jmap?: Partial<Jmap>;
    readonly pictures?: PictureLoader;
    /** The token of an installation on a person's own computer: alice gets in by it, without a password. */
    readonly token?: string;
  } = {},
): Promise<TestWeb> {
  const parts = await testDirectory(t);
  const { clock, store } = parts;
  const { id: alice } = await parts.directory.addAccount('alice@a.test', PASSWORD);
  const logged: string[] = [];
  const log = logInto(logged);
  const stopping = new AbortController();
  let cuts = 0;
  const answer = webApp({
    store,
    clock,
    log,
    logins: openLogins({ ...parts, log, countGuesses: () => true, networkOf }),
    jmap: {
      ...openJmap({ store, clock, log: silentLog, maxMessage: 1_000, hostname: () => 'mx.b.test' }),
      ...options.jmap,
    },
    files: await openFiles(await folderOf(t, options.files ?? {})),
    pictures: options.pictures ?? NO_PICTURES,
    fetchPictures: () => options.pictures !== undefined,
    idle: () => 30 * 24 * 60 * 60_000,
    stopping: stopping.signal,
    ...(options.token === undefined ? {} : { entrance: new Entrance({ token: options.token, account: alice, clock }) }),
  });
  const request: TestWeb['request'] = (path, { from = '127.0.0.1', origin = ORIGIN, ...init } = {}) => {
    const caller = { address: from, origin, tls: origin.startsWith('https:') };
    return answer(new Request(`${origin}${path}`, { ...DUPLEX, ...init }), { caller, cut: () => cuts++ });
  };
  return {
    ...parts,
    alice,
    request,
    logged,
    cut: () => cuts,
    stop() {
      stopping.abort();
    },
    async logIn() {
      const answered = await request('/session', postJson({ login: 'alice', password: PASSWORD }));
      return /^[^;]+/.exec(answered.headers.get('Set-Cookie') ?? '')?.[0] ?? '';
    },
  };
}

const NO_PICTURES: PictureLoader = { load: async () => ({ kind: 'refused', why: 'unreachable' }) };

/** What `fetch` wants to hear before it takes a stream for a body. */
const DUPLEX = { duplex: 'half' } as RequestInit;

/** As our own page posts. */
export function postJson(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  const own = { 'Content-Type': 'application/json', Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' };
  return { method: 'POST', headers: { ...own, ...headers }, body: JSON.stringify(body) };
}

export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function folderOf(t: Context, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'posthorn-web-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

function logInto(lines: string[]): Logger {
  const write = (sentence: string, fields: LogFields = {}): void => {
    lines.push(JSON.stringify({ sentence, ...fields }));
  };
  return { debug: write, info: write, warn: write, error: write, with: () => logInto(lines) };
}
