/** The parts of a draft, as a client gives them: EmailBodyPart when an Email is created (RFC 8621 §4.6). */
import { isObject, own } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { parseHeaderProperty } from '../header-property.ts';
import { givenFields } from './fields.ts';
import type { GivenField, Wrong } from './fields.ts';

export interface DraftPart {
  /** "type/subtype" in lower case. */
  readonly type: string;
  readonly charset?: string;
  readonly disposition?: string;
  readonly name?: string;
  readonly cid?: string;
  readonly language?: readonly string[];
  readonly location?: string;
  /** header:… properties of it. */
  readonly fields: readonly GivenField[];
  readonly content: DraftContent;
}

export type DraftContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'blob'; readonly blobId: string }
  | { readonly kind: 'parts'; readonly parts: readonly DraftPart[] };

/** Texts by their partId; how many parts there may still be. */
export interface DraftContext {
  readonly values: ReadonlyMap<string, string>;
  readonly left: { parts: number };
}

/** More parts than that are no letter. */
export const MOST_PARTS = 500;
const DEEPEST = 20;

const TYPE = /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/;
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,100}$/;

/** Fields that properties of a part stand for, too. */
const FIELD_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['content-type', ['type', 'charset', 'name']],
  ['content-disposition', ['disposition', 'name']],
  ['content-id', ['cid']],
  ['content-language', ['language']],
  ['content-location', ['location']],
]);

const KNOWN = new Set(['partId', 'blobId', 'size', 'name', 'type', 'charset', 'disposition', 'cid', 'language', 'location', 'subParts']); // prettier-ignore

export function isWrong(value: object): value is Wrong {
  return 'why' in value;
}

/** `usual`: its type where it doesn't say. */
export function readPart(given: Json, usual: string, context: DraftContext, depth = 0): DraftPart | Wrong {
  const at = (property: string, why: string): Wrong => ({ property, why });
  if (!isObject(given)) return at('', 'must be an object');
  if (--context.left.parts < 0) return at('', `has more than ${MOST_PARTS} parts`);
  if (depth > DEEPEST) return at('subParts', `has parts in more than ${DEEPEST} others`);
  const part = withoutNulls(given);
  const unknown = Object.keys(part).find((name) => !KNOWN.has(name) && parseHeaderProperty(name) === undefined);
  if (unknown !== undefined) return at(unknown, 'is nothing that can be set of a part');
  const fields = givenFields(part, parseHeaderProperty);
  if (isWrong(fields)) return fields;
  const clash = clashIn(part);
  if (clash !== undefined) return clash;
  const type = (
    textOf(part, 'type') ?? (own(part, 'subParts') === undefined ? usual : 'multipart/mixed')
  ).toLowerCase();
  if (!TYPE.test(type)) return at('type', 'must be a media type such as "text/plain"');
  const facts = factsOf(part);
  if (isWrong(facts)) return facts;
  const content = contentOf(part, type, context, depth);
  return isWrong(content) ? content : { type, ...facts, fields, content };
}

/** What is null isn't set. */
function withoutNulls(given: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

/** A field may be set once; how its content is encoded is ours to choose. */
function clashIn(part: JsonObject): Wrong | undefined {
  for (const property of Object.keys(part)) {
    const field = parseHeaderProperty(property)?.field;
    if (field === undefined) continue;
    if (field === 'content-transfer-encoding') return { property, why: 'is chosen by the server' };
    const other = FIELD_OF.get(field)?.find((one) => Object.hasOwn(part, one));
    if (other !== undefined) return { property, why: `stands for the same header field as ${JSON.stringify(other)}` };
  }
  return undefined;
}

function textOf(part: JsonObject, name: string): string | undefined {
  const value = own(part, name);
  return typeof value === 'string' ? value : undefined;
}

type Facts = Pick<DraftPart, 'charset' | 'disposition' | 'name' | 'cid' | 'language' | 'location'>;

const CHECKS: Readonly<Record<keyof Facts, (value: Json) => boolean>> = {
  charset: (value) => typeof value === 'string' && TOKEN.test(value),
  disposition: (value) => typeof value === 'string' && TOKEN.test(value),
  name: (value) => typeof value === 'string' && value.length <= 1_000,
  cid: (value) => typeof value === 'string' && /^[!-;=?-~]{1,900}$/.test(value),
  language: (value) =>
    Array.isArray(value) && value.every((tag) => typeof tag === 'string' && /^[A-Za-z0-9*-]{1,64}$/.test(tag)),
  location: (value) => typeof value === 'string' && /^[!#-;=?-~]{1,900}$/.test(value),
};

function factsOf(part: JsonObject): Facts | Wrong {
  const given = Object.entries(CHECKS).filter(([name]) => Object.hasOwn(part, name));
  const wrong = given.find(([name, isRight]) => !isRight(own(part, name) ?? null));
  if (wrong !== undefined) return { property: wrong[0], why: 'has a value that it can not have' };
  return Object.fromEntries(given.map(([name]) => [name, own(part, name)]));
}

function contentOf(part: JsonObject, type: string, context: DraftContext, depth: number): DraftContent | Wrong {
  const subParts = own(part, 'subParts');
  const blobId = own(part, 'blobId');
  const partId = own(part, 'partId');
  if (type.startsWith('multipart/')) {
    if (blobId !== undefined) return { property: 'blobId', why: 'can not be the content of a multipart' };
    if (partId !== undefined) return { property: 'partId', why: 'can not be the content of a multipart' };
    return partsOf(subParts, type, context, depth);
  }
  if (subParts !== undefined) return { property: 'subParts', why: `can not be the content of ${type}` };
  if (blobId !== undefined && partId !== undefined)
    return { property: 'blobId', why: 'and partId can not be set together' };
  if (partId !== undefined) return textPart(part, partId, context);
  if (blobId === undefined) return { property: 'partId', why: 'or blobId must be set: a part has some content' };
  return typeof blobId === 'string' ? { kind: 'blob', blobId } : { property: 'blobId', why: 'must be an id' };
}

function partsOf(given: Json | undefined, type: string, context: DraftContext, depth: number): DraftContent | Wrong {
  if (!Array.isArray(given) || given.length === 0)
    return { property: 'subParts', why: 'must be the parts of the multipart, one at least' };
  const parts: DraftPart[] = [];
  const usual = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  for (const one of given as readonly Json[]) {
    const part = readPart(one, usual, context, depth + 1);
    if (isWrong(part)) return { ...part, property: part.property === '' ? 'subParts' : part.property };
    parts.push(part);
  }
  return { kind: 'parts', parts };
}

function textPart(part: JsonObject, partId: Json, { values }: DraftContext): DraftContent | Wrong {
  if (typeof partId !== 'string') return { property: 'partId', why: 'must be a string' };
  const text = values.get(partId);
  if (text === undefined) return { property: 'partId', why: 'must be one of those in bodyValues' };
  if (own(part, 'charset') !== undefined) return { property: 'charset', why: 'is chosen by the server' };
  if (own(part, 'size') !== undefined) return { property: 'size', why: 'follows from the text' };
  return { kind: 'text', text };
}
