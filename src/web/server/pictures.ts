/**
 * Fetches a picture of a letter from somebody else's server because its reader asked for it, so that
 * the server learns this host's address and nothing of the reader's browser. It must not become a way
 * to reach what only this host can reach: the name is looked up once, every address it has must be
 * public, and the connection goes to exactly that address.
 */
import { request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import { describeError } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import type { Resolver } from '../../dns/index.ts';
import { normalAddress } from '../../net/index.ts';
import { RASTER_HEAD, rasterType } from './raster.ts';
import type { RasterType } from './raster.ts';
import { isPublicAddress } from './special-addresses.ts';

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

export interface PictureParts {
  readonly resolver: Pick<Resolver, 'a' | 'aaaa'>;
  readonly clock: Clock;
  /** How a request is sent: tests bring their own. The options name the address, the port and the TLS name. */
  readonly send?: (secure: boolean, options: RequestOptions) => ClientRequest;
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
      return error instanceof Refused ? refused(error.why) : refused('unreachable', describeError(error));
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

async function ask(url: URL, parts: PictureParts, signal: AbortSignal): Promise<IncomingMessage> {
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const address = await publicAddress(name, parts.resolver, signal);
  const secure = url.protocol === 'https:';
  const options: RequestOptions & { readonly servername?: string } = {
    // The address and not the name: a second look-up could say something else (DNS rebinding).
    host: address,
    port: secure ? 443 : 80,
    path: url.pathname + url.search,
    method: 'GET',
    agent: false,
    setHost: false,
    headers: {
      Host: url.host,
      Accept: 'image/avif,image/webp,image/png,image/jpeg,image/gif',
      'Accept-Encoding': 'identity',
      'User-Agent': 'Posthorn',
      Connection: 'close',
    },
    signal,
    ...(secure && isIP(name) === 0 ? { servername: name } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (parts.send ?? send)(secure, options);
    request.on('error', reject);
    request.on('response', (answer: IncomingMessage) => {
      // A late error of an answer that nobody reads any more must not end the process.
      answer.on('error', () => undefined);
      resolve(answer);
    });
    request.end();
  });
}

function send(secure: boolean, options: RequestOptions): ClientRequest {
  const request = (secure ? requestTls : requestPlain)(options);
  request.on('socket', (socket) => {
    socket.on('connect', () => {
      const peer = normalAddress(socket.remoteAddress ?? '');
      if (peer !== options.host) request.destroy(new Refused('not-public'));
    });
  });
  return request;
}

/** The first address of the name. One that is not public among them condemns them all: whose turn it is next is not ours to say. */
async function publicAddress(name: string, resolver: PictureParts['resolver'], signal: AbortSignal): Promise<string> {
  const found = isIP(name) === 0 ? await lookUp(name, resolver, signal) : [name];
  if (!found.every(isPublicAddress)) throw new Refused('not-public');
  const first = normalAddress(found[0] ?? '');
  if (first === undefined) throw new Refused('unknown-name');
  return first;
}

async function lookUp(
  name: string,
  resolver: PictureParts['resolver'],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answers = await Promise.all([resolver.a(name, signal), resolver.aaaa(name, signal)]);
  signal.throwIfAborted();
  return answers.flatMap((answer) => (answer.kind === 'found' ? answer.records : []));
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
