/**
 * A connection to somebody else's web server, because a letter or a program names it. It must not become a way to reach
 * what only this host can reach: the name is looked up once, every address it has must be public, and the connection
 * goes to exactly that address.
 */
import { request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import type { Resolver } from '../../dns/index.ts';
import { normalAddress } from '../../net/index.ts';
import { isPublicAddress } from './special-addresses.ts';

export interface ReachParts {
  readonly resolver: Pick<Resolver, 'a' | 'aaaa'>;
  /** How a request is sent: tests bring their own. The options name the address, the port and the TLS name. */
  readonly send?: Send;
}

export type Send = (secure: boolean, options: RequestOptions) => ClientRequest;

/** Why there is no connection: it leads to this host, its neighbours, or no place on the Internet; or nobody has that name. */
export class NotReached extends Error {
  readonly why: 'not-public' | 'unknown-name';
  constructor(why: NotReached['why']) {
    super(why);
    this.why = why;
  }
}

export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
  /** Which addresses may be gone to; without it those of the public Internet. */
  readonly allowed?: (address: string) => boolean;
}

/** Rejects with a {@link NotReached}, or with what the connection rejects with. Redirects are the caller's to follow. */
export async function reach(url: URL, parts: ReachParts, outgoing: Outgoing): Promise<IncomingMessage> {
  const { signal, allowed = isPublicAddress } = outgoing;
  const name = hostOf(url);
  const address = await addressOf(name, parts.resolver, { signal, allowed });
  const secure = url.protocol === 'https:';
  const options: RequestOptions & { readonly servername?: string; readonly rejectUnauthorized?: boolean } = {
    // The address and not the name: a second look-up could say something else (DNS rebinding).
    host: address,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    method: outgoing.method,
    agent: false,
    setHost: false,
    headers: { Host: url.host, 'User-Agent': 'Posthorn', Connection: 'close', ...outgoing.headers },
    signal,
    ...(secure && isIP(name) === 0 ? { servername: name } : {}),
    // Nobody stands between this machine and itself.
    ...(secure && isLoopback(address) ? { rejectUnauthorized: false } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (parts.send ?? send)(secure, options);
    request.on('error', reject);
    // Also of one that an answer of 101 has ended: that is no response, and no error either.
    request.on('close', () => {
      reject(new Error('the connection ended without an answer'));
    });
    request.on('response', (answer: IncomingMessage) => {
      // A late error of an answer that nobody reads any more must not end the process.
      answer.on('error', () => undefined);
      resolve(answer);
    });
    request.end(outgoing.body);
  });
}

/** Without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function send(secure: boolean, options: RequestOptions): ClientRequest {
  const request = (secure ? requestTls : requestPlain)(options);
  request.on('socket', (socket) => {
    socket.on('connect', () => {
      const peer = normalAddress(socket.remoteAddress ?? '');
      if (peer !== options.host) request.destroy(new NotReached('not-public'));
    });
  });
  return request;
}

interface Search {
  readonly signal: AbortSignal;
  readonly allowed: (address: string) => boolean;
}

/** The first address of the name. One that is not allowed among them condemns them all: whose turn it is next is not ours to say. */
async function addressOf(name: string, resolver: ReachParts['resolver'], search: Search): Promise<string> {
  const found = isIP(name) === 0 ? await lookUp(name, resolver, search.signal) : [name];
  if (!found.every(search.allowed)) throw new NotReached('not-public');
  const first = normalAddress(found[0] ?? '');
  if (first === undefined) throw new NotReached('unknown-name');
  return first;
}

async function lookUp(name: string, resolver: ReachParts['resolver'], signal: AbortSignal): Promise<readonly string[]> {
  const answers = await Promise.all([resolver.a(name, signal), resolver.aaaa(name, signal)]);
  signal.throwIfAborted();
  return answers.flatMap((answer) => (answer.kind === 'found' ? answer.records : []));
}
