/**
 * Transfer encodings of RFC 2045 §6, written while the octets stream by, whatever pieces they come in. What comes out
 * has lines of at most 76 characters of ASCII, none of which begins with two dashes: no line can be taken for a
 * delimiter of a multipart around it (RFC 2046 §5.1.1).
 */

export interface TransferEncoder {
  push(octets: Buffer): Buffer;
  /** What was held back. The last line gets no line end of its own. */
  end(): Buffer;
}

/** A soft line break takes one of the 76 columns itself. */
const WIDTH = 75;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;
const DASH = 0x2d;
const HEX = Buffer.from('0123456789ABCDEF');

/** Lines being written: room for every octet as "=XX" with a soft line break before each of them, and for what was held. */
class Lines {
  readonly #out: Buffer;
  #length = 0;
  column: number;

  constructor(octets: number, column: number) {
    this.#out = Buffer.allocUnsafe(6 * octets + 16);
    this.column = column;
  }

  plain(octet: number): void {
    this.#out[this.#length++] = octet;
    this.column += 1;
  }

  /** "=" 2HEXDIG */
  escaped(octet: number): void {
    this.#out[this.#length++] = EQUALS;
    this.#out[this.#length++] = HEX[octet >> 4] as number;
    this.#out[this.#length++] = HEX[octet & 15] as number;
    this.column += 3;
  }

  breakSoftly(): void {
    this.#out[this.#length++] = EQUALS;
    this.breakHard();
  }

  breakHard(): void {
    this.#out[this.#length++] = CR;
    this.#out[this.#length++] = LF;
    this.column = 0;
  }

  get bytes(): Buffer {
    return this.#out.subarray(0, this.#length);
  }
}

/** Quoted-printable of text (RFC 2045 §6.7): CRLF is a line end; a blank before it, and everything but printable ASCII, is escaped. */
export class QuotedPrintableEncoder implements TransferEncoder {
  #column = 0;
  /** A blank or a CR: what follows decides what it becomes. */
  #held: number | undefined;

  push(octets: Buffer): Buffer {
    const lines = new Lines(octets.length, this.#column);
    for (let at = 0; at < octets.length; at++) this.#take(lines, octets[at] as number);
    this.#column = lines.column;
    return lines.bytes;
  }

  end(): Buffer {
    const lines = new Lines(0, this.#column);
    this.#release(lines, undefined);
    this.#column = lines.column;
    return lines.bytes;
  }

  #take(lines: Lines, octet: number): void {
    if (this.#held === CR && octet === LF) {
      this.#held = undefined;
      lines.breakHard();
      return;
    }
    this.#release(lines, octet);
    if (octet === CR || octet === SPACE || octet === TAB) this.#held = octet;
    else write(lines, octet, isPrintable(octet));
  }

  #release(lines: Lines, next: number | undefined): void {
    if (this.#held === undefined) return;
    write(lines, this.#held, this.#held !== CR && next !== undefined && next !== CR);
    this.#held = undefined;
  }
}

function write(lines: Lines, octet: number, plain: boolean): void {
  if (lines.column + (plain && octet !== DASH ? 1 : 3) > WIDTH) lines.breakSoftly();
  if (plain && !(octet === DASH && lines.column === 0)) lines.plain(octet);
  else lines.escaped(octet);
}

function isPrintable(octet: number): boolean {
  return octet > SPACE && octet < 0x7f && octet !== EQUALS;
}

/** Text or octets at once. Line ends (CRLF or LF) stay line ends; a bare CR is encoded. */
export function encodeQuotedPrintable(content: Uint8Array | string): string {
  const octets = Buffer.from(content as Uint8Array)
    .toString('latin1')
    .replace(/\r?\n/g, '\r\n');
  const encoder = new QuotedPrintableEncoder();
  return Buffer.concat([encoder.push(Buffer.from(octets, 'latin1')), encoder.end()]).toString('latin1');
}

/** For content that says it is quoted-printable and isn't: octets beyond ASCII are escaped, all else stays. */
export class QuotedPrintableMender implements TransferEncoder {
  #column = 0;

  push(octets: Buffer): Buffer {
    const lines = new Lines(octets.length, this.#column);
    for (let at = 0; at < octets.length; at++) {
      const octet = octets[at] as number;
      if (octet < 0x80) lines.plain(octet);
      else {
        if (lines.column + 3 > WIDTH) lines.breakSoftly();
        lines.escaped(octet);
      }
      if (octet === LF) lines.column = 0;
    }
    this.#column = lines.column;
    return lines.bytes;
  }

  end(): Buffer {
    return Buffer.alloc(0);
  }
}

/** Octets of one line of base 64 (RFC 2045 §6.8). */
const OCTETS_PER_LINE = 57;

export class Base64Encoder implements TransferEncoder {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  push(octets: Buffer): Buffer {
    const all = this.#rest.length === 0 ? octets : Buffer.concat([this.#rest, octets]);
    const whole = all.length - (all.length % OCTETS_PER_LINE);
    this.#rest = Buffer.from(all.subarray(whole));
    return this.#lines(all.subarray(0, whole));
  }

  end(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return this.#lines(rest);
  }

  /** Line ends stand between lines: whether one follows the last isn't known yet. */
  #lines(octets: Buffer): Buffer {
    const lines: string[] = [];
    for (let at = 0; at < octets.length; at += OCTETS_PER_LINE)
      lines.push(octets.toString('base64', at, Math.min(at + OCTETS_PER_LINE, octets.length)));
    const text = lines.join('\r\n');
    const out = Buffer.from(this.#started && text !== '' ? `\r\n${text}` : text, 'latin1');
    this.#started ||= text !== '';
    return out;
  }
}
