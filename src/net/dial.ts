/** Connects to a host, as a client. */
import { connect, isIPv6 } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import type { Clock } from '../base/index.ts';
import { socketWire } from './socket.ts';
import type { StartTls, Wire } from './wire.ts';
import { WireError } from './wire.ts';

export interface DialOptions {
  /** An address, a name that the system looks up, or "unix:/path": a socket of this machine. */
  readonly host: string;
  /** Not looked at where `host` is a socket. */
  readonly port: number;
  readonly clock: Clock;
  /** Milliseconds until the connection stands (and again as much for the TLS handshake); also the wire's first timeout. */
  readonly timeout: number;
  /** TLS from the first octet (RFC 8314 §3). */
  readonly implicitTls?: Omit<Extract<StartTls, { role: 'client' }>, 'role'>;
  /** Our own address to connect from. */
  readonly localAddress?: string;
  /** How a name becomes addresses. Default: the system's. */
  readonly lookup?: LookupFunction;
  readonly signal?: AbortSignal;
}

/**
 * Rejects with WireError 'refused' (there is a host, nobody listens), 'unreachable' (no way there,
 * or no such name), 'timeout', 'tls' (handshake or certificate), or with the signal's reason.
 */
export async function dial(options: DialOptions): Promise<Wire> {
  const socket = await connected(options);
  const { clock, timeout, implicitTls, signal } = options;
  const wire = socketWire(socket, { clock, timeout, held: implicitTls !== undefined });
  if (implicitTls === undefined) return wire;
  const onAbort = (): void => {
    wire.destroy();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await wire.startTls({ role: 'client', ...implicitTls });
    return wire;
  } catch (error) {
    wire.destroy();
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function connected(options: DialOptions): Promise<Socket> {
  const { host, port, clock, timeout, localAddress, lookup, signal } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const path = socketPath(host);
    const socket = connect({
      ...(path === undefined ? { host, port } : { path }),
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(lookup === undefined ? {} : { lookup }),
    });
    const settle = (finish: () => void): void => {
      cancel();
      signal?.removeEventListener('abort', onAbort);
      socket.off('connect', onConnect).off('error', onError);
      finish();
    };
    const fail = (error: unknown): void => {
      settle(() => {
        // A late error of a socket we gave up must not end the process.
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error as Error);
      });
    };
    const onConnect = (): void => {
      settle(() => {
        socket.pause();
        resolve(socket);
      });
    };
    const onError = (error: Error): void => {
      fail(explain(error, at(host, port)));
    };
    const onAbort = (): void => {
      fail(signal?.reason);
    };
    const cancel = clock.after(timeout, () => {
      fail(new WireError('timeout', `${at(host, port)} did not answer within ${timeout / 1000} s.`));
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('connect', onConnect).on('error', onError);
  });
}

/** The addresses of a name are tried in turn; the first one's failure speaks for all. */
function explain(error: Error, where: string): WireError {
  const first =
    error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : (error as NodeJS.ErrnoException);
  const code = first.code ?? first.message;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return new WireError('refused', `${where} refuses connections (${code}).`, { cause: error });
    case 'ETIMEDOUT':
      return new WireError('timeout', `${where} did not answer (${code}).`, { cause: error });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new WireError('unreachable', `${where} has no address we could find (${code}).`, { cause: error });
    default:
      return new WireError('unreachable', `${where} can't be reached (${code}).`, { cause: error });
  }
}

/** The path in "unix:/path"; undefined for an address or a name. */
export function socketPath(host: string): string | undefined {
  return host.startsWith('unix:') ? host.slice('unix:'.length) : undefined;
}

function at(host: string, port: number): string {
  if (socketPath(host) !== undefined) return host;
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
