/**
 * What a case says to a server and hears from it: lines over a real socket, with a short patience, and
 * a mismatch that names what was expected and what was given.
 */
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A server did not answer as the case says. */
export class Mismatch extends Error {
  readonly expected: string;
  readonly given: string;

  constructor(expected: string, given: string) {
    super(`expected ${expected}, was given ${given}`);
    this.name = 'Mismatch';
    this.expected = expected;
    this.given = given;
  }
}

/** Milliseconds; the slowest answer is Dovecot's to a second login, which waits for the lock. */
const PATIENCE = 15_000;

export class Connection {
  #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  static async open(port: number): Promise<Connection> {
    const socket = connectTcp({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return new Connection(socket);
  }

  /** A character is an octet. */
  send(octets: string): void {
    this.#socket.write(octets, 'latin1');
  }

  /** The server has closed, or the connection broke. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Ends our side; what the server still says can be read. */
  endWriting(): void {
    this.#socket.end();
  }

  /** Without its CRLF; undefined when the server has closed. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#received.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#received.toString('latin1', 0, end);
        this.#received = this.#received.subarray(end + 2);
        return line;
      }
      if (this.#ended) return undefined;
      await this.#more();
    }
  }

  /** A whole SMTP reply (RFC 5321 §4.2.1), its lines joined by LF. */
  async reply(): Promise<string | undefined> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) return lines.length === 0 ? undefined : lines.join('\n');
      lines.push(line);
      if (!/^\d{3}-/.test(line)) return lines.join('\n');
    }
  }

  /** The lines of a POP3 multi-line response behind its first (RFC 1939 §3), as they came. */
  async stuffedLines(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) throw new Mismatch('the final "."', 'the end of the connection');
      if (line === '.') return lines;
      lines.push(line);
    }
  }

  /** Everything until the server closes, as whole SMTP replies. */
  async rest(): Promise<readonly string[]> {
    const replies: string[] = [];
    for (;;) {
      const reply = await this.reply();
      if (reply === undefined) return replies;
      replies.push(reply);
    }
  }

  /** The handshake, after the server has said yes. What came in clear behind the yes stays to be read. */
  async startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners();
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve).once('error', reject);
    });
    this.#socket = secure;
    this.#listen();
  }

  close(): void {
    this.#socket.destroy();
  }

  #listen(): void {
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.#socket.on('close', end).on('end', end).on('error', end);
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Mismatch('an answer', `silence for ${PATIENCE / 1000} s`));
      }, PATIENCE);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
