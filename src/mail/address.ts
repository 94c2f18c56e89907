/**
 * Mail addresses as values (RFC 5321 §4.1.2, RFC 6531 §3.3). An Address holds what the address
 * means, without quotes and escapes; parse and format are each other's inverse, so an address that
 * came in any spelling is compared, stored and sent in one.
 */
import { isAscii, parseAddressLiteral, parseDomain } from './domain.ts';
import type { AddressOptions } from './domain.ts';
import type { Address } from './envelope.ts';

/** RFC 5321 §4.5.3.1.1: octets of a local part, its quotes not counted. */
const LONGEST_LOCAL = 64;
/** RFC 5321 §4.5.3.1.3: a path has at most 256 octets, the angle brackets included. */
const LONGEST_ADDRESS = 254;

/** atext of RFC 5322 §3.2.3 and RFC 6531 §3.3. */
const ATEXT = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]$/iu;

/** What a local part found in a longer text is, and where it ends. */
interface Scanned {
  readonly local: string;
  readonly end: number;
}

/**
 * Mailbox = Local-part "@" ( Domain / address-literal )
 *
 * The address, or undefined when the text, whole, is none. `utf8` allows UTF-8 in both parts.
 */
export function parseAddress(text: string, options: AddressOptions = {}): Address | undefined {
  // Every character of the value may have stood escaped; anything longer can't be an address.
  if (text.length > 2 * LONGEST_ADDRESS) return undefined;
  const scanned = scanLocalPart(text, 0, options);
  if (scanned === undefined || text[scanned.end] !== '@') return undefined;
  const domain = parseMailDomain(text.slice(scanned.end + 1), options);
  return domain === undefined ? undefined : fitting({ local: scanned.local, domain });
}

/**
 * The mailbox that starts at `start` in a longer text (a command, a header field), and the offset
 * behind it; undefined when none starts there. It ends where its grammar does, so a quoted local
 * part may hold "@", ">" and spaces.
 */
export function scanAddress(
  text: string,
  start: number,
  options: AddressOptions = {},
): { readonly address: Address; readonly end: number } | undefined {
  const scanned = scanLocalPart(text, start, options);
  if (scanned === undefined || text[scanned.end] !== '@') return undefined;
  const from = scanned.end + 1;
  const shape = text[from] === '[' ? /\[[^\]\s]*\]/y : /[a-z0-9.\u0080-\u{10ffff}-]+/iuy;
  shape.lastIndex = from;
  const found = shape.exec(text)?.[0];
  const domain = found === undefined ? undefined : parseMailDomain(found, options);
  const address = domain === undefined ? undefined : fitting({ local: scanned.local, domain });
  return address === undefined ? undefined : { address, end: from + (found as string).length };
}

/** Local-part = Dot-string / Quoted-string. The value without quotes; undefined when the text, whole, is none. */
export function parseLocalPart(text: string, options: AddressOptions = {}): string | undefined {
  const scanned = scanLocalPart(text, 0, options);
  return scanned?.end === text.length && fits(scanned.local) ? scanned.local : undefined;
}

/** Domain / address-literal */
function parseMailDomain(text: string, options: AddressOptions): string | undefined {
  return text.startsWith('[') ? parseAddressLiteral(text) : parseDomain(text, options);
}

function scanLocalPart(text: string, start: number, options: AddressOptions): Scanned | undefined {
  return text[start] === '"' ? scanQuotedString(text, start, options) : scanDotString(text, start, options);
}

/** Dot-string = Atom *("." Atom) */
function scanDotString(text: string, start: number, options: AddressOptions): Scanned | undefined {
  const shape =
    options.utf8 === true
      ? /[^\0- "(),.:;<>@[\\\]\x7f-\x9f]+(?:\.[^\0- "(),.:;<>@[\\\]\x7f-\x9f]+)*/uy
      : /[a-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[a-z0-9!#$%&'*+\-/=?^_`{|}~]+)*/iy;
  shape.lastIndex = start;
  const local = shape.exec(text)?.[0];
  return local === undefined || !isPlainText(local) ? undefined : { local, end: start + local.length };
}

/**
 * Quoted-string = DQUOTE *QcontentSMTP DQUOTE
 * QcontentSMTP = qtextSMTP / quoted-pairSMTP ; quoted-pairSMTP = %d92 %d32-126
 */
function scanQuotedString(text: string, start: number, options: AddressOptions): Scanned | undefined {
  const shape = /"((?:[^"\\\0-\x1f\x7f]|\\[ -~])*)"/uy;
  shape.lastIndex = start;
  const found = shape.exec(text);
  if (found === null) return undefined;
  const local = (found[1] as string).replace(/\\(.)/gu, '$1');
  if (!isPlainText(local) || (options.utf8 !== true && !isAscii(local))) return undefined;
  return { local, end: start + found[0].length };
}

/** No C1 control, line separator or half character: text that could break a line, or isn't UTF-8 (RFC 6532 §3.1). */
function isPlainText(text: string): boolean {
  return !/[\u0080-\u009f\u2028\u2029]/.test(text) && text.isWellFormed();
}

function fits(local: string): boolean {
  return Buffer.byteLength(local) <= LONGEST_LOCAL;
}

function fitting(address: Address): Address | undefined {
  return fits(address.local) && Buffer.byteLength(formatAddress(address)) <= LONGEST_ADDRESS ? address : undefined;
}

/**
 * The address as it stands on the wire, without angle brackets; the local part is quoted only when
 * it must be (RFC 5321 §4.1.2). "postmaster" alone for the bare `<postmaster>`.
 */
export function formatAddress(address: Address): string {
  const local = isDotString(address.local) ? address.local : `"${address.local.replace(/["\\]/g, '\\$&')}"`;
  return address.domain === '' ? local : `${local}@${address.domain}`;
}

function isDotString(local: string): boolean {
  return local.split('.').every((atom) => atom !== '' && [...atom].every((character) => ATEXT.test(character)));
}

/** How our own local parts compare: lower case, NFC (RFC 5321 §2.4 leaves it to the host they belong to). */
export function canonicalLocal(local: string): string {
  // ASCII is NFC; nearly all are, and several are compared for each message.
  if (/^[\x20-\x7e]*$/.test(local)) return local.toLowerCase();
  return local.normalize('NFC').toLowerCase().normalize('NFC');
}

/** `a+b` → `a` (RFC 5233); undefined where there is no subaddress, or nothing before the plus. */
export function withoutSubaddress(local: string): string | undefined {
  const plus = local.indexOf('+');
  return plus > 0 ? local.slice(0, plus) : undefined;
}

/** One text for all spellings of an address that are taken to mean the same: what tables of addresses are kept by. */
export function canonicalAddress({ local, domain }: Address): string {
  return formatAddress({ local: canonicalLocal(local), domain });
}

/** Whether two addresses mean one mailbox of ours: local parts compared as {@link canonicalLocal} says. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.domain === b.domain && canonicalLocal(a.local) === canonicalLocal(b.local);
}
