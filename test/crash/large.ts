/** A message that must never be whole in anybody's memory, ours included: made, sent and checked in pieces. */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

const HEADER = Buffer.from('Subject: large\r\nMessage-ID: <large@crash.test>\r\n\r\n');
/** No line begins with a dot, so the octets on the wire are the octets of the message. */
const PIECE = Buffer.from(
  `${'A line like any other, and there are many more of its kind in here.'.padEnd(78, '=')}\r\n`.repeat(800),
);

export class LargeMessage {
  readonly octets: number;
  readonly digest: string;
  readonly #pieces: number;

  /** About `octets` octets. */
  constructor(octets: number) {
    this.#pieces = Math.ceil((octets - HEADER.length) / PIECE.length);
    this.octets = HEADER.length + this.#pieces * PIECE.length;
    const hash = createHash('sha256');
    for (const piece of this.pieces()) hash.update(piece);
    this.digest = hash.digest('hex');
  }

  *pieces(): Iterable<Buffer> {
    yield HEADER;
    for (let n = 0; n < this.#pieces; n++) yield PIECE;
  }
}

/** Writes at the pace of the reader. */
export async function pour(socket: Socket, message: LargeMessage): Promise<void> {
  for (const piece of message.pieces()) {
    if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

const END = Buffer.from('\r\n.\r\n');

/** Digests a text as it passes, from its first header field of the sender's on, up to the dot. */
export class Passing {
  readonly #hash: Hash = createHash('sha256');
  #head: Buffer | undefined = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  octets = 0;
  digest = '';

  /** True when the end has come. */
  push(chunk: Buffer): boolean {
    const rest = this.#head === undefined ? chunk : this.#begin(Buffer.concat([this.#head, chunk]));
    const both = Buffer.concat([this.#tail, rest]);
    const ended = both.length >= END.length && both.subarray(-END.length).equals(END);
    // The end of the last line belongs to the text, the dot does not.
    const sure = both.subarray(0, Math.max(0, both.length - (ended ? 3 : END.length)));
    this.#hash.update(sure);
    this.octets += sure.length;
    this.#tail = Buffer.from(both.subarray(sure.length));
    if (ended) this.digest = this.#hash.digest('hex');
    return ended;
  }

  #begin(seen: Buffer): Buffer {
    const at = seen.indexOf('Subject: large');
    this.#head = at < 0 ? seen : undefined;
    return at < 0 ? Buffer.alloc(0) : seen.subarray(at);
  }
}

/** A next server that keeps nothing. */
export function largeSink(
  onMessage: (passed: Passing) => void,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    let text: Passing | undefined;
    socket.on('error', () => undefined);
    socket.write('220 sink.test ESMTP\r\n');
    socket.on('data', (chunk: Buffer) => {
      if (text === undefined) {
        for (const line of chunk.toString('latin1').split('\r\n').slice(0, -1)) {
          if (line === 'DATA') text = new Passing();
          socket.write(
            line.startsWith('EHLO')
              ? '250-sink.test\r\n250 SIZE 100000000\r\n'
              : line === 'DATA'
                ? '354 go on\r\n'
                : '250 ok\r\n',
          );
        }
      } else if (text.push(chunk)) {
        onMessage(text);
        text = undefined;
        socket.write('250 taken\r\n');
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ port: (server.address() as AddressInfo).port, server });
    });
  });
}
