/**
 * A header section with UTF-8 in it (RFC 6532) in a form of ASCII, for a client that can't take it (RFC 6857, RFC
 * 6858): readable, not reversible, and never sent onward. Each field is looked at by itself and an ASCII one stays
 * as it is, octet for octet; so a second time changes nothing. The header of a MIME part is one too.
 */
import {
  decodeHeaderText,
  domainToUnicode,
  encodeHeaderText,
  formatAddress,
  isAscii,
  parseHeaderSection,
  parseMailboxes,
} from '../mail/index.ts';
import type { HeaderField, Mailbox } from '../mail/index.ts';
import { encodingOf, isIdentity, mediaTypeOf } from './media-type.ts';
import { downgradeParameters } from './parameters.ts';

/** What an address that only UTF-8 can say becomes (RFC 6858 §2.1): well-formed, and nobody's. */
const NOBODY = 'invalid@internationalized-address.invalid';

/** Fields that hold addresses, where encoded-words may stand in names only (RFC 2047 §5). */
const ADDRESSES = new Set(
  ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'].flatMap((name) => [name, `resent-${name}`]),
);
for (const name of ['disposition-notification-to', 'return-receipt-to', 'errors-to', 'mail-followup-to'])
  ADDRESSES.add(name);

/** Fields of one bare address. */
const PATHS = new Set(['return-path', 'delivered-to', 'x-original-to', 'envelope-to']);

/** Identifiers mean nothing when they are changed: they move aside under another name (RFC 6857 §3.2.4). */
const IDENTIFIERS = new Set([
  'message-id',
  'resent-message-id',
  'content-id',
  'in-reply-to',
  'references',
  'original-recipient',
  'final-recipient',
]);

/**
 * How much longer than it was a section may get: a field of ten thousand tiny addresses would grow twentyfold. Then
 * all of it comes in encoded-words, which are at most about four times as long.
 */
const MOST_GROWTH = 4;
const ROOM = 65_536;

/** Whether there is anything to downgrade. */
export function isAsciiOnly(bytes: Uint8Array): boolean {
  return !bytes.some((octet) => octet > 0x7f);
}

/**
 * `section` is whole fields, as {@link HeaderScanner} keeps them or as we write them. The result is ASCII, has the
 * same line ends behind its fields, and is the same for the same octets. Never throws.
 */
export function downgradeHeader(section: Uint8Array): Buffer {
  if (isAsciiOnly(section)) return Buffer.from(section);
  const fields = parseHeaderSection(section);
  const downgraded = Buffer.concat(fields.map((field) => downgradeField(field, byName)));
  if (downgraded.length <= MOST_GROWTH * section.length + ROOM) return downgraded;
  return Buffer.concat(fields.map((field) => downgradeField(field, unstructured)));
}

/**
 * As {@link downgradeHeader}, for a section that says what stands behind it: a message with a header in UTF-8, once
 * that header is downgraded, is one that every program knows (RFC 6532 §3.7, RFC 6533).
 */
export function downgradeEntityHeader(section: Uint8Array): Buffer {
  const header = downgradeHeader(section);
  const fields = parseHeaderSection(header);
  if (!isMessageInUtf8(fields)) return header;
  const first = fields.findIndex(({ name }) => name === 'content-type');
  return Buffer.concat(fields.map(({ raw }, index) => (index === first ? withTypeOfAscii(raw) : raw)));
}

const TYPES_OF_ASCII: Readonly<Record<string, string>> = {
  'message/global': 'message/rfc822',
  'message/global-headers': 'text/rfc822-headers',
};

/** One that is encoded (RFC 6532 §3.5) isn't looked into, and so stays what it is. */
function isMessageInUtf8(fields: readonly HeaderField[]): boolean {
  return Object.hasOwn(TYPES_OF_ASCII, mediaTypeOf(fields)?.name ?? '') && isIdentity(encodingOf(fields));
}

function withTypeOfAscii(raw: Buffer): Buffer {
  const text = raw
    .toString('latin1')
    .replace(/message\/global(?:-headers)?/i, (type) => TYPES_OF_ASCII[type.toLowerCase()] ?? type);
  return Buffer.from(text, 'latin1');
}

/** A field in parts, its text decoded; `name` as it was written, '' for a line that is no field. */
interface FieldText {
  readonly field: HeaderField;
  readonly name: string;
  /** Behind the colon, folding included, the last line end left out. */
  readonly body: string;
}

/** The new field without its last line end; undefined: it isn't of that kind or can't be understood so. */
type Rewrite = (text: FieldText) => string;

function downgradeField(field: HeaderField, rewrite: Rewrite): Buffer {
  if (isAsciiOnly(field.raw)) return field.raw;
  const end = /\r?\n$/.exec(field.raw.toString('latin1', Math.max(0, field.raw.length - 2)))?.[0] ?? '';
  const text = decodeOctets(field.raw.subarray(0, field.raw.length - end.length));
  const colon = field.name === '' ? 0 : text.indexOf(':') + 1;
  const rewritten = rewrite({ field, name: text.slice(0, Math.max(0, colon - 1)), body: text.slice(colon) });
  return Buffer.from(rewritten + end, 'latin1');
}

/** What should be UTF-8 and isn't, is most likely of the West. */
function decodeOctets(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return new TextDecoder('windows-1252').decode(octets);
  }
}

function byName(text: FieldText): string {
  const { name } = text.field;
  if (ADDRESSES.has(name)) return addressField(text) ?? unstructured(text);
  if (PATHS.has(name)) return pathField(text) ?? masked(text);
  if (IDENTIFIERS.has(name)) return unstructured({ ...text, name: `Downgraded-${text.name.trim()}` });
  if (name === 'content-type' || name === 'content-disposition') return parameterField(text) ?? masked(text);
  if (name === 'content-transfer-encoding') return masked(text);
  if (name === 'received') return receivedField(text);
  return unstructured(text);
}

/** RFC 6858 §2.3, RFC 6857 §3.1.1. Encoded-words that stand between the raw text are decoded, or they would be encoded twice. */
function unstructured({ name, body }: FieldText): string {
  const value = unfolded(body);
  const before = name === '' ? (/^[ \t]/.exec(body)?.[0] ?? '') : `${ascii(name)}: `;
  const text = encodeHeaderText(decodeHeaderText(value), before.length);
  // A line of nothing would end the header.
  return before + (text === '' && name === '' ? '?' : text);
}

function unfolded(body: string): string {
  return body.replace(/[\r\n]+/g, '').trim();
}

/** Only "?" for what isn't ASCII: where an encoded-word would stand in the way of what else the field says. */
function masked({ name, body }: FieldText): string {
  return `${ascii(name)}:${ascii(body)}`;
}

function ascii(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, '?');
}

/** address-list: every mailbox on a line of its own; names of groups go, their members stay. */
function addressField({ name, body }: FieldText): string | undefined {
  const value = unfolded(body);
  const { mailboxes, whole } = parseMailboxes(value);
  if (!whole) return undefined;
  const list = mailboxes.length === 0 ? emptyGroup(value) : mailboxes.map(formatMailbox).join(',\r\n ');
  return list === undefined ? undefined : `${name}: ${list}`;
}

/** group = display-name ":" [group-list] ";" with nobody in it: "undisclosed recipients". */
function emptyGroup(value: string): string | undefined {
  const colon = value.indexOf(':');
  return colon < 1 ? undefined : `${phrase(value.slice(0, colon))}:;`;
}

function formatMailbox({ name, address }: Mailbox): string {
  if (isAscii(address.local))
    return name === undefined ? formatAddress(address) : `${phrase(name)} <${formatAddress(address)}>`;
  // RFC 6858 §2.1: whom it named stands in the display name.
  const people = `${address.local}@${domainToUnicode(address.domain)}`;
  return `${encodeHeaderText(name === undefined ? people : `${decodeHeaderText(name)} <${people}>`)} <${NOBODY}>`;
}

/** phrase = 1*word: as it is, quoted, or in encoded-words. */
function phrase(name: string): string {
  if (!isAscii(name)) return encodeHeaderText(decodeHeaderText(name));
  return /^[a-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/i.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function pathField({ field, name, body }: FieldText): string | undefined {
  const { mailboxes, whole } = parseMailboxes(unfolded(body));
  const [mailbox] = mailboxes;
  if (!whole || mailbox === undefined || mailboxes.length > 1) return undefined;
  const { address } = mailbox;
  const text = isAscii(address.local) ? formatAddress(address) : NOBODY;
  // A comment may say who it was, but not in Return-Path (RFC 5321 §4.4).
  const who =
    isAscii(address.local) || field.name === 'return-path' ? '' : `\r\n (${encodeHeaderText(formatAddress(address))})`;
  return `${name}: ${/^\s*</.test(body) ? `<${text}>` : text}${who}`;
}

/** RFC 6857 §3.2.5: a `for` clause that can't be said is left out; elsewhere in it, clauses count more than letters. */
function receivedField(text: FieldText): string {
  const forClause = /(?:\r?\n)?[ \t]for[ \t\r\n]{1,10}(?:<[^<>;]{0,1000}>|[^\s;()<>]{1,1000})/gi;
  return masked({ ...text, body: text.body.replace(forClause, (clause) => (isAscii(clause) ? clause : '')) });
}

/** RFC 6857 §3.1.4 */
function parameterField({ name, body }: FieldText): string | undefined {
  const value = downgradeParameters(unfolded(body));
  return value === undefined ? undefined : `${name}: ${value}`;
}
