/** What the header of one entity (a message, or a part of one) says of its content (RFC 2045 §4 to §6, RFC 2046). */
import { parseHeaderSection } from '../mail/index.ts';
import { encodingOf, isIdentity, mediaTypeOf } from './media-type.ts';

/**
 * - multipart: parts between delimiter lines. Its label doesn't matter: a multipart has no encoding (RFC 2045 §6.4),
 *   and readers take one apart that claims to.
 * - message: a header, and what that says is behind it. One that is encoded, as the types of internationalised mail
 *   may be (RFC 6532 §3.7), is a leaf: what its octets say isn't what it holds.
 * - leaf: everything else, and a multipart whose delimiters nobody knows.
 */
type Structure = 'multipart' | 'message' | 'leaf';

export interface Entity {
  /** Which header of the message it is, from 0. */
  readonly index: number;
  /** The entity it stands in; undefined for the message itself. */
  readonly parent: Entity | undefined;
  /** A message: the outermost one, or what a message/rfc822 holds. Only there does MIME-Version belong (RFC 2045 §4). */
  readonly isMessage: boolean;
  readonly structure: Structure;
  /** In lower case, "text/plain"; what holds where the field is missing or makes no sense is filled in. */
  readonly type: string;
  /** The header has a Content-Type field. */
  readonly hasType: boolean;
  readonly hasVersion: boolean;
  /** One character an octet; see {@link mediaTypeOf}. */
  readonly boundary: string | undefined;
  /** Content-Transfer-Encoding in lower case; undefined where it is missing. */
  readonly encoding: string | undefined;
}

export type Place = Pick<Entity, 'index' | 'parent' | 'isMessage'>;

/** Types whose content begins with a header of its own (RFC 2046 §5.2.1, RFC 6532 §3.7, RFC 6533, RFC 6522 §4). */
const MESSAGES = new Set(['message/rfc822', 'message/global', 'message/global-headers', 'text/rfc822-headers']);

export function readEntity(section: Uint8Array, place: Place): Entity {
  const fields = parseHeaderSection(section);
  const given = mediaTypeOf(fields);
  const type = given === undefined ? defaultType(place.parent) : given.name || 'text/plain';
  const encoding = encodingOf(fields);
  return {
    ...place,
    structure: structureOf(type, given?.boundary, encoding),
    type,
    hasType: given !== undefined,
    hasVersion: fields.some(({ name }) => name === 'mime-version'),
    boundary: given?.boundary,
    encoding,
  };
}

/**
 * What is missing says message/rfc822 in a digest (RFC 2046 §5.1.5), else plain text; what can't be read says plain
 * text anywhere (RFC 2045 §5.2).
 */
function defaultType(parent: Entity | undefined): string {
  return parent?.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
}

function structureOf(type: string, boundary: string | undefined, encoding: string | undefined): Structure {
  if (type.startsWith('multipart/')) return boundary === undefined ? 'leaf' : 'multipart';
  return MESSAGES.has(type) && isIdentity(encoding) ? 'message' : 'leaf';
}
