/**
 * Two wires connected in memory: what one writes the other reads, with the same framing, batching,
 * deadlines and back-pressure as over a socket. Our client talks to our server through them, and a
 * session can be asked "what would you say" without a network.
 */
import type { Clock } from '../base/index.ts';
import { BATCH, FramedWire } from './framed.ts';
import type { Receiver, Transport } from './transport.ts';
import { WireError } from './wire.ts';
import type { ChannelBindingType, Endpoint, StartTls, TlsState, Wire } from './wire.ts';

export interface MemoryPairOptions {
  readonly clock: Clock;
  /** Milliseconds; default five minutes. */
  readonly timeout?: number;
  /** The largest piece that is delivered at once; default: as written. */
  readonly chunk?: number;
  readonly client?: Endpoint;
  readonly server?: Endpoint;
  /** Both sides start as if a handshake had been made (implicit TLS). */
  readonly tls?: TlsState;
}

export interface MemoryPair {
  readonly client: Wire;
  readonly server: Wire;
}

const CLIENT: Endpoint = { address: '127.0.0.1', port: 40_000 };
const SERVER: Endpoint = { address: '127.0.0.1', port: 2525 };

/** A connection in memory. Nothing has to be closed: both ends may simply be forgotten. */
export function memoryWirePair(options: MemoryPairOptions): MemoryPair {
  const { clock, client = CLIENT, server = SERVER, tls } = options;
  const chunk = options.chunk ?? Number.POSITIVE_INFINITY;
  const left = new MemoryTransport(client, server, chunk);
  const right = new MemoryTransport(server, client, chunk);
  left.connect(right);
  right.connect(left);
  const framed = { clock, timeout: options.timeout ?? 300_000, tls };
  return { client: new FramedWire(left, framed), server: new FramedWire(right, framed) };
}

class MemoryTransport implements Transport {
  readonly local: Endpoint;
  readonly peer: Endpoint;
  readonly lingers = false;
  readonly #chunk: number;
  #other: MemoryTransport | undefined;
  #receiver: Receiver | undefined;
  /** What the other side sent and we have not delivered. */
  #queue: Buffer[] = [];
  #queued = 0;
  #flowing = false;
  #pumping = false;
  #otherEnded = false;
  #endTold = false;
  #otherWaits = false;
  #handshake:
    | {
        readonly options: StartTls;
        readonly resolve: (state: TlsState) => void;
        readonly reject: (error: WireError) => void;
      }
    | undefined;

  constructor(local: Endpoint, peer: Endpoint, chunk: number) {
    this.local = local;
    this.peer = peer;
    this.#chunk = chunk;
  }

  connect(other: MemoryTransport): void {
    this.#other = other;
  }

  get pending(): number {
    return this.#other?.undelivered ?? 0;
  }

  get undelivered(): number {
    return this.#queued;
  }

  attach(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  send(data: Buffer): boolean {
    return this.#other?.take(data) ?? true;
  }

  pause(): void {
    this.#flowing = false;
  }

  resume(): void {
    this.#flowing = true;
    this.#pump();
  }

  starve(): void {
    // What comes is delivered as soon as it is there.
  }

  discard(): void {
    this.#flowing = false;
    this.#queue = [];
    this.#queued = 0;
    this.#relieve();
  }

  end(): void {
    this.#other?.hearEnd();
    this.#other?.refuse('the other side left');
  }

  destroy(error?: WireError): void {
    const other = this.#other;
    this.#other = undefined;
    this.#queue = [];
    this.#queued = 0;
    this.#handshake?.reject(error ?? new WireError('tls', 'The TLS handshake failed: the connection was cut.'));
    other?.hearEnd();
    other?.refuse('the other side left');
    // Nothing will take what it still sends, so nothing holds it back either.
    other?.makeRoom();
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.gone(error);
  }

  /** Both sides meet here; octets in clear instead of a handshake break it, as they would on a socket. */
  startTls(options: StartTls): Promise<TlsState> {
    return new Promise((resolve, reject) => {
      this.#handshake = { options, resolve, reject };
      const other = this.#other;
      if (other === undefined || this.#otherEnded) this.refuse('the other side left');
      else if (this.#queued > 0) this.refuse('what came was not TLS');
      else if (other.#handshake !== undefined) this.#agree(other);
    });
  }

  /** No secret, but the same at both ends: enough for a login to be bound to it. */
  channelBinding(type: ChannelBindingType): Buffer {
    return Buffer.from(`in memory: ${type}`);
  }

  take(data: Buffer): boolean {
    if (this.#receiver === undefined) return true;
    this.#queue.push(data);
    this.#queued += data.length;
    if (this.#handshake !== undefined) this.refuse('what came was not TLS');
    this.#pump();
    this.#otherWaits = this.#queued > BATCH;
    return !this.#otherWaits;
  }

  hearEnd(): void {
    this.#otherEnded = true;
    this.#pump();
  }

  refuse(reason: string): void {
    const handshake = this.#handshake;
    this.#handshake = undefined;
    handshake?.reject(new WireError('tls', `The TLS handshake failed: ${reason}.`));
  }

  #agree(other: MemoryTransport): void {
    const sides = [this.#handshake, other.#handshake];
    this.#handshake = undefined;
    other.#handshake = undefined;
    const serverName = sides.map((side) => (side?.options.role === 'client' ? side.options.serverName : '')).join('');
    for (const side of sides) {
      side?.resolve({
        version: 'TLSv1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        verified: side.options.role === 'client',
        ...(serverName === '' ? {} : { serverName }),
      });
    }
  }

  /** Delivers piece by piece, each in a turn of its own, so that a reader runs between them. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      if (this.#flowing) this.#deliver();
    });
  }

  #deliver(): void {
    const first = this.#queue.shift();
    if (first === undefined) {
      if (this.#otherEnded && !this.#endTold) {
        this.#endTold = true;
        this.#receiver?.ended();
      }
      return;
    }
    const piece = first.subarray(0, this.#chunk);
    if (piece.length < first.length) this.#queue.unshift(first.subarray(piece.length));
    this.#queued -= piece.length;
    this.#receiver?.received(piece);
    this.#relieve();
    this.#pump();
  }

  #relieve(): void {
    if (!this.#otherWaits || this.#queued > 0) return;
    this.#otherWaits = false;
    this.#other?.makeRoom();
  }

  makeRoom(): void {
    this.#receiver?.drained();
  }
}
