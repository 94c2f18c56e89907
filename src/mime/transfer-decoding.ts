/**
 * Transfer encodings of RFC 2045 §6 undone, while the octets stream by in whatever pieces; as tolerantly as mail programs
 * do, because what arrives damaged is better shown than hidden. That something was wrong is said beside it.
 */
import { isIdentity } from './media-type.ts';

export interface TransferDecoder {
  /** What these octets stand for, as far as that is known yet; it may lie in what was given. */
  push(octets: Buffer): Buffer;
  /** What was held back. */
  end(): Buffer;
  /** Something so far was not as the encoding has it, or the encoding is unknown. */
  readonly isProblem: boolean;
}

/** How programs have spelled the encodings that change nothing. */
const MISSPELT_IDENTITY = /^(?:[678]|[678]-?bits?|none|us-ascii|utf-?8)$/;
const UUENCODE = new Set(['x-uuencode', 'x-uue', 'uuencode', 'uue']);

/** The decoder for a Content-Transfer-Encoding in lower case; what is unknown stays as it is, and is a problem. */
export function transferDecoder(encoding: string | undefined): TransferDecoder {
  if (encoding === 'base64') return new Base64Decoder();
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder();
  if (encoding !== undefined && UUENCODE.has(encoding)) return new UuDecoder();
  return new IdentityDecoder(!isIdentity(encoding) && !MISSPELT_IDENTITY.test(encoding ?? ''));
}

/** All of it at once. */
export function decodeTransfer(
  octets: Buffer,
  encoding: string | undefined,
): { readonly octets: Buffer; readonly isProblem: boolean } {
  const decoder = transferDecoder(encoding);
  const decoded = Buffer.concat([decoder.push(octets), decoder.end()]);
  return { octets: decoded, isProblem: decoder.isProblem };
}

const NOTHING = Buffer.alloc(0);

class IdentityDecoder implements TransferDecoder {
  readonly isProblem: boolean;

  constructor(isProblem: boolean) {
    this.isProblem = isProblem;
  }

  push(octets: Buffer): Buffer {
    return octets;
  }

  end(): Buffer {
    return NOTHING;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;

/** Of an octet its value in base 64; or what else it is. */
const BLANK = 64;
const PADDING = 65;
const FOREIGN = 66;
const BASE64 = new Uint8Array(256).fill(FOREIGN);
const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
for (const [value, sign] of ALPHABET.entries()) BASE64[sign] = value;
for (const blank of Buffer.from(' \t\r\n')) BASE64[blank] = BLANK;
BASE64[EQUALS] = PADDING;

/**
 * Octets that aren't of the alphabet are passed over (RFC 2045 §6.8). Behind padding more may follow: programs have
 * encoded a file piece by piece, and its rest is not to be lost.
 */
class Base64Decoder implements TransferDecoder {
  isProblem = false;
  /** Digits that make no octet yet, `#digits` of them. */
  #value = 0;
  #digits = 0;
  #padded = false;

  push(octets: Buffer): Buffer {
    return (this.#padded ? undefined : this.#pushClean(octets)) ?? this.#pushAny(octets);
  }

  /** What nearly all of it is, the platform decodes; undefined where there is anything but digits and line ends. */
  #pushClean(octets: Buffer): Buffer | undefined {
    const text = octets.toString('latin1');
    if (!/^[A-Za-z0-9+/\r\n]*$/.test(text)) return undefined;
    const digits = this.#heldDigits() + text.replace(/[\r\n]+/g, '');
    const whole = digits.length - (digits.length % 4);
    this.#value = 0;
    this.#digits = digits.length - whole;
    for (const digit of Buffer.from(digits.slice(whole))) this.#value = (this.#value << 6) | (BASE64[digit] as number);
    return Buffer.from(digits.slice(0, whole), 'base64');
  }

  #heldDigits(): string {
    let held = '';
    for (let n = this.#digits - 1; n >= 0; n--) held += String.fromCharCode(ALPHABET[(this.#value >> (6 * n)) & 63] as number); // prettier-ignore
    return held;
  }

  #pushAny(octets: Buffer): Buffer {
    const out = Buffer.allocUnsafe(Math.ceil((octets.length * 3) / 4) + 3);
    let length = 0;
    for (let at = 0; at < octets.length; at++) {
      const digit = BASE64[octets[at] as number] as number;
      if (digit >= BLANK) {
        if (digit === PADDING) length = this.#pad(out, length);
        else if (digit === FOREIGN) this.isProblem = true;
        continue;
      }
      if (this.#padded) this.isProblem = true;
      this.#value = (this.#value << 6) | digit;
      if (++this.#digits < 4) continue;
      out[length++] = this.#value >> 16;
      out[length++] = this.#value >> 8;
      out[length++] = this.#value;
      this.#value = 0;
      this.#digits = 0;
    }
    return out.subarray(0, length);
  }

  end(): Buffer {
    const out = Buffer.allocUnsafe(3);
    if (this.#digits > 0) this.isProblem = true;
    return out.subarray(0, this.#flush(out, 0));
  }

  #pad(out: Buffer, length: number): number {
    if (this.#digits === 1) this.isProblem = true;
    this.#padded = true;
    return this.#flush(out, length);
  }

  /** The octets that two or three digits make. */
  #flush(out: Buffer, from: number): number {
    let length = from;
    if (this.#digits >= 2) out[length++] = this.#digits === 2 ? this.#value >> 4 : this.#value >> 10;
    if (this.#digits === 3) out[length++] = this.#value >> 2;
    this.#value = 0;
    this.#digits = 0;
    return length;
  }
}

/** A longer run of blanks is taken for text; lines have at most 76 characters, and RFC 5322 §2.1.1 allows 998. */
const LONGEST_BLANKS = 1_000;

/** Rules of RFC 2045 §6.7: what isn't "=" 2HEXDIG or a soft line break stays as it is; blanks before a line end go. */
class QuotedPrintableDecoder implements TransferDecoder {
  isProblem = false;
  /** An "=" and what stands behind it, blanks, or a CR: what follows decides what they are. Short. */
  #held: number[] = [];

  push(octets: Buffer): Buffer {
    const out = new Octets(octets.length + this.#held.length);
    for (const octet of octets) this.#take(out, octet);
    return out.bytes;
  }

  end(): Buffer {
    const out = new Octets(this.#held.length);
    if (this.#held[0] === EQUALS) {
      // A soft line break at the very end is only untidy.
      if (this.#held.length > 1 && !this.#isSoft()) this.#giveUp(out);
    } else if (this.#held.includes(CR)) this.#release(out);
    this.#held = [];
    return out.bytes;
  }

  #take(out: Octets, octet: number): void {
    if (this.#held[0] === EQUALS) this.#takeEscaped(out, octet);
    else if (octet === LF) this.#lineEnd(out);
    else {
      const { length } = this.#held;
      const isBlank = octet === SPACE || octet === TAB;
      if (length > 0 && (!(isBlank || octet === CR) || this.#held[length - 1] === CR || length > LONGEST_BLANKS))
        this.#release(out);
      if (isBlank || octet === CR || octet === EQUALS) this.#held.push(octet);
      else out.add(octet);
    }
  }

  /** CRLF or LF: the blanks before it were added in transport (§6.7 rule 3). */
  #lineEnd(out: Octets): void {
    if (this.#held.at(-1) === CR) out.add(CR);
    out.add(LF);
    this.#held = [];
  }

  #takeEscaped(out: Octets, octet: number): void {
    if (this.#held.length === 1 && hexValue(octet) >= 0) this.#held.push(octet);
    else if (this.#held.length === 2 && hexValue(this.#held[1] as number) >= 0 && hexValue(octet) >= 0) {
      out.add(hexValue(this.#held[1] as number) * 16 + hexValue(octet));
      this.#held = [];
    } else if (octet === LF && this.#isSoft()) this.#held = [];
    else if ((octet === SPACE || octet === TAB || octet === CR) && this.#isSoft() && this.#held.length < LONGEST_BLANKS)
      this.#held.push(octet);
    else {
      this.#giveUp(out);
      this.#take(out, octet);
    }
  }

  /** An "=" with nothing but blanks behind it. */
  #isSoft(): boolean {
    const next = this.#held[1];
    return next === undefined || hexValue(next) < 0;
  }

  /** "=" that begins nothing: it is text. */
  #giveUp(out: Octets): void {
    this.isProblem = true;
    this.#release(out);
  }

  #release(out: Octets): void {
    for (const octet of this.#held) out.add(octet);
    this.#held = [];
  }
}

/** -1 for what is none. Small letters aren't legal, and common. */
function hexValue(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet & ~0x20;
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1;
}

/** Octets being written, of which there are at most so many. */
class Octets {
  readonly #out: Buffer;
  #length = 0;

  constructor(most: number) {
    this.#out = Buffer.allocUnsafe(most);
  }

  add(octet: number): void {
    this.#out[this.#length++] = octet;
  }

  get bytes(): Buffer {
    return this.#out.subarray(0, this.#length);
  }
}

/** A line of uuencoded text holds 45 octets in 61 characters; what doesn't end by here is none. */
const LONGEST_UU_LINE = 200;

/** What uuencode wrote, of which POSIX has the form: "begin" mode name, lines that say how many octets they hold, "end". */
class UuDecoder implements TransferDecoder {
  #damaged = false;
  #state: 'before' | 'within' | 'behind' = 'before';
  #line = '';

  /** Without its "begin" it is none. */
  get isProblem(): boolean {
    return this.#damaged;
  }

  push(octets: Buffer): Buffer {
    const pieces: Buffer[] = [];
    for (let at = 0; at < octets.length;) {
      const lf = octets.indexOf(LF, at);
      const end = lf < 0 ? octets.length : lf;
      // The rest of a line that is too long is no part of anything.
      this.#line += octets.toString('latin1', at, Math.min(end, at + LONGEST_UU_LINE));
      this.#line = this.#line.slice(0, LONGEST_UU_LINE);
      if (lf >= 0) this.#endLine(pieces);
      at = end + 1;
    }
    return Buffer.concat(pieces);
  }

  end(): Buffer {
    const pieces: Buffer[] = [];
    this.#endLine(pieces);
    if (this.#state !== 'behind') this.#damaged = true;
    return Buffer.concat(pieces);
  }

  #endLine(pieces: Buffer[]): void {
    const line = this.#line.replace(/\r$/, '');
    this.#line = '';
    if (this.#state === 'before') {
      if (/^begin(?:-base64)? [0-7]{3,4} /.test(line)) this.#state = 'within';
    } else if (this.#state === 'within') {
      if (line === 'end') this.#state = 'behind';
      else if (line !== '') pieces.push(this.#octetsOf(line));
    }
  }

  /** The first character says how many octets follow, four characters for three of them, six bits above a blank. */
  #octetsOf(line: string): Buffer {
    const count = (line.charCodeAt(0) - SPACE) & 63;
    const octets = Buffer.alloc(Math.ceil(count / 3) * 3);
    if (/[^ -`]/.test(line)) this.#damaged = true;
    for (let n = 0; n * 3 < count; n++) {
      // Blanks at the end of a line get lost in transport.
      const [a, b, c, d] = [1, 2, 3, 4].map((i) => ((line.charCodeAt(n * 4 + i) || SPACE) - SPACE) & 63) as [number, number, number, number]; // prettier-ignore
      octets[n * 3] = (a << 2) | (b >> 4);
      octets[n * 3 + 1] = (b << 4) | (c >> 2);
      octets[n * 3 + 2] = (c << 6) | d;
    }
    return octets.subarray(0, count);
  }
}
