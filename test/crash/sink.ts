/** The next server, in the test's own process, so that it outlives every kill: takes everything, keeps what it took. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Random } from './random.ts';

export interface Taken {
  readonly recipients: readonly string[];
  /** Unstuffed, as it came over the wire. */
  readonly octets: Buffer;
  /** In which life of the program it came. */
  readonly life: number;
  /** When its final dot came, in ms. */
  readonly at: number;
}

const END = Buffer.from('\r\n.\r\n');

export class Sink {
  readonly taken: Taken[] = [];
  /** Which life of the program speaks to us now. */
  life = 0;
  /** Called when a whole message is here and has not been answered yet. */
  onDot: () => void = () => undefined;
  readonly #random: Random;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#serve(socket);
  });

  constructor(random: Random) {
    this.#random = random;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => undefined);
    const session = new SinkSession(socket, this.#random, (recipients, octets) => {
      this.taken.push({ recipients, octets, life: this.life, at: performance.now() });
      this.onDot();
    });
    socket.write('220 sink.test ESMTP\r\n');
    socket.on('data', (chunk: Buffer) => {
      session.push(chunk);
    });
  }
}

class SinkSession {
  readonly #socket: Socket;
  readonly #random: Random;
  readonly #take: (recipients: readonly string[], octets: Buffer) => void;
  #input = Buffer.alloc(0);
  #recipients: string[] = [];
  #inText = false;

  constructor(socket: Socket, random: Random, take: (recipients: readonly string[], octets: Buffer) => void) {
    this.#socket = socket;
    this.#random = random;
    this.#take = take;
  }

  push(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#inText ? this.#text() : this.#command());
  }

  #text(): boolean {
    // The line end of the DATA command may be the first half of the end of an empty text.
    const end = this.#input.indexOf(END);
    if (end < 0) return false;
    const octets = this.#input
      .subarray(0, end + 2)
      .toString('latin1')
      .replace(/^\./gm, '');
    this.#input = this.#input.subarray(end + END.length);
    this.#inText = false;
    this.#take(this.#recipients, Buffer.from(octets, 'latin1'));
    // Now and then the answer takes a while: a kill may fall into the window that nobody can close.
    const wait = this.#random.chance(0.3) ? this.#random.between(1, 40) : 0;
    setTimeout(() => this.#socket.write('250 2.0.0 taken\r\n'), wait);
    return true;
  }

  #command(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.subarray(0, end).toString('latin1');
    this.#input = this.#input.subarray(end + 2);
    this.#socket.write(this.#answer(line));
    return true;
  }

  #answer(line: string): string {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') return '250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n';
    if (verb === 'MAIL' || verb === 'RSET') this.#recipients = [];
    if (verb === 'RCPT') this.#recipients.push(/<(.*?)>/.exec(line)?.[1] ?? '');
    if (verb === 'QUIT') return '221 2.0.0 bye\r\n';
    if (verb !== 'DATA') return '250 2.0.0 ok\r\n';
    this.#inText = true;
    return '354 go on\r\n';
  }
}
