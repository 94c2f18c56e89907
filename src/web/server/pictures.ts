/**
 * Fetches a picture of a letter from somebody else's server because its reader asked for it, so that
 * the server learns this host's address and nothing of the reader's browser; where it may be is for reach.ts.
 */
import type { IncomingMessage } from 'node:http';
import { describeError } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import { RASTER_HEAD, rasterType } from './raster.ts';
import type { RasterType } from './raster.ts';
import { NotReached, reach } from './reach.ts';
import type { ReachParts } from './reach.ts';

export type PictureRefusal =
  /** No http(s) address, or one with a port of its own. */
  | 'address'
  /** The name leads to this host, its neighbours, or no place on the Internet. */
  | 'not-public'
  | 'unknown-name'
  | 'unreachable'
  | 'slow'
  | 'too-large'
  | 'no-picture'
  | 'redirects'
  /** The server answered with an error. */
  | 'refused'
  /** Too many are under way. */
  | 'busy';

export type Picture =
  | { readonly kind: 'picture'; readonly type: RasterType; readonly octets: Buffer }
  | { readonly kind: 'refused'; readonly why: PictureRefusal; readonly detail?: string };

export interface PictureParts extends ReachParts {
  readonly clock: Clock;
}

const LARGEST = 10 * 1024 * 1024;
/** Milliseconds for all of it, redirects included. */
const PATIENCE = 15_000;
const MOST_REDIRECTS = 3;
/** Each may hold a whole picture in memory. */
const MOST_AT_A_TIME = 8;
const MOST_WAITING = 200;

export interface PictureLoader {
  /** Never rejects. */
  load(address: string): Promise<Picture>;
}

export class Pictures implements PictureLoader {
  readonly #parts: PictureParts;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(parts: PictureParts) {
    this.#parts = parts;
  }

  async load(address: string): Promise<Picture> {
    if (this.#underWay < MOST_AT_A_TIME) this.#underWay++;
    else if (this.#waiting.length >= MOST_WAITING) return refused('busy');
    // Who ends hands its place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const deadline = new AbortController();
    const cancel = this.#parts.clock.after(PATIENCE, () => {
      deadline.abort();
    });
    try {
      return await follow(address, this.#parts, deadline.signal);
    } catch (error) {
      if (deadline.signal.aborted) return refused('slow');
      if (error instanceof Refused || error instanceof NotReached) return refused(error.why);
      return refused('unreachable', describeError(error));
    } finally {
      cancel();
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay--;
      else next();
    }
  }
}

class Refused extends Error {
  readonly why: PictureRefusal;
  constructor(why: PictureRefusal) {
    super(why);
    this.why = why;
  }
}

function refused(why: PictureRefusal, detail?: string): Picture {
  return { kind: 'refused', why, ...(detail === undefined ? {} : { detail }) };
}

/** Each step is a new address, and is judged as the first one was. */
async function follow(start: string, parts: PictureParts, signal: AbortSignal): Promise<Picture> {
  let url = pictureUrl(start);
  for (let step = 0; step <= MOST_REDIRECTS; step++) {
    const answer = await ask(url, parts, signal);
    const status = answer.statusCode ?? 0;
    const location = answer.headers.location;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return await read(answer);
    answer.destroy();
    url = pictureUrl(location, url);
  }
  throw new Refused('redirects');
}

/** http or https at its usual port. A name and a password in it are left out. */
function pictureUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new Refused('address');
  const url = new URL(text, base);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.port !== '') throw new Refused('address');
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

function ask(url: URL, parts: PictureParts, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    Accept: 'image/avif,image/webp,image/png,image/jpeg,image/gif',
    'Accept-Encoding': 'identity',
  };
  return reach(url, parts, { method: 'GET', headers, signal });
}

async function read(answer: IncomingMessage): Promise<Picture> {
  try {
    if (answer.statusCode !== 200) throw new Refused('refused');
    if (Number(answer.headers['content-length'] ?? 0) > LARGEST) throw new Refused('too-large');
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > LARGEST) throw new Refused('too-large');
      chunks.push(chunk);
      // What is no picture is not read to its end.
      if (length >= RASTER_HEAD && length - chunk.length < RASTER_HEAD) typeOf(Buffer.concat(chunks));
    }
    const octets = Buffer.concat(chunks);
    return { kind: 'picture', type: typeOf(octets), octets };
  } finally {
    answer.destroy();
  }
}

function typeOf(octets: Buffer): RasterType {
  const type = rasterType(octets);
  if (type === undefined) throw new Refused('no-picture');
  return type;
}
