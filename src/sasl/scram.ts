/**
 * What a server keeps to check SCRAM-SHA-256 logins, and the arithmetic of both sides (RFC 5802 §3,
 * RFC 7677). A verifier is made whenever a password is set, because it can't be made later from
 * another kind.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { saslPrep } from './prepare.ts';

/** With it proofs can be checked, but not made; and the server can show that it has it. */
export interface ScramVerifier {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export interface ScramKeys {
  readonly clientKey: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export interface ScramOptions {
  /** Octets; 16 random ones by default. */
  readonly salt?: Uint8Array;
  /** Rounds of PBKDF2. RFC 7677 §4 wants at least 4,096. */
  readonly iterations?: number;
}

export const LEAST_ITERATIONS = 4096;
const SALT_OCTETS = 16;
const KEY_OCTETS = 32;

/**
 * "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>", the parts in base 64.
 * `password` is taken as {@link preparePassword} gives it. Takes some milliseconds of the thread.
 * Throws RangeError below 4,096 iterations or without salt.
 */
export function makeScramVerifier(password: string, options: ScramOptions = {}): string {
  const { salt = randomBytes(SALT_OCTETS), iterations = LEAST_ITERATIONS } = options;
  if (!Number.isInteger(iterations) || iterations < LEAST_ITERATIONS)
    throw new RangeError('SCRAM-SHA-256 wants at least 4,096 iterations');
  if (salt.length === 0) throw new RangeError('SCRAM-SHA-256 wants a salt');
  const keys = scramKeys(password, salt, iterations);
  const [storedKey, serverKey] = [keys.storedKey, keys.serverKey].map((key) => key.toString('base64'));
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
}

/** Undefined when the text is no verifier of ours. */
export function parseScramVerifier(text: string): ScramVerifier | undefined {
  const found = /^SCRAM-SHA-256\$([1-9][0-9]{3,8}):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text);
  if (found === null) return undefined;
  const [salt, storedKey, serverKey] = found.slice(2).map(decodeBase64);
  if (salt === undefined || storedKey?.length !== KEY_OCTETS || serverKey?.length !== KEY_OCTETS) return undefined;
  return { iterations: Number(found[1]), salt, storedKey, serverKey };
}

/**
 * What is shown for a name that nobody has: as many rounds as a real one and a salt that stays the same for the
 * name, so that asking twice tells nothing (RFC 5802 §9). No password fits it.
 */
export function decoyVerifier(secret: Uint8Array, name: string): ScramVerifier {
  const part = (what: string): Buffer => hmac(secret, `${what}\0${name}`);
  return {
    iterations: LEAST_ITERATIONS,
    salt: part('salt').subarray(0, SALT_OCTETS),
    storedKey: part('stored key'),
    serverKey: part('server key'),
  };
}

/** Takes the thread for about half a microsecond a round. */
export function scramKeys(password: string, salt: Uint8Array, iterations: number): ScramKeys {
  const salted = pbkdf2Sync(saslPrep(password), salt, iterations, KEY_OCTETS, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  return { clientKey, storedKey: digest(clientKey), serverKey: hmac(salted, 'Server Key') };
}

/** ClientProof := ClientKey XOR HMAC(StoredKey, AuthMessage) */
export function clientProof(keys: Pick<ScramKeys, 'clientKey' | 'storedKey'>, authMessage: string): Buffer {
  return xor(keys.clientKey, hmac(keys.storedKey, authMessage));
}

export function fitsProof(
  { storedKey }: Pick<ScramVerifier, 'storedKey'>,
  authMessage: string,
  proof: Buffer,
): boolean {
  if (proof.length !== KEY_OCTETS) return false;
  return timingSafeEqual(digest(xor(proof, hmac(storedKey, authMessage))), storedKey);
}

/** ServerSignature := HMAC(ServerKey, AuthMessage) */
export function serverSignature({ serverKey }: Pick<ScramVerifier, 'serverKey'>, authMessage: string): Buffer {
  return hmac(serverKey, authMessage);
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function digest(octets: Buffer): Buffer {
  return createHash('sha256').update(octets).digest();
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((octet, i) => octet ^ (right[i] ?? 0)));
}
