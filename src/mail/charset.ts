/**
 * Octets to text, whatever charset they are said to be in. What WHATWG names the platform knows; the few others that
 * mail has seen come from iconv-lite. Labels lie, so what can't be right is read as mail programs read it: UTF-8 where
 * the octets are that, else windows-1252, in which every octet is a character.
 */
import iconv from 'iconv-lite';
import { isAscii } from './domain.ts';

export interface DecodedText {
  readonly text: string;
  /** The charset is unknown, or octets weren't of it. */
  readonly isProblem: boolean;
}

export interface DecodeOptions {
  /** The octets were cut: what may be the beginning of a character at their end is left out, and no problem. */
  readonly cut?: boolean;
}

/** Never throws. A byte order mark at the beginning isn't text. */
export function decodeCharset(octets: Uint8Array, label: string, options: DecodeOptions = {}): DecodedText {
  return decodeKnown(octets, label, options) ?? { text: decodeUnlabelled(octets, options), isProblem: true };
}

/** Undefined for a charset that nobody here knows. */
export function decodeKnown(octets: Uint8Array, label: string, options: DecodeOptions = {}): DecodedText | undefined {
  const charset = label.trim().toLowerCase();
  if (charset === '' || ASCII.has(charset)) return decodeAscii(octets, options);
  if (charset === 'utf-8' || charset === 'utf8') return decodeUtf8(octets, options);
  return decodeByPlatform(octets, PLATFORM.get(charset) ?? charset, options) ?? decodeByIconv(octets, charset, options);
}

/** What is labelled with nothing, or says it is ASCII and isn't. */
export function decodeUnlabelled(octets: Uint8Array, options: DecodeOptions = {}): string {
  return fatally(octets, 'utf-8', options) ?? new TextDecoder('windows-1252').decode(octets);
}

const ASCII = new Set(['us-ascii', 'ascii', 'ansi_x3.4-1968', '646', 'unknown-8bit', 'x-unknown', 'default', '7bit', '8bit']); // prettier-ignore

/** Labels of mail that WHATWG hasn't. */
const PLATFORM: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['windows-31j', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
]);

/** What iconv-lite has under these names is no charset. */
const NO_CHARSETS = new Set(['hex', 'base64', 'binary']);

function decodeAscii(octets: Uint8Array, options: DecodeOptions): DecodedText {
  const text = decodeUnlabelled(octets, options);
  return { text, isProblem: !isAscii(text) };
}

/** A few octets that aren't UTF-8 become U+FFFD; where most that aren't ASCII aren't, the label lied. */
function decodeUtf8(octets: Uint8Array, options: DecodeOptions): DecodedText {
  const right = fatally(octets, 'utf-8', options);
  if (right !== undefined) return { text: right, isProblem: false };
  const text = new TextDecoder('utf-8').decode(octets, { stream: options.cut === true });
  const wrong = count(text, /\ufffd/g);
  const foreign = count(text, /[^\0-\x7f]/g);
  return { text: wrong * 2 > foreign ? new TextDecoder('windows-1252').decode(octets) : text, isProblem: true };
}

function count(text: string, what: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(what)) found++;
  return found;
}

function decodeByPlatform(octets: Uint8Array, charset: string, options: DecodeOptions): DecodedText | undefined {
  // Of its two orders WHATWG assumes one; iconv-lite looks.
  if (charset === 'utf-16') return undefined;
  try {
    const decoder = new TextDecoder(charset);
    const right = fatally(octets, charset, options);
    if (right !== undefined) return { text: right, isProblem: false };
    return { text: decoder.decode(octets, { stream: options.cut === true }), isProblem: true };
  } catch {
    return undefined;
  }
}

/** Undefined when an octet isn't of the charset. */
function fatally(octets: Uint8Array, charset: string, options: DecodeOptions): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(octets, { stream: options.cut === true });
  } catch {
    return undefined;
  }
}

function decodeByIconv(octets: Uint8Array, charset: string, { cut = false }: DecodeOptions): DecodedText | undefined {
  if (NO_CHARSETS.has(charset)) return undefined;
  try {
    const decoder = iconv.getDecoder(charset);
    const text = decoder.write(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength));
    const all = (cut ? text : text + (decoder.end() ?? '')).toWellFormed();
    return { text: all, isProblem: all.includes('\ufffd') };
  } catch {
    return undefined;
  }
}
