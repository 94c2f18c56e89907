/** Texts and octets in the transfer encoding that suits them (RFC 2045 §6), and how many octets that makes. */
import { isAscii, LineEnds } from '../mail/index.ts';
import { Base64Encoder, encodeQuotedPrintable } from './transfer-encoding.ts';

/** Octets that lie elsewhere. */
export interface OctetSource {
  readonly size: number;
  /** All of them, from the first; may be asked for several times. */
  read(): AsyncIterable<Uint8Array>;
}

export interface EncodedText {
  readonly encoding: '7bit' | 'quoted-printable' | 'base64';
  readonly charset: 'us-ascii' | 'utf-8';
  readonly octets: Buffer;
}

/** RFC 5322 §2.1.1: octets of a line, without its end. */
const LONGEST_LINE = 998;

/** Lines end in CRLF. As it is where it may be; else whichever of the two encodings is shorter, so that most texts stay readable. */
export function encodeText(text: string): EncodedText {
  const lines = text.toWellFormed().replace(/\r\n?|\n/g, '\r\n');
  const isPlain = isAscii(lines);
  const charset = isPlain ? 'us-ascii' : 'utf-8';
  if (isPlain && !lines.includes('\0') && !hasLongLine(lines))
    return { encoding: '7bit', charset, octets: Buffer.from(lines, 'latin1') };
  const quoted = encodeQuotedPrintable(lines);
  const octets = Buffer.from(lines);
  if (quoted.length <= base64Length(octets.length))
    return { encoding: 'quoted-printable', charset, octets: Buffer.from(quoted, 'latin1') };
  const encoder = new Base64Encoder();
  return { encoding: 'base64', charset, octets: Buffer.concat([encoder.push(octets), encoder.end()]) };
}

function hasLongLine(lines: string): boolean {
  let start = 0;
  for (let end = lines.indexOf('\r\n'); end >= 0; end = lines.indexOf('\r\n', start)) {
    if (end - start > LONGEST_LINE) return true;
    start = end + 2;
  }
  return lines.length - start > LONGEST_LINE;
}

/** Octets that so many are in base 64, with line ends between lines of 76. */
export function base64Length(octets: number): number {
  return octets === 0 ? 0 : 4 * Math.ceil(octets / 3) + 2 * (Math.ceil(octets / 57) - 1);
}

export async function* base64Of({ size, read }: OctetSource): AsyncGenerator<Uint8Array> {
  const encoder = new Base64Encoder();
  let octets = 0;
  for await (const chunk of read()) {
    octets += chunk.length;
    const encoded = encoder.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (encoded.length > 0) yield encoded;
  }
  if (octets !== size) throw new Error(`What was to be ${size} octets were ${octets}.`);
  const rest = encoder.end();
  if (rest.length > 0) yield rest;
}

/** What must be known of a message before it can stand in another one as it is (RFC 2046 §5.2.1). */
export interface Scanned {
  /** With CRLF between its lines. */
  readonly size: number;
  readonly is8bit: boolean;
  /** No line is too long, and there is no NUL in it: it can travel as text. */
  readonly isText: boolean;
  /** A line of it may begin with that. */
  readonly mayHold: (delimiter: string) => boolean;
}

/** How all our delimiters begin; lines that do are remembered as far as the delimiter may go. */
export const DELIMITER = '--=_';
const MOST_REMEMBERED = 10_000;
/** Characters of such a line; no delimiter of ours is longer. */
const REMEMBERED = 100;

export async function scan(source: OctetSource): Promise<Scanned> {
  const held = new Set<string>();
  let size = 0;
  let is8bit = false;
  let hasNul = false;
  let longest = 0;
  let column = 0;
  let beginning = '';
  const endLine = (): void => {
    if (beginning.startsWith(DELIMITER) && held.size <= MOST_REMEMBERED) held.add(beginning);
    longest = Math.max(longest, column);
    beginning = '';
    column = 0;
  };
  for await (const chunk of withCrlf(source)) {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    size += text.length;
    is8bit ||= /[\x80-\xff]/.test(text);
    hasNul ||= text.includes('\0');
    for (let at = 0; at < text.length;) {
      const lf = text.indexOf('\n', at);
      const end = lf < 0 ? text.length : lf;
      beginning += text.slice(at, Math.min(end, at + REMEMBERED - beginning.length));
      // Its CR is no part of a line.
      column += end - at - (lf < 0 ? 0 : 1);
      if (lf >= 0) endLine();
      at = end + 1;
    }
  }
  endLine();
  const mayHold = (delimiter: string): boolean =>
    held.size > MOST_REMEMBERED || [...held].some((line) => line.startsWith(delimiter));
  return { size, is8bit, isText: longest <= LONGEST_LINE && !hasNul, mayHold };
}

export async function* withCrlf({ read }: OctetSource): AsyncGenerator<Uint8Array> {
  const ends = new LineEnds();
  for await (const chunk of read()) {
    const mended = ends.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (mended.length > 0) yield mended;
  }
}
