/** What reading a text keeps count of: how long the peer may still keep us waiting, and what the sink has taken. */
import type { Clock } from '../base/index.ts';
import type { ChunkSink } from './wire.ts';

/**
 * A text may keep us waiting, in all, for three timeouts and four milliseconds for each of its octets:
 * below 250 octets a second it is a connection held open rather than a message. Our own work doesn't count.
 */
const STALLS = 3;
const PACE = 4;

/** How much longer a text may keep us waiting. */
export class Patience {
  octets = 0;
  #waited = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async wait(timeout: number, more: (ms: number) => Promise<void>): Promise<void> {
    const left = STALLS * timeout + this.octets * PACE - this.#waited;
    const from = this.#clock.ticks();
    await more(Math.min(timeout, left));
    this.#waited += this.#clock.ticks() - from;
  }
}

/** Hands pieces to a sink up to a limit, counts on past it, and keeps the first error until the end. */
export class Pour {
  octets = 0;
  readonly #limit: number;
  readonly #sink: ChunkSink;
  #failed: { readonly error: unknown } | undefined;

  constructor(limit: number, sink: ChunkSink) {
    this.#limit = limit;
    this.#sink = sink;
  }

  async take(piece: Buffer): Promise<void> {
    const room = this.#limit - this.octets;
    this.octets += piece.length;
    if (room <= 0 || piece.length === 0 || this.#failed !== undefined) return;
    try {
      await this.#sink(piece.length <= room ? piece : piece.subarray(0, room));
    } catch (error) {
      this.#failed = { error };
    }
  }

  finish(): void {
    if (this.#failed !== undefined) throw this.#failed.error;
  }
}
