/**
 * The files of the user interface as `vite build` left them, read once when the server starts: what is not among them
 * can't be asked for, whatever the path looks like.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { APP_POLICY } from './headers.ts';
import { NOT_FOUND } from './refusals.ts';
import { answerProblem } from './problem.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

type Encoding = 'br' | 'gzip';

interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly tag: string;
  /** Its name holds a hash of what is in it, so it is the same for ever. */
  readonly hashed: boolean;
  readonly packed: Map<Encoding, Promise<Buffer>>;
}

export interface StaticFiles {
  /** The answer to a GET of this path; undefined when there is no such file. */
  get(path: string, request: Request): Promise<Response | undefined>;
}

const BUILT = fileURLToPath(new URL('../../../dist/web', import.meta.url));

/** The directory need not be there: then there are no files. */
export async function openFiles(directory = BUILT): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>();
  const names = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (type === undefined) continue;
    files.set(path.slice(directory.length).split('\\').join('/'), fileOf(type, await readFile(path), entry.name));
  }
  return {
    async get(path, request) {
      const file = files.get(path === '/' ? '/index.html' : path);
      return file === undefined ? undefined : await answer(file, request);
    },
  };
}

function fileOf(type: string, bytes: Buffer, name: string): StaticFile {
  const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { type, bytes, tag, hashed: /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(name), packed: new Map() };
}

async function answer(file: StaticFile, request: Request): Promise<Response> {
  const headers: Record<string, string> = {
    'Content-Type': file.type,
    ETag: file.tag,
    Vary: 'Accept-Encoding',
    'Cache-Control': file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Content-Security-Policy': APP_POLICY,
  };
  if (request.headers.get('if-none-match')?.includes(file.tag) === true)
    return new Response(null, { status: 304, headers });
  const encoding = encodingFor(file, request.headers.get('accept-encoding') ?? '');
  const body = encoding === undefined ? file.bytes : await packed(file, encoding);
  if (encoding !== undefined) headers['Content-Encoding'] = encoding;
  headers['Content-Length'] = String(body.length);
  return new Response(new Uint8Array(body), { headers });
}

/** What is packed already gains nothing, and what is small not enough. */
const PACKS_WELL = /^(?:text\/|image\/svg|application\/)/;
const SMALL = 1_024;

function encodingFor({ type, bytes }: StaticFile, accepted: string): Encoding | undefined {
  if (!PACKS_WELL.test(type) || bytes.length < SMALL) return undefined;
  const taken = accepted.split(',').filter((one) => !/;\s*q=0(?:\.0*)?\s*$/.test(one));
  const names = taken.map((one) => one.split(';')[0]?.trim().toLowerCase());
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : undefined;
}

const PACK: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: promisify(brotliCompress),
  gzip: promisify(gzip),
};

/** Done once for each file, when somebody asks. */
function packed(file: StaticFile, encoding: Encoding): Promise<Buffer> {
  const before = file.packed.get(encoding);
  if (before !== undefined) return before;
  const made = PACK[encoding](file.bytes);
  file.packed.set(encoding, made);
  return made;
}

/** The answer where the interface should be and is not: it was not built. */
export function notBuilt(accept: string | undefined): Response {
  return answerProblem(
    {
      ...NOT_FOUND,
      title: 'The pages of the mail program were not built',
      why: 'This server runs, and JMAP works, but the files of its web interface are missing in dist/web.',
      mend: 'Its keeper runs "node scripts/setup.mjs" in the folder of Posthorn and starts the server again.',
    },
    accept,
  );
}
