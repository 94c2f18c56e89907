/** Text of any script in a header (RFC 2047): encoded-words, written and read. */
import { decodeKnown } from './charset.ts';
import { isAscii } from './domain.ts';

/** RFC 2047 §2: a line with an encoded-word has at most 76 characters; base 64 makes 52 of 39, and the field name wants room. */
const OCTETS_PER_WORD = 39;
/** RFC 5322 §2.1.1: lines should have at most 78 characters. */
const LINE = 78;

/**
 * The value of an unstructured field (Subject): as it is when it is plain ASCII, folded; else in
 * encoded-words. Control characters become spaces, so no input can end the field.
 * `column` is how much of the first line is taken already ("Subject: ").
 */
export function encodeHeaderText(text: string, column = 0): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  // A literal "=?" would be read as an encoded-word.
  if (isAscii(clean) && !clean.includes('=?')) return foldWords(clean, column);
  return encodedWords(clean).join('\r\n ');
}

/**
 * Any text as encoded-words, to be separated by blanks: Q where little needs it, B otherwise, whichever is shorter. Each
 * stands for whole characters (RFC 2047 §5), and may stand in a phrase. At least one, unless the text is empty.
 */
export function encodedWords(text: string): readonly string[] {
  const words: string[] = [];
  let piece = '';
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > OCTETS_PER_WORD) {
      words.push(encodedWord(piece));
      piece = '';
    }
    piece += character;
  }
  return piece === '' ? words : [...words, encodedWord(piece)];
}

/** encoded-word = "=?" charset "?" encoding "?" encoded-text "?=" */
function encodedWord(text: string): string {
  const octets = Buffer.from(text);
  const b = octets.toString('base64');
  const q = [...octets].map(qOctet).join('');
  return q.length <= b.length ? `=?utf-8?Q?${q}?=` : `=?utf-8?B?${b}?=`;
}

/** RFC 2047 §4.2, with the characters that are safe everywhere, in phrases too (§5 rule 3). */
function qOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  if (octet === 0x20) return '_';
  return /[A-Za-z0-9!*+\-/]/.test(character) ? character : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** ASCII text as the value of a field, broken at its spaces (RFC 5322 §2.2.3). */
export function foldWords(text: string, column = 0): string {
  return breakLines(text, LINE, column).join('\r\n ');
}

/**
 * Text broken at its spaces into lines that, with one more column, have at most `width` characters where the
 * words allow it; a word of more than 240 characters (960 octets at most) is broken too. `column` is what stands on the first line already.
 */
export function breakLines(text: string, width: number, column = 0): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let taken = column;
  for (const word of text.split(/ +/).flatMap((one) => one.match(/.{1,240}/gsu) ?? [])) {
    if (line !== '' && taken + line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
      taken = 1;
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/**
 * encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?=" (RFC 2047 §2, RFC 2231 §5), and what
 * careless programs write: blanks in it, and characters that should have been encoded.
 */
const ENCODED_WORD = /=\?([!-)+->@-~]{1,40})(?:\*[!->@-~]{0,20})?\?([bq])\?([^?\0-\x08\n-\x1f\x7f]{0,998})\?=/gi;

/**
 * The text of an unstructured value with its encoded-words decoded; a word that can't be decoded
 * (unknown charset) stays as it is. Neighbours of one charset are decoded together, because careless
 * encoders split a character over two of them. Never throws.
 */
export function decodeHeaderText(value: string): string {
  if (!value.includes('=?')) return value;
  // Blanks between two encoded-words belong to the encoding, not to the text (RFC 2047 §6.2).
  const joined = value.replace(/(\?=)[ \t\r\n]{1,100}(?==\?)/g, '$1');
  let text = '';
  let at = 0;
  let run: { readonly charset: string; readonly octets: Buffer[]; readonly start: number } | undefined;
  const endRun = (): void => {
    if (run !== undefined)
      text += decodeKnown(Buffer.concat(run.octets), run.charset)?.text ?? joined.slice(run.start, at);
    run = undefined;
  };
  for (const found of joined.matchAll(ENCODED_WORD)) {
    const [word, charset, encoding, encoded] = found as unknown as [string, string, string, string];
    if (found.index > at || run?.charset !== charset.toLowerCase()) endRun();
    text += joined.slice(at, found.index);
    run ??= { charset: charset.toLowerCase(), octets: [], start: found.index };
    run.octets.push(encoding.toLowerCase() === 'b' ? Buffer.from(encoded, 'base64') : fromQ(encoded));
    at = found.index + word.length;
  }
  endRun();
  return text + joined.slice(at);
}

/** Octets in "Q" that should have been encoded. */
const RAW_WORD = /=\?[!->@-~]{1,60}\?q\?[^?\0-\x08\n-\x1f\x7f]{0,998}\?=/gi;

/**
 * A value, one character an octet, as text: UTF-8, U+FFFD for what isn't (RFC 8621 §4.1.2.1). Raw octets within an
 * encoded-word are of its charset, and encoded here.
 */
export function headerOctetsToText(octets: string): string {
  const encoded = octets.replace(RAW_WORD, (word) =>
    word.replace(/[\x80-\xff]/g, (octet) => `=${octet.charCodeAt(0).toString(16).toUpperCase()}`),
  );
  return Buffer.from(encoded, 'latin1').toString('utf8');
}

function fromQ(text: string): Buffer {
  const latin = text
    .replace(/_/g, ' ')
    .replace(/[^\0-\x7f]+/g, (raw) => Buffer.from(raw).toString('latin1'))
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}
