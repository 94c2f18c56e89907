/**
 * What a server keeps to check SCRAM-SHA-256 logins (RFC 5802 §3, RFC 7677): made whenever a
 * password is set, because it can't be made later from another verifier.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

export interface ScramOptions {
  /** Octets; 16 random ones by default. */
  readonly salt?: Uint8Array;
  /** Rounds of PBKDF2. RFC 7677 §4 wants at least 4,096. */
  readonly iterations?: number;
}

const LEAST_ITERATIONS = 4096;

/**
 * "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>", the parts in base 64.
 * `password` is taken as {@link preparePassword} gives it. Takes some milliseconds of the thread.
 * Throws RangeError below 4,096 iterations or without salt.
 */
export function makeScramVerifier(password: string, options: ScramOptions = {}): string {
  const { salt = randomBytes(16), iterations = LEAST_ITERATIONS } = options;
  if (!Number.isInteger(iterations) || iterations < LEAST_ITERATIONS)
    throw new RangeError('SCRAM-SHA-256 wants at least 4,096 iterations');
  if (salt.length === 0) throw new RangeError('SCRAM-SHA-256 wants a salt');
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
