/** The load: SMTP clients on open connections, each sending the next message when the last one was acknowledged. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Load {
  readonly port: number;
  readonly recipient: string;
  /** Connections at a time. */
  readonly concurrency: number;
  /** Octets of a message. */
  readonly size: number;
  readonly seconds: number;
}

export interface Measured {
  /** Acknowledged messages a second, over all connections. */
  readonly rate: number;
  /** From MAIL to the 250 behind the dot, in ms. */
  readonly p50: number;
  readonly p99: number;
}

/** The envelope leaves in one write (RFC 2920), the message in another: two round trips, the same for every server. */
class Client {
  readonly #socket: Socket;
  #said = '';
  #waiting:
    | { left: number; readonly resolve: (last: string) => void; readonly reject: (error: Error) => void }
    | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk.toString('latin1'));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#waiting?.reject(new Error('the server closed the connection'));
    });
  }

  static async open(port: number): Promise<Client> {
    const client = new Client(connect(port, '127.0.0.1'));
    await client.#replies(1);
    await client.#ask('EHLO bench.test\r\n', 1, '250');
    return client;
  }

  async send(envelope: string, text: Buffer): Promise<void> {
    await this.#ask(envelope, 3, '354');
    await this.#ask(text, 1, '250');
  }

  close(): void {
    this.#socket.end('QUIT\r\n');
  }

  async #ask(octets: string | Buffer, replies: number, code: string): Promise<void> {
    const answer = this.#replies(replies);
    this.#socket.write(octets);
    const last = await answer;
    if (!last.startsWith(code)) throw new Error(`the server said "${last.trim()}" instead of ${code}`);
  }

  #replies(left: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { left, resolve, reject };
    });
  }

  /** A reply ends with the line that has a space behind its code. */
  #receive(text: string): void {
    this.#said += text;
    for (let end = this.#said.indexOf('\n'); end >= 0; end = this.#said.indexOf('\n')) {
      const line = this.#said.slice(0, end + 1);
      this.#said = this.#said.slice(end + 1);
      const waiting = this.#waiting;
      if (line[3] === '-' || waiting === undefined) continue;
      waiting.left -= 1;
      if (waiting.left > 0 && line < '4') continue;
      this.#waiting = undefined;
      waiting.resolve(line);
    }
  }
}

function messageOf(size: number): Buffer {
  const header =
    'From: <sender@elsewhere.test>\r\nSubject: bench\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <bench@elsewhere.test>\r\n\r\n';
  const line = `${'A line of text as there are many. '.repeat(2)}\r\n`;
  const lines = line.repeat(Math.max(1, Math.round((size - header.length) / line.length)));
  return Buffer.from(`${header}${lines}.\r\n`);
}

/** One stretch of load: how long it took, and how long each message did, in ms. */
export interface Stretch {
  readonly took: number;
  readonly times: readonly number[];
}

export async function load({ port, recipient, concurrency, size, seconds }: Load): Promise<Stretch> {
  const text = messageOf(size);
  const envelope = `MAIL FROM:<sender@elsewhere.test>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`;
  const clients = await Promise.all(Array.from({ length: concurrency }, () => Client.open(port)));
  const times: number[] = [];
  const start = performance.now();
  const until = start + seconds * 1_000;
  const work = async (client: Client): Promise<void> => {
    for (let begun = performance.now(); begun < until; begun = performance.now()) {
      await client.send(envelope, text);
      times.push(performance.now() - begun);
    }
    client.close();
  };
  await Promise.all(clients.map(work));
  return { took: performance.now() - start, times };
}

export function measured(stretches: readonly Stretch[]): Measured {
  const times = stretches.flatMap((one) => one.times).toSorted((a, b) => a - b);
  const took = stretches.reduce((sum, one) => sum + one.took, 0);
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  return { rate: times.length / (took / 1_000), p50: at(0.5), p99: at(0.99) };
}
