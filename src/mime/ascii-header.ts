/**
 * A header with raw UTF-8 that nobody announced (no SMTPUTF8), said in ASCII without loss: encoded-words (RFC 2047),
 * extended parameters (RFC 2231), A-labels. Old programs write such headers; they are illegal on any line (RFC 5322
 * §2.2), but where 8BITMIME is offered everybody passes them on, and where it isn't they must not go out raw.
 *
 * {@link downgradeHeader} may lose something, which is well for a person who reads the result, and not for what we
 * send onward. So it is asked field by field, and a result that lost something is no result.
 */
import { downgradeHeader, isAsciiOnly } from './downgrade.ts';
import { parseHeaderSection } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';

/** The section with line ends and ASCII fields as they were; undefined where a field can't be said in ASCII. */
export function asciiHeader(section: Buffer): Buffer | undefined {
  if (isAsciiOnly(section)) return section;
  const fields = parseHeaderSection(section).map(asciiField);
  return fields.every((field) => field !== undefined) ? Buffer.concat(fields) : undefined;
}

function asciiField(field: HeaderField): Buffer | undefined {
  if (isAsciiOnly(field.raw)) return field.raw;
  if (field.name === '' || !isUtf8(field.raw)) return undefined;
  const ascii = downgradeHeader(field.raw);
  const [same] = parseHeaderSection(ascii);
  const lost =
    same?.name !== field.name ||
    ascii.includes('@internationalized-address.invalid') ||
    questionMarks(ascii) > questionMarks(field.raw);
  return lost ? undefined : ascii;
}

function isUtf8(octets: Buffer): boolean {
  return Buffer.from(octets.toString('utf8')).equals(octets);
}

/** Outside encoded-words: what can't be said becomes one. */
function questionMarks(octets: Buffer): number {
  const text = octets.toString('latin1').replace(/=\?[^?\s]{1,60}\?[bq]\?[^?\s]{0,1000}\?=/gi, '');
  return text.split('?').length;
}
