/** The numbers in commands (RFC 1939 §3, §5): message numbers start at 1 and are decimal. */
import { parsed, unparsed } from './parsed.ts';
import type { Parsed } from './parsed.ts';

/** Digits beyond this can't name a message or a line: no maildrop has a billion. */
const LONGEST = 9;

/**
 * msg = 1*DIGIT, at least 1
 *
 * A number too large for any maildrop comes back as Infinity: it is well-formed, and there is no such message.
 */
export function parseMessageNumber(text: string): Parsed<number> {
  if (/^-\d+$/.test(text))
    return unparsed('message-number', 'Message numbers start at 1; a negative one names nothing');
  if (!/^\d+$/.test(text)) return unparsed('message-number', 'A message number is written in decimal digits');
  const value = decimal(text);
  if (value === 0) return unparsed('message-number', 'Message numbers start at 1; there is no message 0');
  return parsed(value);
}

/** n = 1*DIGIT, the number of body lines of TOP; a huge one, which clients send to get it all, is Infinity. */
export function parseLineCount(text: string): Parsed<number> {
  if (!/^\d+$/.test(text)) {
    return unparsed('line-count', 'The number of body lines is written in decimal digits and not negative');
  }
  return parsed(decimal(text));
}

function decimal(digits: string): number {
  const first = /[^0]/.exec(digits)?.index ?? digits.length - 1;
  return digits.length - first > LONGEST ? Number.POSITIVE_INFINITY : Number(digits);
}
