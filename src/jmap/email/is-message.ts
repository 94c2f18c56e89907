/** Whether octets can be taken for a message at all (RFC 5322 §2.1): lines of header fields, then perhaps an empty line and a body. */
import { beginsMessage, HeaderScanner } from '../../mail/index.ts';
import type { Octets } from '../reading/octets.ts';

export async function isMessage(octets: Octets): Promise<boolean> {
  const scanner = new HeaderScanner();
  for await (const piece of octets.read()) {
    scanner.write(piece);
    if (scanner.state !== 'reading') break;
  }
  return beginsMessage(scanner);
}
