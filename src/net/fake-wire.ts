/**
 * A wire that plays prepared input, for tests of sessions: one piece is delivered each time the
 * session has used up what came and waits for more, as if the peer had waited for our answer.
 */
import { FakeClock } from '../base/testing.ts';
import type { Clock } from '../base/index.ts';
import { FramedWire } from './framed.ts';
import type { Receiver, Transport } from './transport.ts';
import type { Endpoint, StartTls, TlsState, Wire, WireError } from './wire.ts';

export interface ScriptedOptions {
  /** Default: a FakeClock of its own. */
  readonly clock?: Clock;
  readonly timeout?: number;
  readonly peer?: Endpoint;
  readonly local?: Endpoint;
  /** The connection starts under TLS. */
  readonly tls?: TlsState;
  /** Deliver the first piece before the session asks: a peer that talks before our greeting. */
  readonly early?: boolean;
  /** After the last piece the peer stays and says nothing; default: it ends its side. */
  readonly stays?: boolean;
}

export interface Scripted {
  readonly wire: Wire;
  /** All that was sent so far, as Latin-1. */
  readonly output: string;
  /** The same octets. */
  readonly octets: Buffer;
  /** What left together, in order: one entry for each write to the transport. */
  readonly batches: readonly string[];
  /** The wire was closed or destroyed. */
  readonly closed: boolean;
}

/** Plays the pieces as they are cut; strings are taken as UTF-8. */
export function scriptedWire(input: readonly (string | Buffer)[], options: ScriptedOptions = {}): Scripted {
  const transport = new ScriptTransport(
    input.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece)),
    options,
  );
  const { clock = new FakeClock(), timeout = 300_000, tls } = options;
  const wire = new FramedWire(transport, { clock, timeout, tls });
  return {
    wire,
    get output() {
      return transport.batches.join('');
    },
    get octets() {
      return Buffer.from(transport.batches.join(''), 'latin1');
    },
    get batches() {
      return transport.batches;
    },
    get closed() {
      return transport.closed;
    },
  };
}

class ScriptTransport implements Transport {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly lingers = false;
  readonly pending = 0;
  readonly batches: string[] = [];
  closed = false;
  readonly #pieces: Buffer[];
  readonly #stays: boolean;
  #receiver: Receiver | undefined;

  constructor(pieces: readonly Buffer[], options: ScriptedOptions) {
    this.#pieces = [...pieces];
    this.#stays = options.stays ?? false;
    this.peer = options.peer ?? { address: '192.0.2.1', port: 40_000 };
    this.local = options.local ?? { address: '192.0.2.25', port: 25 };
    this.#early = options.early ?? false;
  }

  readonly #early: boolean;

  attach(receiver: Receiver): void {
    this.#receiver = receiver;
    const first = this.#early ? this.#pieces.shift() : undefined;
    if (first !== undefined) queueMicrotask(() => this.#receiver?.received(first));
  }

  send(data: Buffer): boolean {
    this.batches.push(data.toString('latin1'));
    return true;
  }

  pause(): void {
    // Pieces come only when they are asked for.
  }

  resume(): void {
    // As above.
  }

  starve(): void {
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.#receiver?.received(piece);
    else if (!this.#stays) this.#receiver?.ended();
  }

  discard(): void {
    // A piece that was not delivered yet has, for the session, not been sent yet.
  }

  end(): void {
    this.closed = true;
  }

  destroy(error?: WireError): void {
    this.closed = true;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.gone(error);
  }

  startTls(options: StartTls): Promise<TlsState> {
    const serverName = options.role === 'client' ? { serverName: options.serverName } : {};
    return Promise.resolve({ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: false, ...serverName });
  }
}
