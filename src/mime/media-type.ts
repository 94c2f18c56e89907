/** Content-Type (RFC 2045 §5.1), read as tolerantly as mail programs do: as much as is needed to find the parts of a message. */
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
export const LONGEST_BOUNDARY = 200;

const TYPE = /^([^\s;/()"]{1,100}\/[^\s;/()"]{1,100})[ \t]*(?:;|\(|$)/;
/** parameter = attribute "=" value. Sticky; a value in quotes may hold a semicolon. */
const PARAMETER = /;[ \t]*([^\s;="()]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[^])*)"|([^\s;]*))/y;

/** The first Content-Type counts; undefined when there is none. */
export function mediaTypeOf(fields: readonly HeaderField[]): MediaType | undefined {
  const field = fields.find(({ name }) => name === 'content-type');
  if (field === undefined) return undefined;
  const from = field.raw.indexOf(0x3a) + 1;
  const value = field.raw.toString('latin1', from, from + LONGEST_VALUE).replace(/[\r\n]+/g, '');
  const name = TYPE.exec(value.trimStart())?.[1]?.toLowerCase() ?? '';
  const boundary = boundaryOf(value);
  return { name, ...(boundary === undefined ? {} : { boundary }) };
}

/** Of several the first; what isn't a parameter is passed over up to the next semicolon. */
function boundaryOf(value: string): string | undefined {
  for (let at = value.indexOf(';'); at >= 0; at = value.indexOf(';', at)) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(value);
    if (found?.[1]?.toLowerCase() === 'boundary') {
      const boundary = (found[2]?.replace(/\\([^])/g, '$1') ?? found[3] ?? '').replace(/[ \t]{1,100}$/, '');
      return boundary === '' || boundary.length > LONGEST_BOUNDARY ? undefined : boundary;
    }
    at += found === null ? 1 : found[0].length;
  }
  return undefined;
}
