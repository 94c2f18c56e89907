/** What a part's header says of it, in the words of RFC 8621 §4.1.4: EmailBodyPart. */
import { decodeHeaderText, decodeUnlabelled, fieldOctets } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';
import type { Entity } from './entity.ts';
import { parameterText, readParameterized, withoutComments } from './parameterized.ts';

/** Texts are of bounded length ({@link LONGEST}), and hold no control characters. */
export interface PartFacts {
  /** "type/subtype" in lower case; what holds where the field is missing or makes no sense is filled in. */
  readonly type: string;
  /** In lower case; "us-ascii" for a text that doesn't say, absent for what is no text and doesn't say. */
  readonly charset?: string;
  /** Content-Transfer-Encoding in lower case; absent where it is missing. */
  readonly encoding?: string;
  /** In lower case: "attachment", "inline", or whatever stands there. */
  readonly disposition?: string;
  /** The name of its file. */
  readonly name?: string;
  /** Content-ID without its angle brackets. */
  readonly cid?: string;
  /** Tags of Content-Language. */
  readonly language?: readonly string[];
  /** Content-Location, a URI. */
  readonly location?: string;
  /** Of a plain text: it is in format=flowed (RFC 3676), and whether its trailing blanks go when lines are joined. */
  readonly flowed?: { readonly delsp: boolean };
}

/** Characters of one text. A file's name is shorter in every file system. */
const LONGEST = 1_000;
const MOST_LANGUAGES = 20;

export function partFacts(fields: readonly HeaderField[], { type, encoding }: Entity): PartFacts {
  const contentType = readParameterized(octetsOf(fields, 'content-type') ?? '');
  const disposition = octetsOf(fields, 'content-disposition');
  const disposed = readParameterized(disposition ?? '');
  const charset = parameterText(contentType, 'charset')?.toLowerCase() ?? (isText(type) ? 'us-ascii' : undefined);
  const name = parameterText(disposed, 'filename') ?? parameterText(contentType, 'name');
  return without({
    type,
    charset: short(charset, 100),
    encoding: short(encoding, 100),
    disposition: short(disposed.value, 100),
    name: short(name),
    cid: cidOf(octetsOf(fields, 'content-id')),
    language: languagesOf(octetsOf(fields, 'content-language')),
    location: locationOf(octetsOf(fields, 'content-location')),
    flowed: type === 'text/plain' && parameterText(contentType, 'format')?.toLowerCase() === 'flowed' ? { delsp: parameterText(contentType, 'delsp')?.toLowerCase() === 'yes' } : undefined, // prettier-ignore
  });
}

/** The first field of that name counts. */
function octetsOf(fields: readonly HeaderField[], name: string): string | undefined {
  const field = fields.find((one) => one.name === name);
  return field === undefined ? undefined : fieldOctets(field);
}

function isText(type: string): boolean {
  return type.startsWith('text/');
}

/** CFWS and the angle brackets go; what stands without brackets is taken as it is. */
function cidOf(octets: string | undefined): string | undefined {
  if (octets === undefined) return undefined;
  const plain = withoutComments(octets.slice(0, 4 * LONGEST));
  return short(readable(/<([^<>]*)>/.exec(plain)?.[1] ?? plain).replace(/[\s<>]/g, ''));
}

/** Language-List = Language-Tag *("," Language-Tag) (RFC 3282) */
function languagesOf(octets: string | undefined): readonly string[] | undefined {
  const tags = withoutComments(octets?.slice(0, 4 * LONGEST) ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => /^[A-Za-z0-9*-]{1,64}$/.test(tag));
  return tags.length === 0 ? undefined : tags.slice(0, MOST_LANGUAGES);
}

/** RFC 2557 §4.2, §4.4.1: a URI may be folded anywhere, and stand in encoded-words. */
function locationOf(octets: string | undefined): string | undefined {
  if (octets === undefined) return undefined;
  return short(decodeHeaderText(readable(octets.slice(0, 4 * LONGEST))).replace(/[\s\p{Cc}"<>]/gu, ''));
}

function readable(octets: string): string {
  return decodeUnlabelled(Buffer.from(octets, 'latin1')).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function short(text: string | undefined, most = LONGEST): string | undefined {
  return text === undefined || text === '' ? undefined : text.slice(0, most).toWellFormed();
}

/** Without what is undefined. */
function without<T extends object>(facts: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as T;
}
