/**
 * What is posted to a push service so that only the client can read it: RFC 8291 (Message Encryption for Web Push), the
 * content coding aes128gcm of RFC 8188 in one record.
 */
import { createCipheriv, createECDH, ECDH, hkdfSync, randomBytes } from 'node:crypto';
import type { Kind } from '../arguments.ts';
import { isObject, own } from '../json.ts';

/** RFC 8620 §7.2, in base64url: the client's public key on P-256, uncompressed, and 16 octets that both know. */
export interface PushKeys {
  readonly p256dh: string;
  readonly auth: string;
}

const CURVE = 'prime256v1';
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;
/** Octets of the one record (RFC 8188 §2.1). Larger ones need not be taken (RFC 8291 §4). */
const RECORD = 4096;
/** What of it is no text: the header's salt, sizes and key, the delimiter and the tag. */
const OVERHEAD = 16 + 4 + 1 + 65 + 1 + 16;
export const MOST_ENCRYPTED = RECORD - OVERHEAD;

export const pushKeys: Kind<PushKeys> = {
  is: 'an object of `p256dh` and `auth`, each in base64url: a public key on P-256, and 16 octets',
  read(value) {
    if (!isObject(value) || Object.keys(value).some((name) => name !== 'p256dh' && name !== 'auth')) return undefined;
    const [p256dh, auth] = [own(value, 'p256dh'), own(value, 'auth')];
    if (typeof p256dh !== 'string' || typeof auth !== 'string') return undefined;
    return isPoint(p256dh) && octetsOf(auth)?.length === 16 ? { p256dh, auth } : undefined;
  },
};

function octetsOf(text: string): Buffer | undefined {
  return BASE64URL.test(text) ? Buffer.from(text, 'base64url') : undefined;
}

/** Uncompressed, as RFC 8291 §3.1 wants it, and on the curve. */
function isPoint(text: string): boolean {
  const octets = octetsOf(text);
  if (octets?.length !== 65 || octets[0] !== 4) return false;
  try {
    ECDH.convertKey(octets, CURVE);
    return true;
  } catch {
    return false;
  }
}

/** Each message has a salt and a key pair of its own; tests bring those of the RFC's example. */
export interface Fresh {
  readonly salt: Buffer;
  readonly privateKey?: Buffer;
}

/** At most {@link MOST_ENCRYPTED} octets of text. */
export function encrypted(text: Uint8Array, keys: PushKeys, fresh: Fresh = { salt: randomBytes(16) }): Buffer {
  const theirs = Buffer.from(keys.p256dh, 'base64url');
  const pair = createECDH(CURVE);
  if (fresh.privateKey === undefined) pair.generateKeys();
  else pair.setPrivateKey(fresh.privateKey);
  const ours = pair.getPublicKey();
  // RFC 8291 §3.4
  const both = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const input = derived(pair.computeSecret(theirs), Buffer.from(keys.auth, 'base64url'), both, 32);
  // RFC 8188 §2.2, §2.3
  const key = derived(input, fresh.salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derived(input, fresh.salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // 2 behind the text: it is the last record (RFC 8188 §2).
  const sealed = [cipher.update(text), cipher.update(Buffer.from([2])), cipher.final(), cipher.getAuthTag()];
  const size = Buffer.alloc(4);
  size.writeUInt32BE(RECORD);
  return Buffer.concat([fresh.salt, size, Buffer.from([ours.length]), ours, ...sealed]);
}

function derived(input: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, info, length));
}
