/** A Message-ID as a few octets: enough to find a thread by, too few to tell the name. */
import { createHash } from 'node:crypto';

const OCTETS = 8;

export function nameDigest(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(name).digest().subarray(0, OCTETS));
}
