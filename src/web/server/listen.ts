/**
 * A listening HTTP server with limits: connections in all and of one client, time for a request to come, octets of its
 * header. Each request gets its caller first; what has none is answered here and goes no further.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { HttpBindings } from '@hono/node-server';
import { describeError } from '../../base/index.ts';
import type { Cancel, Clock, Logger } from '../../base/index.ts';
import { bindProblem, customerNetwork, inNetworks, normalAddress } from '../../net/index.ts';
import { callerOf } from './caller.ts';
import type { Call, Caller, CallerSettings } from './caller.ts';
import { protect } from './headers.ts';
import { answerProblem, asDetails } from './problem.ts';
import { BROKEN, NOT_ANSWERED } from './refusals.ts';
import type { Answer } from './routes.ts';

/** A certificate chain and its key, PEM; another object when they were read again. */
export interface Pem {
  readonly cert: string;
  readonly key: string;
}

export interface WebListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** TLS from the first octet; asked for each connection, so that a renewed certificate counts at once. */
  readonly tls?: () => Pem;
  readonly settings: () => CallerSettings;
  readonly answer: Answer;
  readonly maxConnections: number;
  /** Of them, from one address (IPv4) or one /64 (IPv6); proxies are not bound by it. */
  readonly maxPerAddress?: number;
  readonly timeouts?: WebTimeouts;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface WebListener {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections, waits up to `drainMs` for answers under way, then cuts. */
  close(drainMs: number): Promise<void>;
}

const SECOND = 1_000;

/** In milliseconds. */
export interface WebTimeouts {
  /** For the whole header, and for the TLS handshake before it. */
  readonly header: number;
  /** For a connection on which nothing moves in either direction while a request is under way. */
  readonly idle: number;
}

const USUAL_TIMEOUTS: WebTimeouts = { header: 30 * SECOND, idle: 120 * SECOND };

function limitsOf({ header }: WebTimeouts): ServerOptions {
  return {
    maxHeaderSize: 32 * 1_024,
    headersTimeout: header,
    connectionsCheckingInterval: Math.min(header, 5 * SECOND),
    // The whole of a request may be a file of 50 MB on a slow line.
    requestTimeout: 3_600 * SECOND,
    keepAliveTimeout: 60 * SECOND,
    // We say ourselves what is wrong with it.
    requireHostHeader: false,
  };
}

/** While it closes. */
const LOOK_EVERY = 50;

export async function listenWeb(options: WebListenOptions): Promise<WebListener> {
  const timeouts = options.timeouts ?? USUAL_TIMEOUTS;
  const limits = limitsOf(timeouts);
  const server = options.tls === undefined ? createServer(limits) : tlsServer(options.tls, limits);
  server.maxHeadersCount = 100;
  server.setTimeout(timeouts.idle);
  server.maxConnections = options.maxConnections;
  const open = limitConnections(server, options);
  server.on('request', listenerOf(options));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    refuseRubbish(error.code ?? '', socket);
  });
  await bound(server, options);
  server.on('error', (error) => {
    options.log.warn('The web listener had an error', { cause: describeError(error) });
  });
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port, close: (drainMs) => drain(server, open, { drainMs, clock: options.clock }) };
}

function tlsServer(pem: () => Pem, limits: ServerOptions): Server {
  let { cert, key } = pem();
  const versions = { minVersion: 'TLSv1.2', honorCipherOrder: true } as const;
  const server = createTlsServer({ ...limits, ...versions, cert, key, handshakeTimeout: limits.headersTimeout });
  server.prependListener('connection', () => {
    const now = pem();
    if (now.cert === cert && now.key === key) return;
    ({ cert, key } = now);
    server.setSecureContext({ ...versions, cert, key });
  });
  return server as unknown as Server;
}

/** The connections that are open, at most so many of each network. */
function limitConnections(server: Server, { maxPerAddress, settings }: WebListenOptions): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  const perNetwork = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const network = customerNetwork(address);
    const count = (perNetwork.get(network) ?? 0) + 1;
    const isBound = maxPerAddress !== undefined && !inNetworks(address, settings().proxies);
    if (isBound && count > maxPerAddress) {
      socket.destroy();
      return;
    }
    perNetwork.set(network, count);
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      const left = (perNetwork.get(network) ?? 1) - 1;
      if (left > 0) perNetwork.set(network, left);
      else perNetwork.delete(network);
    });
  });
  return open;
}

function listenerOf({ settings, answer, log }: WebListenOptions): RequestListener {
  const callers = new WeakMap<IncomingMessage, Caller>();
  const serve = getRequestListener(
    (request, env) => {
      const { incoming } = env as HttpBindings;
      const cut = (): void => {
        incoming.socket.destroy();
      };
      return answer(request, { caller: callers.get(incoming) as Caller, cut });
    },
    {
      overrideGlobalObjects: false,
      errorHandler(error) {
        log.debug('A request to the web interface was given up', { cause: describeError(error) });
        return asDetails(BROKEN);
      },
    },
  );
  return (incoming, outgoing) => {
    const caller =
      incoming.url?.startsWith('/') === true ? callerOf(callOf(incoming), settings()) : 'target-unreadable';
    if (typeof caller === 'string') {
      log.debug('A request to the web interface was refused', { peer: incoming.socket.remoteAddress, rule: caller });
      void refuse(outgoing, answerProblem(NOT_ANSWERED[caller], incoming.headers.accept));
      return;
    }
    callers.set(incoming, caller);
    void serve(incoming, outgoing);
  };
}

/** The last word on this connection: what else may come on it was sent by who is not wanted. */
async function refuse(outgoing: ServerResponse, response: Response): Promise<void> {
  protect(response.headers, { tls: false });
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), Connection: 'close' });
  outgoing.end(await response.text());
}

function callOf({ socket, headers, rawHeaders }: IncomingMessage): Call {
  return {
    peer: normalAddress(socket.remoteAddress ?? '') ?? '',
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    tls: socket instanceof TLSSocket,
    hosts: rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host'),
    forwardedFor: asText(headers['x-forwarded-for']),
    forwardedProto: asText(headers['x-forwarded-proto']),
  };
}

function asText(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === 'string' ? field : field?.join(', ');
}

/** What is no HTTP gets the plainest answer there is, what is not even TLS gets none; then the connection ends. */
function refuseRubbish(code: string, socket: Socket): void {
  const isHttp = code.startsWith('HPE_') || code.startsWith('ERR_HTTP_');
  const status = RUBBISH[code] ?? '400 Bad Request';
  if (isHttp && socket.writable) socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroySoon();
}

const RUBBISH: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function bound(server: Server, { host, port }: WebListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(new Error(`Can't listen on ${host} port ${String(port)}: ${bindProblem(error)}`, { cause: error }));
    };
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

async function drain(
  server: Server,
  open: ReadonlySet<Socket>,
  { drainMs, clock }: { readonly drainMs: number; readonly clock: Clock },
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  let cancel: Cancel = () => undefined;
  const end = clock.ticks() + drainMs;
  // A connection is kept alive behind its answer: looked at again until none is busy.
  const look = (): void => {
    if (clock.ticks() >= end) for (const socket of open) socket.destroy();
    else {
      server.closeIdleConnections();
      cancel = clock.after(LOOK_EVERY, look);
    }
  };
  look();
  await closed;
  cancel();
}
