/**
 * A listening socket: takes connections within limits, makes the handshake where TLS is implicit
 * (RFC 8314 §3), and hands each over as a Wire.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Cancel, Clock } from '../base/index.ts';
import { customerNetwork, endpoint } from './addresses.ts';
import type { FramedWire } from './framed.ts';
import { socketWire } from './socket.ts';
import type { Endpoint, TlsServerContext, Wire } from './wire.ts';

/** Which limit a connection met. */
export type RefusedWhy = 'connections' | 'per-address';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** TLS from the first octet; asked for each connection, so that a renewed certificate counts at once. */
  readonly implicitTls?: () => TlsServerContext;
  readonly clock: Clock;
  readonly timeouts: {
    /** The first `timeout` of each wire, in milliseconds. */
    readonly read: number;
    /** For the implicit TLS handshake; default 30 s. */
    readonly handshake?: number;
  };
  /** Connections open at a time. */
  readonly maxConnections: number;
  /** Of them, from one address (IPv4) or one /64 (IPv6). */
  readonly maxPerAddress?: number;
  /** Carries out a session; the connection is closed when it settles. A rejection goes to `onError`. */
  readonly onConnection: (wire: Wire) => Promise<void>;
  /** The last words for a connection over a limit; not said where TLS is implicit. */
  readonly onRefused?: (peer: Endpoint, why: RefusedWhy) => string | undefined;
  /** A session that threw, a handshake that failed, or (without peer) the listening socket itself. */
  readonly onError?: (error: unknown, peer?: Endpoint) => void;
}

export interface Listener {
  readonly address: Endpoint;
  /** Connections open now. */
  readonly connections: number;
  /**
   * Takes no more connections, tells the waiting sessions (WireError 'shutdown'), waits up to
   * `drainMs` for all sessions to end, then cuts those that are left and gives them two seconds to notice.
   * May be called again with a shorter time.
   */
  close(options: { readonly drainMs: number }): Promise<void>;
}

/** How long a refused connection may take to read why. */
const REFUSED_GRACE = 1000;
/** Refused connections that are given that time at once; the others are cut. */
const REFUSED_AT_ONCE = 64;

/** How long sessions whose connection was cut at the end of a drain may take to notice. */
const AFTERMATH = 2000;

/** Rejects with the system's error (EADDRINUSE, EACCES) as a sentence that says what to do. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const room = new OpenConnections(options);
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive: true });
  server.on('connection', (socket) => {
    room.admit(socket);
  });
  await bound(server, options);
  server.on('error', (error) => {
    options.onError?.(error);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    address: endpoint(address, port),
    get connections() {
      return room.size;
    },
    async close({ drainMs }) {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      await room.drain(drainMs);
      await closed;
    },
  };
}

function bound(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(new Error(`Can't listen on ${host} port ${port}: ${bindProblem(error)}`, { cause: error }));
    };
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

/** Why an address could not be opened, and what to do, for the end of a sentence. */
export function bindProblem(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'another program has it. Stop that program, or choose another port.';
    case 'EACCES':
      return 'this user may not open ports below 1024. Choose a higher port, or grant CAP_NET_BIND_SERVICE.';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address. Choose one of its own, 127.0.0.1 or 0.0.0.0.';
    default:
      return `${error.code ?? error.message}.`;
  }
}

/** The connections of one listener, counted per address. */
class OpenConnections {
  readonly #options: ListenOptions;
  readonly #open = new Map<FramedWire, Promise<void>>();
  readonly #perNetwork = new Map<string, number>();
  readonly #refused = new Set<Socket>();
  #draining = false;

  constructor(options: ListenOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  admit(socket: Socket): void {
    const peer = endpoint(socket.remoteAddress, socket.remotePort);
    if (this.#draining || peer.address === '') {
      discard(socket);
      return;
    }
    const network = customerNetwork(peer.address);
    const why = this.#limitMet(network);
    if (why !== undefined) {
      this.#refuse(socket, this.#options.onRefused?.(peer, why));
      return;
    }
    const { clock, timeouts, implicitTls } = this.#options;
    const wire = socketWire(socket, { clock, timeout: timeouts.read, held: implicitTls !== undefined });
    this.#perNetwork.set(network, (this.#perNetwork.get(network) ?? 0) + 1);
    const session = this.#serve(wire).finally(() => {
      this.#open.delete(wire);
      this.#leave(network);
    });
    this.#open.set(wire, session);
  }

  async drain(drainMs: number): Promise<void> {
    this.#draining = true;
    for (const socket of this.#refused) socket.destroy();
    for (const wire of this.#open.keys()) wire.stop();
    const { clock } = this.#options;
    let cancel: Cancel = () => undefined;
    const cut = new Promise<void>((resolve) => {
      cancel = clock.after(drainMs, () => {
        for (const wire of this.#open.keys()) wire.destroy();
        cancel = clock.after(AFTERMATH, () => {
          this.#open.clear();
          resolve();
        });
      });
    });
    await Promise.race([Promise.all(this.#open.values()), cut]);
    cancel();
  }

  async #serve(wire: FramedWire): Promise<void> {
    const { implicitTls, timeouts, onConnection, onError } = this.#options;
    try {
      if (implicitTls !== undefined) {
        wire.timeout = timeouts.handshake ?? 30_000;
        await wire.startTls({ role: 'server', context: implicitTls() });
        wire.timeout = timeouts.read;
      }
      await onConnection(wire);
    } catch (error) {
      onError?.(error, wire.peer);
    } finally {
      await wire.close();
    }
  }

  #limitMet(network: string): RefusedWhy | undefined {
    const { maxConnections, maxPerAddress = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#open.size >= maxConnections) return 'connections';
    return (this.#perNetwork.get(network) ?? 0) >= maxPerAddress ? 'per-address' : undefined;
  }

  #leave(network: string): void {
    const left = (this.#perNetwork.get(network) ?? 1) - 1;
    if (left > 0) this.#perNetwork.set(network, left);
    else this.#perNetwork.delete(network);
  }

  /** Says why, gives a moment to read it, and holds nothing else for the connection. */
  #refuse(socket: Socket, words: string | undefined): void {
    if (words === undefined || this.#options.implicitTls !== undefined || this.#refused.size >= REFUSED_AT_ONCE) {
      discard(socket);
      return;
    }
    this.#refused.add(socket);
    const cancel = this.#options.clock.after(REFUSED_GRACE, () => {
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      cancel();
      this.#refused.delete(socket);
    });
    socket.on('end', () => socket.destroy());
    // What the peer sends is read and thrown away: unread input would reset the connection under our words.
    socket.resume();
    socket.end(words);
  }
}

function discard(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.destroy();
}
