/** A part's content as text (RFC 8621 §4.1.4: EmailBodyValue), from its raw octets in whatever pieces. */
import { decodeCharset } from '../mail/index.ts';
import { transferDecoder } from './transfer-decoding.ts';
import type { TransferDecoder } from './transfer-decoding.ts';
import type { Part } from './tree.ts';

export interface BodyValue {
  /** Lines end in LF; there is no NUL. */
  readonly value: string;
  /** The charset or the transfer encoding is unknown, or octets weren't of it. */
  readonly isEncodingProblem: boolean;
  readonly isTruncated: boolean;
}

/** Octets of one text that are held; a longer one is truncated. */
export const LARGEST_TEXT = 16 * 1024 * 1024;
/** No charset needs more octets for a character than that many times what UTF-8 does. */
const WIDEST = 8;

export class BodyTextReader {
  readonly #part: Pick<Part, 'type' | 'charset'>;
  readonly #most: number;
  readonly #decoder: TransferDecoder;
  readonly #chunks: Buffer[] = [];
  #octets = 0;

  /** `most` octets of UTF-8 at most. */
  constructor(part: Pick<Part, 'type' | 'charset' | 'encoding'>, most = LARGEST_TEXT) {
    this.#part = part;
    this.#most = Math.min(most, LARGEST_TEXT);
    this.#decoder = transferDecoder(part.encoding);
  }

  /** False: it has enough, and what follows would be passed over. */
  write(raw: Buffer): boolean {
    if (this.#hasEnough()) return false;
    this.#keep(Buffer.from(this.#decoder.push(raw)));
    return !this.#hasEnough();
  }

  end(): BodyValue {
    const isCut = this.#hasEnough();
    if (!isCut) this.#keep(this.#decoder.end());
    const decoded = decodeCharset(Buffer.concat(this.#chunks), this.#part.charset ?? '', { cut: isCut });
    const whole = normalLines(decoded.text);
    const value = truncated(whole, this.#most, this.#part.type === 'text/html');
    return {
      value,
      isEncodingProblem: decoded.isProblem || this.#decoder.isProblem,
      isTruncated: isCut || value.length < whole.length,
    };
  }

  #keep(octets: Buffer): void {
    this.#chunks.push(octets);
    this.#octets += octets.length;
    if (this.#chunks.length > 256) this.#chunks.splice(0, Infinity, Buffer.concat(this.#chunks));
  }

  #hasEnough(): boolean {
    return this.#octets > Math.min(WIDEST * this.#most, LARGEST_TEXT);
  }
}

/** A CR too many belongs to the line end. */
function normalLines(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r+\n?/g, '\n') : text;
  return lines.includes('\0') ? lines.replaceAll('\0', '') : lines;
}

/** At most so many octets of UTF-8, and whole characters; of HTML, not within a tag (RFC 8621 §4.2: maxBodyValueBytes). */
export function truncated(text: string, most: number, isHtml = false): string {
  // No character of UTF-16 takes more than three octets.
  if (text.length * 3 <= most || Buffer.byteLength(text) <= most) return text;
  const octets = Buffer.from(text.slice(0, most));
  let end = Math.min(most, octets.length);
  while (end > 0 && ((octets[end] ?? 0) & 0xc0) === 0x80) end--;
  const cut = octets.toString('utf8', 0, end);
  return isHtml ? cut.slice(0, tagStart(cut)) : cut;
}

/** Where a tag begins that doesn't end; else the end. */
function tagStart(html: string): number {
  const open = html.lastIndexOf('<');
  return open > html.lastIndexOf('>') && /^(?:[a-z/!?]|$)/i.test(html.slice(open + 1, open + 2)) ? open : html.length;
}
