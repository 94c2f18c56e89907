/** Whether octets can be taken for a message at all (RFC 5322 §2.1): lines of header fields, then perhaps an empty line and a body. */
import { HeaderScanner } from '../../mail/index.ts';
import type { Octets } from '../reading/octets.ts';

/** A field, among whatever lines; or, as old mail has it, text that an empty line ends where a header would be. */
export async function isMessage(octets: Octets): Promise<boolean> {
  const scanner = new HeaderScanner();
  for await (const piece of octets.read()) {
    scanner.write(piece);
    if (scanner.state !== 'reading') break;
  }
  const isEnded = scanner.state === 'complete';
  scanner.end();
  if (scanner.state !== 'complete') return false;
  return scanner.fields.some(({ name }) => name !== '') || (isEnded && !scanner.bytes.includes(0));
}
