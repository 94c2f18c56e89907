/**
 * Secrets that must be read again (a provider's password) kept so that the database alone, a copy of it, or a backup
 * gives nothing away: AES-256-GCM under a key that lies beside it in a file of its own.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const KEY_OCTETS = 32;
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;

export interface Seal {
  /** @param about whose secret it is: a sealed text that was moved to another place doesn't open there. */
  seal(secret: string, about: string): string;
  /** undefined: it was not sealed with this key, not for this place, or something was changed in it. */
  open(sealed: string, about: string): string | undefined;
}

/** @param key 32 octets */
export function openSeal(key: Uint8Array): Seal {
  if (key.byteLength !== KEY_OCTETS)
    throw new RangeError(`a key has ${KEY_OCTETS} octets, and this one ${key.byteLength}`);
  return {
    seal(secret, about) {
      const nonce = randomBytes(NONCE_OCTETS);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `${VERSION}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
    },
    open(sealed, about) {
      const [version, text = ''] = sealed.split('.');
      const octets = Buffer.from(text, 'base64url');
      if (version !== VERSION || octets.length < NONCE_OCTETS + TAG_OCTETS) return undefined;
      const nonce = octets.subarray(0, NONCE_OCTETS);
      const body = octets.subarray(NONCE_OCTETS, -TAG_OCTETS);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
      decipher.setAuthTag(octets.subarray(-TAG_OCTETS));
      try {
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
