/** The messages of a crash run: each with a token of its own, and octets that follow from it. */
import type { Random } from './random.ts';

/** Content up to this lies in the database, larger content in a file (src/store/content/write.ts). */
const INLINE_LIMIT = 16_384;

export interface Letter {
  readonly token: string;
  readonly from: string;
  readonly to: readonly string[];
  /** As the sender has it: CRLF lines, no dots doubled. */
  readonly octets: Buffer;
}

/** A block of text that bodies are cut from. Its lines begin with dots now and then, and have octets above 127. */
function textFrom(random: Random, size: number): Buffer {
  const lines: string[] = [];
  for (let have = 0; have < size;) {
    const dots = random.chance(0.1) ? '.'.repeat(random.between(1, 3)) : '';
    const words = Array.from({ length: random.between(0, 90) }, () =>
      String.fromCharCode(random.chance(0.02) ? random.between(0xa1, 0xff) : random.between(0x20, 0x7e)),
    ).join('');
    const line = `${dots}${words}\r\n`;
    lines.push(line);
    have += line.length;
  }
  return Buffer.from(lines.join(''), 'latin1');
}

export class LetterWriter {
  readonly #random: Random;
  readonly #text: Buffer;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#text = textFrom(random, 700_000);
  }

  write(from: string, to: readonly string[]): Letter {
    this.#count += 1;
    const token = `t${String(this.#count)}-${this.#random.between(0, 0xffff_ffff).toString(16)}`;
    const head = `From: <${from}>\r\nSubject: ${token}\r\nMessage-ID: <${token}@crash.test>\r\n\r\n`;
    const body = this.#piece(this.#size());
    return { token, from, to, octets: Buffer.concat([Buffer.from(head), body, Buffer.from(`end of ${token}\r\n`)]) };
  }

  #size(): number {
    const kind = this.#random.next();
    if (kind < 0.5) return this.#random.between(0, 3_000);
    if (kind < 0.65) return this.#random.between(8_000, INLINE_LIMIT);
    // Around the limit, where the one place ends and the other begins.
    if (kind < 0.75) return INLINE_LIMIT + this.#random.between(-200, 200);
    if (kind < 0.95) return this.#random.between(INLINE_LIMIT, 80_000);
    return this.#random.between(200_000, 500_000);
  }

  /** Whole lines: a cut in the middle of one would make a bare CR or LF. */
  #piece(size: number): Buffer {
    const start = this.#lineAt(this.#random.between(0, this.#text.length - size - 200));
    return this.#text.subarray(start, this.#lineAt(start + size));
  }

  /** The first line that begins at `at` or behind it. */
  #lineAt(at: number): number {
    return at === 0 ? 0 : this.#text.indexOf('\r\n', at - 1) + 2;
  }
}

/** RFC 5321 §4.5.2. */
export function stuffed(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replace(/^\./gm, '..'), 'latin1');
}

/** The token of a message as it was fetched or relayed; undefined when its header is not whole. */
export function tokenIn(octets: Buffer): string | undefined {
  return /^Subject: (t\d+-[0-9a-f]+)\r\n/m.exec(octets.subarray(0, 4_096).toString('latin1'))?.[1];
}

/** What the way put in front, when the rest is the letter octet by octet; undefined when it is not. */
export function addedTo(letter: Letter, arrived: Buffer): string | undefined {
  const added = arrived.length - letter.octets.length;
  if (added < 0 || !arrived.subarray(added).equals(letter.octets)) return undefined;
  return arrived.subarray(0, added).toString('latin1');
}
