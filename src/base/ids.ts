/**
 * Identifiers. A message id is random and sorts by time; a ticket (UIDL, token) is random and
 * nothing else, so that no counter, content or file name can be read from it.
 */
import { randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: no i, l, o, u, so that an id can be read aloud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** An id of 26 characters: 48 bits of time, then 80 random bits. Sorts by time. */
export function newId(now: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now, 0, 6);
  randomBytes(10).copy(bytes, 6);
  return base32(bytes);
}

/** 26 characters from 128 random bits: UIDLs, lease tokens, first passwords. */
export function newTicket(): string {
  return base32(randomBytes(16));
}

/** Whether a text has the shape of {@link newId}. */
export function isId(text: string): boolean {
  return /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text);
}

/** 16 bytes as 26 characters, most significant bit first. */
function base32(bytes: Buffer): string {
  let value = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = (ALPHABET[Number(value & 31n)] as string) + text;
    value >>= 5n;
  }
  return text;
}
