/**
 * What the header of one entity (a message, or a part of one) says of its body (RFC 2045 §4 to §6, RFC 2046), read
 * the way readers do: the first field of a kind counts, and what can't be read is as if it weren't there.
 */
import { fieldValues, isAscii, parseHeaderSection } from '../mail/index.ts';

/**
 * - leaf: content that may be encoded.
 * - multipart: parts between delimiter lines.
 * - message: a whole message inside (message/rfc822), which has a header and leaves of its own.
 * - opaque: content that must stay as it is, octet for octet; see {@link kindOf}.
 */
export type EntityKind = 'leaf' | 'multipart' | 'message' | 'opaque';

export interface Entity {
  /** In the order of the headers, from 0. */
  readonly index: number;
  /** The entity it stands in; undefined for the message itself. */
  readonly parent: Entity | undefined;
  /** A message: the outermost one, or what a message/rfc822 holds. Only there does MIME-Version belong (RFC 2045 §4). */
  readonly isMessage: boolean;
  readonly kind: EntityKind;
  /** In lower case, "text/plain"; what holds where the field is missing or makes no sense is filled in. */
  readonly type: string;
  /** The header has a Content-Type field. */
  readonly hasType: boolean;
  readonly hasVersion: boolean;
  /** Of a multipart, without quotes. */
  readonly boundary: string | undefined;
  /** Content-Transfer-Encoding in lower case; undefined where it is missing. */
  readonly encoding: string | undefined;
}

type Place = Pick<Entity, 'index' | 'parent' | 'isMessage'>;

/** Encodings under which the octets are the content itself (RFC 2045 §6.2). */
const IDENTITY = new Set([undefined, '7bit', '8bit', 'binary']);

export function isIdentity(encoding: string | undefined): boolean {
  return IDENTITY.has(encoding);
}

export function readEntity(section: Buffer, place: Place): Entity {
  const fields = parseHeaderSection(section);
  const [typeField] = fieldValues(fields, 'content-type');
  const type = typeOf(typeField, place.parent);
  const boundary = type.startsWith('multipart/') ? boundaryOf(typeField ?? '') : undefined;
  const encoding = /^[^\s;(]+/.exec(fieldValues(fields, 'content-transfer-encoding')[0] ?? '')?.[0]?.toLowerCase();
  return {
    ...place,
    kind: kindOf(type, boundary, encoding),
    type,
    hasType: typeField !== undefined,
    hasVersion: fields.some(({ name }) => name === 'mime-version'),
    boundary,
    encoding,
  };
}

/** type "/" subtype (RFC 2045 §5.1); the default is message/rfc822 in a digest (RFC 2046 §5.1.5), else plain text (RFC 2045 §5.2). */
function typeOf(field: string | undefined, parent: Entity | undefined): string {
  const [, type, subtype] = /^([^\s/;()"]+)\s*\/\s*([^\s/;()"]+)/.exec(field ?? '') ?? [];
  if (type !== undefined && subtype !== undefined) return `${type}/${subtype}`.toLowerCase();
  return field === undefined && parent?.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
}

/**
 * Opaque are: multipart/signed, because nobody on the way may alter it, its encodings included (RFC 1847 §2.1); a
 * multipart whose delimiters we don't know; and message/*, because composite types have no encoding (RFC 2045 §6.4),
 * but the message/global family, which may have one (RFC 6532 §3.7, RFC 6533 §6).
 */
function kindOf(type: string, boundary: string | undefined, encoding: string | undefined): EntityKind {
  if (type === 'multipart/signed') return 'opaque';
  if (type.startsWith('multipart/')) return boundary === undefined ? 'opaque' : 'multipart';
  if (type === 'message/rfc822' && isIdentity(encoding)) return 'message';
  if (type.startsWith('message/') && !isGlobal(type) && isIdentity(encoding)) return 'opaque';
  return 'leaf';
}

export function isGlobal(type: string): boolean {
  return type === 'message/global' || type.startsWith('message/global-');
}

/**
 * parameter = attribute "=" value; then a quoted string on its own, and whatever else. A quoted string that isn't closed
 * reaches to the end, so that each octet is looked at a bounded number of times.
 */
const PARAMETERS = /;\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))|"(?:[^"\\]|\\.|\\$)*(?:"|$)|[^;"]+|;/g;

/** boundary := 0*69<bchars> bcharsnospace (RFC 2046 §5.1.1); a little more than that is in use. */
const LONGEST_BOUNDARY = 200;

function boundaryOf(field: string): string | undefined {
  for (const [, name, quoted, token] of field.matchAll(PARAMETERS)) {
    if (name?.toLowerCase() !== 'boundary') continue;
    const boundary = (quoted?.replace(/\\(.)/g, '$1') ?? token ?? '').trimEnd();
    return boundary === '' || boundary.length > LONGEST_BOUNDARY || !isAscii(boundary) ? undefined : boundary;
  }
  return undefined;
}
