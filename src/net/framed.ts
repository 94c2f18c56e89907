/**
 * The Wire over any transport: framing, batched output, back-pressure and deadlines. See wire.ts
 * for what it promises.
 *
 * Input is bounded: above HIGH_WATER octets the transport is paused until the session has read
 * them. Output is bounded: a read that finds more than BATCH octets unsent waits for the peer to
 * take them, so a peer that never reads its replies can't make us hold them (HOUSE P7).
 */
import type { Cancel, Clock } from '../base/index.ts';
import { DottedText } from './dotted.ts';
import { Inbox } from './inbox.ts';
import { Patience, Pour } from './text-reading.ts';
import type { Receiver, Transport } from './transport.ts';
import { Turns } from './turns.ts';
import { WireError } from './wire.ts';
import type {
  ChannelBindingType,
  ChunkSink,
  DottedRead,
  Endpoint,
  LineRead,
  StartTls,
  TlsState,
  Wire,
} from './wire.ts';

/** Input that is held for a session that isn't reading. */
const HIGH_WATER = 65_536;
const LOW_WATER = 16_384;
/** Output that is collected before it leaves without being asked for. */
export const BATCH = 65_536;
/** The longest handshake, whatever the timeout of the session. */
const LONGEST_HANDSHAKE = 60_000;
export interface FramedOptions {
  readonly clock: Clock;
  /** The first value of `Wire.timeout`, in milliseconds. */
  readonly timeout: number;
  /** How long `close` waits for the peer to leave, in milliseconds. Default 2000. */
  readonly grace?: number;
  /** The TLS state of a connection that is already protected (memory only). */
  readonly tls?: TlsState | undefined;
  /** Leaves the input alone until the first read or handshake. */
  readonly held?: boolean;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: WireError) => void;
}

export class FramedWire implements Wire, Receiver {
  timeout: number;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #grace: number;
  readonly #inbox = new Inbox();
  readonly #turns = new Turns();
  #tls: TlsState | undefined;
  #collected: Buffer[] = [];
  #collectedOctets = 0;
  /** The transport had no room at the last send. */
  #full = false;
  #paused = false;
  #ended = false;
  #failure: WireError | undefined;
  #gone = false;
  #closing = false;
  #reading = false;
  #stopping = false;
  /** The wait for input is one for a command. */
  #idle = false;
  #input: Waiter | undefined;
  /** Grows with all that the transport tells: a read that looked before it may have to look again. */
  #news = 0;
  #room: Waiter | undefined;
  #flushing: Promise<void> | undefined;
  #leaving: (() => void)[] = [];

  constructor(transport: Transport, options: FramedOptions) {
    this.#transport = transport;
    this.#clock = options.clock;
    this.#grace = options.grace ?? 2000;
    this.#tls = options.tls;
    this.timeout = options.timeout;
    transport.attach(this);
    if (options.held !== true) transport.resume();
    else this.#paused = true;
  }

  get peer(): Endpoint {
    return this.#transport.peer;
  }

  get local(): Endpoint {
    return this.#transport.local;
  }

  get tls(): TlsState | undefined {
    return this.#tls;
  }

  channelBinding(type: ChannelBindingType): Buffer | undefined {
    return this.#tls === undefined || this.#gone ? undefined : this.#transport.channelBinding?.(type);
  }

  get buffered(): number {
    return this.#inbox.length;
  }

  get peerLeft(): boolean {
    return this.#ended || this.#gone;
  }

  get unsent(): number {
    return this.#collectedOctets + this.#transport.pending;
  }

  readLine(limit: number): Promise<LineRead> {
    return this.#exclusively(async () => {
      let deadline: number | undefined;
      for (;;) {
        await this.#relieve();
        const news = this.#news;
        const line = this.#inbox.takeLine(limit);
        if (line !== undefined) {
          this.#refill();
          await this.#turns.afterLine();
          return line === 'too-long' ? { kind: 'too-long' } : { kind: 'line', bytes: line };
        }
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#ended) {
          this.#inbox.clear();
          return { kind: 'end' };
        }
        deadline ??= this.#clock.ticks() + this.timeout;
        await this.#flushCollected();
        await this.#more(news, deadline - this.#clock.ticks(), true);
      }
    });
  }

  readDotted(limit: number, sink: ChunkSink): Promise<DottedRead> {
    return this.#exclusively(async () => {
      const framing = new DottedText();
      const pour = new Pour(limit, sink);
      const patience = new Patience(this.#clock);
      for (;;) {
        const chunk = await this.#chunk(patience);
        const step = framing.push(chunk);
        if (step.used < chunk.length) this.#inbox.putBack(chunk.subarray(step.used));
        await pour.take(step.text);
        if (step.ended) break;
      }
      this.#refill();
      pour.finish();
      const { octets } = pour;
      const read = { octets, tooBig: octets > limit };
      return framing.bare === undefined ? read : { ...read, bare: framing.bare };
    });
  }

  readBytes(count: number, sink: ChunkSink): Promise<void> {
    return this.#exclusively(async () => {
      const pour = new Pour(count, sink);
      const patience = new Patience(this.#clock);
      while (pour.octets < count) await pour.take(await this.#chunk(patience, count - pour.octets));
      this.#refill();
      pour.finish();
    });
  }

  write(data: Buffer | string): void {
    const octets = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    if (octets.length === 0 || this.#gone || this.#closing) return;
    this.#collected.push(octets);
    this.#collectedOctets += octets.length;
    if (this.#collectedOctets > BATCH) this.#send();
  }

  async flush(): Promise<void> {
    this.#send();
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#full) return;
    this.#flushing ??= this.#wait('The other side did not take what we sent', this.timeout, (waiter) => {
      this.#room = waiter;
    }).finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async startTls(options: StartTls): Promise<TlsState> {
    if (this.#tls !== undefined) throw new WireError('tls', 'The connection is protected by TLS already.');
    this.#inbox.clear();
    this.#transport.discard();
    this.#send();
    if (this.#failure !== undefined) throw new WireError('tls', this.#failure.message, { cause: this.#failure });
    if (this.#ended) throw this.#fail(new WireError('tls', 'The other side left before the TLS handshake.'));
    const limit = Math.min(this.timeout, LONGEST_HANDSHAKE);
    const cancel = this.#clock.after(limit, () => {
      this.#transport.destroy(new WireError('tls', `The TLS handshake was not finished within ${seconds(limit)}.`));
    });
    try {
      this.#tls = await this.#transport.startTls(options);
    } catch (error) {
      throw this.#fail(asTlsError(error));
    } finally {
      cancel();
    }
    this.#full = false;
    this.#paused = false;
    this.#transport.resume();
    return this.#tls;
  }

  async close(): Promise<void> {
    if (!this.#gone && !this.#closing) {
      this.#send();
      this.#closing = true;
      this.#inbox.clear();
      this.#input?.reject(weClosed());
      this.#transport.end();
      // What the peer still sends is read and thrown away: closing a socket with unread input resets
      // the connection, and a reset may overtake our last reply (RFC 1122 §4.2.2.13).
      this.#transport.resume();
    }
    if (this.#gone || !this.#transport.lingers) {
      this.destroy();
      return;
    }
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(this.#grace, resolve);
      this.#leaving.push(() => {
        cancel();
        resolve();
      });
      if (this.#ended) this.#leaveWhenSent();
    });
    this.destroy();
  }

  destroy(): void {
    if (this.#gone) return;
    this.#fail(this.#failure ?? weClosed());
  }

  /** We are stopping: the session is told at its next wait for a command. */
  stop(): void {
    this.#stopping = true;
    if (this.#idle) this.#input?.reject(stopping());
  }

  // What the transport tells.

  received(chunk: Buffer): void {
    if (this.#closing) return;
    this.#inbox.push(chunk);
    this.#news += 1;
    if (!this.#paused && this.#inbox.length >= HIGH_WATER) {
      this.#paused = true;
      this.#transport.pause();
    }
    this.#input?.resolve();
  }

  ended(): void {
    this.#ended = true;
    this.#news += 1;
    this.#input?.resolve();
    if (this.#closing) this.#leaveWhenSent();
  }

  drained(): void {
    this.#full = false;
    this.#room?.resolve();
    if (this.#closing && this.#ended) this.#leaveWhenSent();
  }

  gone(error: WireError | undefined): void {
    this.#gone = true;
    this.#news += 1;
    this.#failure ??= error ?? new WireError('closed', 'The other side closed the connection.');
    this.#collected = [];
    this.#collectedOctets = 0;
    this.#input?.resolve();
    this.#room?.reject(this.#failure);
    for (const leave of this.#leaving.splice(0)) leave();
  }

  // Inside.

  /** Reads follow one another; two at once would share a message between them. */
  async #exclusively<T>(read: () => Promise<T>): Promise<T> {
    if (this.#reading) throw new Error('A wire was read while another read was waiting on it.');
    this.#reading = true;
    try {
      return await read();
    } finally {
      this.#reading = false;
    }
  }

  /** The next octets, at most `limit`; waits for them, and rejects when none will come. */
  async #chunk(patience: Patience, limit?: number): Promise<Buffer> {
    for (;;) {
      const news = this.#news;
      const chunk = this.#inbox.takeChunk(limit);
      if (chunk !== undefined) {
        patience.octets += chunk.length;
        return chunk;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) throw new WireError('closed', 'The other side left in the middle of a text.');
      await this.#flushCollected();
      await patience.wait(this.timeout, (ms) => this.#more(news, ms, false));
    }
  }

  /** Waits until something came, ended or broke; not at all when that happened since `news` was looked at. */
  async #more(news: number, ms: number, idle: boolean): Promise<void> {
    if (news !== this.#news) return;
    if (idle && this.#stopping && this.#inbox.length === 0) throw stopping();
    this.#idle = idle;
    this.#paused = false;
    this.#transport.resume();
    const waiting = this.#wait(
      idle ? 'The other side sent no whole line' : 'The other side did not go on with its text',
      ms,
      (waiter) => {
        this.#input = waiter;
      },
    );
    this.#transport.starve();
    await waiting;
  }

  async #flushCollected(): Promise<void> {
    if (this.#collectedOctets > 0 || this.#full) await this.flush();
  }

  /** A peer that doesn't take its replies gets no further commands carried out. */
  async #relieve(): Promise<void> {
    if (this.#full && this.#failure === undefined && this.unsent > BATCH) await this.flush();
  }

  #refill(): void {
    if (!this.#paused || this.#inbox.length > LOW_WATER || this.#ended) return;
    this.#paused = false;
    this.#transport.resume();
  }

  #send(): void {
    if (this.#collectedOctets === 0 || this.#gone) return;
    const [first] = this.#collected;
    const data = this.#collected.length === 1 && first !== undefined ? first : Buffer.concat(this.#collected);
    this.#collected = [];
    this.#collectedOctets = 0;
    if (!this.#transport.send(data)) this.#full = true;
  }

  /** A promise that the transport settles, or the clock. `place` puts the waiter where the transport's news finds it. */
  #wait(problem: string, ms: number, place: (waiter: Waiter | undefined) => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let cancel: Cancel = () => undefined;
      const settle = (finish: () => void): void => {
        cancel();
        place(undefined);
        finish();
      };
      const waiter: Waiter = {
        resolve: () => {
          settle(resolve);
        },
        reject: (error) => {
          settle(() => {
            reject(error);
          });
        },
      };
      place(waiter);
      cancel = this.#clock.after(ms, () => {
        waiter.reject(new WireError('timeout', `${problem} in time.`));
      });
    });
  }

  #leaveWhenSent(): void {
    if (this.#transport.pending > 0) return;
    for (const leave of this.#leaving.splice(0)) leave();
  }

  #fail(error: WireError): WireError {
    this.#failure ??= error;
    this.#inbox.clear();
    this.#transport.destroy(error);
    if (!this.#gone) this.gone(error);
    return error;
  }
}

function weClosed(): WireError {
  return new WireError('closed', 'We closed the connection.');
}

function stopping(): WireError {
  return new WireError('shutdown', 'The server is stopping.');
}

function asTlsError(error: unknown): WireError {
  if (error instanceof WireError && error.kind === 'tls') return error;
  const text = error instanceof Error ? error.message : String(error);
  return new WireError('tls', `The TLS handshake failed: ${text}`, { cause: error });
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}
