/** Whether octets can be taken for a message at all (RFC 5322 §2.1): they begin with a header. */
import { HeaderScanner } from '../../mail/index.ts';
import type { Octets } from '../reading/octets.ts';

/** A line that is no field may stand among others; without a single field it is something else. */
export async function isMessage(octets: Octets): Promise<boolean> {
  const scanner = new HeaderScanner();
  for await (const piece of octets.read()) {
    scanner.write(piece);
    if (scanner.state !== 'reading') break;
  }
  scanner.end();
  return scanner.state === 'complete' && scanner.fields.some(({ name }) => name !== '');
}
