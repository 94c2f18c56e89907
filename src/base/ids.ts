/**
 * Identifiers. A message id is random and sorts by time; a ticket (UIDL, token) is random and
 * nothing else, so that no counter, content or file name can be read from it.
 */
import { randomFillSync } from 'node:crypto';

/** Crockford's base 32 in lower case: no i, l, o, u, so that an id can be read aloud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** An id of 26 characters: 48 bits of time, then 80 random bits. Sorts by time. */
export function newId(now: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now, 0, 6);
  random(10).copy(bytes, 6);
  return base32(bytes);
}

/** 26 characters from 128 random bits: UIDLs, lease tokens, first passwords. */
export function newTicket(): string {
  return base32(random(16));
}

/** Whether a text has the shape of {@link newId}. */
export function isId(text: string): boolean {
  return /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text);
}

/** 16 bytes as 26 characters, most significant bit first: the first holds three bits, the others five. */
function base32(bytes: Buffer): string {
  let text = '';
  let value = 0;
  let bits = 2;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 31] as string;
  }
  return text;
}

/** Drawn from the system for many ids at once: a call for each costs more than all the rest of an id. */
const POOL = Buffer.alloc(4_096);
let given = POOL.length;

/** Random octets that nobody was given before, good until the next call. */
function random(count: number): Buffer {
  if (given + count > POOL.length) {
    randomFillSync(POOL);
    given = 0;
  }
  given += count;
  return POOL.subarray(given - count, given);
}
