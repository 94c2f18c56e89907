/** Text of any script in a header (RFC 2047): encoded-words, written and read. */
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
  const clean = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  // A literal "=?" would be read as an encoded-word.
  if (isAscii(clean) && !clean.includes('=?')) return foldWords(clean, column);
  return encodedWords(clean).join('\r\n ');
}

/** Q where little needs it, B otherwise: whichever is shorter. Each word stands for whole characters (RFC 2047 §5). */
function encodedWords(text: string): readonly string[] {
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
 * words allow it, and at most 900 whatever they are. `column` is what stands on the first line already.
 */
export function breakLines(text: string, width: number, column = 0): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let taken = column;
  for (const word of text.split(/ +/).flatMap((one) => one.match(/.{1,900}/gsu) ?? [])) {
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
 * The text of an unstructured value with its encoded-words decoded; a word that can't be decoded
 * (unknown charset, broken encoding) stays as it is. Never throws.
 */
export function decodeHeaderText(value: string): string {
  // Blanks between two encoded-words belong to the encoding, not to the text (RFC 2047 §6.2).
  const joined = value.replace(/(\?=)[ \t\r\n]{1,100}(?==\?)/g, '$1');
  return joined.replace(/=\?([!->@-~]{1,40})\?([bq])\?([!->@-~]{0,998})\?=/gi, (word, charset: string, encoding: string, text: string) => {
    const octets = encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : fromQ(text);
    try {
      return new TextDecoder(charset.replace(/\*.*$/, '')).decode(octets);
    } catch {
      return word;
    }
  });
}

function fromQ(text: string): Buffer {
  const latin = text.replace(/_/g, ' ').replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}
