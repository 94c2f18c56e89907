/** A client that sends without end and without manners, over a real socket, and keeps count of what it is told. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const PATIENCE = 60_000;
/** Octets that leave in one write. */
const BLOCK = 262_144;

export class Flood {
  readonly #socket: Socket;
  readonly #counts = new Map<string, number>();
  #rest = '';
  #ended = false;
  #wake: () => void = () => undefined;
  /** The last whole line of the server. */
  last = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('data', (chunk: Buffer) => {
      this.#heard(chunk.toString('latin1'));
    });
    socket.on('drain', () => {
      this.#wake();
    });
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** Connected; it has not read anything yet. `from` is its address. */
  static async open(port: number, from = '127.0.0.1'): Promise<Flood> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return new Flood(socket);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How many lines of the server begin so. */
  count(start: string): number {
    return [...this.#counts].reduce((sum, [code, count]) => sum + (code.startsWith(start) ? count : 0), 0);
  }

  send(octets: string | Buffer): void {
    if (!this.#ended) this.#socket.write(octets);
  }

  /** The text again and again, as fast as it is taken; ends early when the connection does. Gives the octets that left. */
  async pour(text: string, times: number): Promise<number> {
    const each = Math.max(1, Math.floor(BLOCK / text.length));
    const block = Buffer.from(text.repeat(each), 'latin1');
    let left = times;
    while (left > 0 && !this.#ended) {
      const now = Math.min(each, left);
      left -= now;
      if (!this.#socket.write(block.subarray(0, now * text.length))) await this.#change();
    }
    return (times - left) * text.length;
  }

  /** Waits for a line that begins so. */
  async until(start: string): Promise<void> {
    const before = this.count(start);
    while (this.count(start) === before) {
      if (this.#ended) throw new Error(`the connection ended without ${start}; the last line was: ${this.last}`);
      await this.#change();
    }
  }

  /** Sends a line and waits for an answer that begins so. */
  async ask(line: string, start: string): Promise<void> {
    const heard = this.until(start);
    this.send(`${line}\r\n`);
    await heard;
  }

  /** Waits until the server has closed. */
  async end(): Promise<void> {
    while (!this.#ended) await this.#change();
  }

  /** Reads no more: what the server says stays with it. */
  deafen(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  #heard(text: string): void {
    const lines = (this.#rest + text).split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const code = line.slice(0, 4);
      this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
      this.last = line;
    }
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`nothing happened for ${PATIENCE} ms; the last line was: ${this.last}`));
      }, PATIENCE);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
