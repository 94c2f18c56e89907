/** A Message-ID as a few octets: enough to find a thread by, too few to tell the name. */
import { hash } from 'node:crypto';

const OCTETS = 8;

export function nameDigest(name: string): Uint8Array {
  return new Uint8Array(hash('sha256', name, 'buffer').subarray(0, OCTETS));
}
