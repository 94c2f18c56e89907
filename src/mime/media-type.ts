/**
 * What a header says of the content behind it, Content-Type (RFC 2045 §5.1) and Content-Transfer-Encoding (§6.1), read
 * as tolerantly as mail programs do: as much as is needed to find the parts of a message. Of several fields the first
 * counts.
 */
import { fieldValues } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';

export interface MediaType {
  /** "type/subtype" in lower case; '' for a field that can't be read. */
  readonly name: string;
  /** One character an octet (latin1), without the blanks that may not end it (RFC 2046 §5.1.1). */
  readonly boundary?: string;
}

/** A longer field has no boundary that anybody would look for. */
const LONGEST_VALUE = 8_192;
/** RFC 2046 §5.1.1 allows 70; programs have written more. */
const LONGEST_BOUNDARY = 200;

/** type "/" subtype; behind it a parameter, a comment, a blank, or what must be a mistake. */
const TYPE = /^[ \t]*([^ \t;/()"]{1,100})[ \t]{0,9}\/[ \t]{0,9}([^ \t;/()"]{1,100})(?![^ \t;("])/;
/** parameter = attribute "=" value. Sticky; a value in quotes may hold a semicolon. */
const PARAMETER = /;[ \t]*([^\s;="()]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[^])*)"|([^\s;]*))/y;

/** Undefined when there is none. */
export function mediaTypeOf(fields: readonly HeaderField[]): MediaType | undefined {
  const field = fields.find(({ name }) => name === 'content-type');
  if (field === undefined) return undefined;
  const from = field.raw.indexOf(0x3a) + 1;
  const value = field.raw.toString('latin1', from, from + LONGEST_VALUE).replace(/[\r\n]+/g, '');
  const [, type, subtype] = TYPE.exec(value) ?? [];
  const boundary = boundaryOf(value);
  return {
    name: type === undefined || subtype === undefined ? '' : `${type}/${subtype}`.toLowerCase(),
    ...(boundary === undefined ? {} : { boundary }),
  };
}

/**
 * Of several the first, and one in plain form before one as RFC 2231 has it: that form has only a boundary that isn't
 * ASCII (RFC 2046 §5.1.1 has none such, some programs do), which is how a message in ASCII tells of it.
 */
function boundaryOf(value: string): string | undefined {
  let extended = '';
  for (const [name, text] of parametersOf(value)) {
    if (name === 'boundary') return usable(text);
    if (/^boundary\*(?:0\*)?$/.test(name)) extended = text.replace(/^[^']*'[^']*'/, '');
    else if (/^boundary\*[1-9]\d?\*$/.test(name)) extended += text;
  }
  return usable(extended.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
}

function usable(boundary: string): string | undefined {
  const ended = boundary.replace(/[ \t]{1,100}$/, '');
  return ended === '' || ended.length > LONGEST_BOUNDARY ? undefined : ended;
}

/** Names in lower case; what isn't a parameter is passed over up to the next semicolon. */
function* parametersOf(value: string): Generator<readonly [name: string, value: string]> {
  for (let at = value.indexOf(';'); at >= 0; at = value.indexOf(';', at)) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(value);
    if (found !== null) yield [(found[1] ?? '').toLowerCase(), found[2]?.replace(/\\([^])/g, '$1') ?? found[3] ?? ''];
    at += found === null ? 1 : found[0].length;
  }
}

/** In lower case; undefined where it is missing or empty. */
export function encodingOf(fields: readonly HeaderField[]): string | undefined {
  return /^[^ \t;(]+/.exec(fieldValues(fields, 'content-transfer-encoding')[0] ?? '')?.[0]?.toLowerCase();
}

const IDENTITY = new Set([undefined, '7bit', '8bit', 'binary']);

/** Whether the octets are the content itself (RFC 2045 §6.2). */
export function isIdentity(encoding: string | undefined): boolean {
  return IDENTITY.has(encoding);
}
