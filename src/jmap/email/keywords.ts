/** Keywords of an email (RFC 8621 §4.1.1): what one may look like, and sets of them as JSON has them. */

/** keyword = 1*255 of %x21-7e without ( ) { ] % * " \ */
const KEYWORD = /^[!#$&'+-Z[^-z|}~]{1,255}$/;

/** In lower case, as they are kept and shown; undefined when it is none. */
export function parseKeyword(text: string): string | undefined {
  return KEYWORD.test(text) ? text.toLowerCase() : undefined;
}

/**
 * The members of a set as JSON has it: an object whose values are all `true` (String[Boolean], Id[Boolean]). Undefined
 * when it is anything else.
 */
export function membersOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every(([, member]) => member === true) ? entries.map(([name]) => name) : undefined;
}

/** The same the other way round. */
export function setOf(members: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(members.map((member) => [member, true] as const));
}

/** Keywords in lower case, each once; undefined when the value is no set of keywords. */
export function parseKeywords(value: unknown): readonly string[] | undefined {
  const keywords = membersOf(value)?.map(parseKeyword);
  return keywords === undefined || keywords.includes(undefined)
    ? undefined
    : [...new Set(keywords as readonly string[])];
}
