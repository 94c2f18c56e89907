/**
 * Fields that are a value and parameters: Content-Type (RFC 2045 §5.1), Content-Disposition (RFC 2183). Read as
 * tolerantly as mail programs do: parameters in pieces and charsets (RFC 2231), encoded-words where none may be, quotes
 * that don't end, names of files without quotes.
 */
import { decodeCharset, decodeHeaderText, decodeUnlabelled } from '../mail/index.ts';

export interface Parameterized {
  /** What stands before the first parameter, without comments, in lower case. */
  readonly value: string;
  /** As they stand, in order, names in lower case; values without quotes, one character an octet. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Octets of a field that are looked at. */
const LONGEST_VALUE = 16_384;
const MOST_PARAMETERS = 200;

/** attribute "=", with the ";" before it. */
const ATTRIBUTE = /;[ \t]*([^\s;="()]+)[ \t]*=[ \t]*/y;
/** One in quotes that don't end goes on to the end. */
const QUOTED = /"((?:[^"\\]|\\[^])*)(?:"|$|\\$)/y;
/** Names of files have blanks and parentheses in them, whoever wrote them; elsewhere a comment may stand behind. */
const UNQUOTED = { file: /[^;]*/y, other: /[^\s;(]*/y };
const IS_FILE = /^(?:file)?name\b/;

/** Of the octets of an unfolded value, one character each. */
export function readParameterized(octets: string): Parameterized {
  const value = octets.slice(0, LONGEST_VALUE);
  const parameters: [string, string][] = [];
  let at = value.indexOf(';');
  const first = at < 0 ? value : value.slice(0, at);
  while (at >= 0 && parameters.length < MOST_PARAMETERS) {
    const name = sticky(ATTRIBUTE, value, at);
    if (name === undefined) at = value.indexOf(';', at + 1);
    else {
      const attribute = (name[1] as string).toLowerCase();
      const found = valueAt(value, at + name[0].length, IS_FILE.test(attribute) ? 'file' : 'other');
      parameters.push([attribute, found.value]);
      at = value.indexOf(';', found.end);
    }
  }
  return { value: withoutComments(first).trim().toLowerCase(), parameters };
}

function valueAt(text: string, at: number, kind: 'file' | 'other'): { readonly value: string; readonly end: number } {
  const quoted = sticky(QUOTED, text, at);
  const found = quoted ?? sticky(UNQUOTED[kind], text, at);
  const value = quoted === undefined ? (found?.[0] ?? '').trim() : (quoted[1] as string).replace(/\\([^])/g, '$1');
  return { value, end: at + (found?.[0].length ?? 0) };
}

function sticky(shape: RegExp, text: string, at: number): RegExpExecArray | undefined {
  shape.lastIndex = at;
  return shape.exec(text) ?? undefined;
}

/** Comments (RFC 5322 §3.2.2) become blanks; one that doesn't end goes to the end. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let kept = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string;
    if (depth > 0 && sign === '\\') at++;
    else if (sign === '(') depth++;
    else if (depth > 0 && sign === ')') depth--;
    else if (depth === 0) kept += sign;
  }
  return kept;
}

/** The parameter as text: in its charset, its pieces put together; undefined where it is missing or empty. Without control characters. */
export function parameterText({ parameters }: Parameterized, name: string): string | undefined {
  const text = extendedText(parameters, name) ?? plainText(parameters, name);
  const clean = text?.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return clean === '' ? undefined : clean;
}

function plainText(parameters: Parameterized['parameters'], name: string): string | undefined {
  const value = parameters.find(([key]) => key === name)?.[1];
  return value === undefined ? undefined : decodeWords(value);
}

/** Not allowed in quotes (RFC 2047 §5), and everywhere; raw octets that nobody announced are read as in a body. */
function decodeWords(octets: string): string {
  return decodeHeaderText(decodeUnlabelled(Buffer.from(octets, 'latin1')));
}

interface Section {
  readonly index: number;
  readonly value: string;
  readonly isExtended: boolean;
}

/** RFC 2231 §3, §4: name*, or name*0, name*1* …; in the first of them stand charset and language. */
function extendedText(parameters: Parameterized['parameters'], name: string): string | undefined {
  const sections = parameters
    .map(([key, value]) => sectionOf(key, value, name))
    .filter((section) => section !== undefined)
    .toSorted((a, b) => a.index - b.index);
  const [first] = sections;
  if (first === undefined) return undefined;
  const [, charset, start] = first.isExtended ? (/^([^']*)'[^']*'([^]*)$/.exec(first.value) ?? []) : [];
  const octets = Buffer.concat(
    sections.map(({ value, isExtended }, n) => octetsOf(n === 0 ? (start ?? value) : value, isExtended)),
  );
  return charset === undefined || charset === ''
    ? decodeWords(octets.toString('latin1'))
    : decodeCharset(octets, charset).text;
}

function sectionOf(key: string, value: string, name: string): Section | undefined {
  if (!key.startsWith(`${name}*`)) return undefined;
  const [whole, index] = /^(\d{0,4})\*?$/.exec(key.slice(name.length + 1)) ?? [];
  if (whole === undefined) return undefined;
  return { index: index === '' ? 0 : Number(index), value, isExtended: key.endsWith('*') };
}

function octetsOf(value: string, isExtended: boolean): Buffer {
  if (!isExtended) return Buffer.from(value, 'latin1');
  const octets = value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1');
}
