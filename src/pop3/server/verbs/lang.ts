/**
 * LANG [language] (RFC 6856 §3): in which language the texts behind +OK and -ERR are. There is one, English, which
 * is also what "i-default" asks for (RFC 2277 §4.5), so a choice is answered and nothing need be remembered.
 */
import { parseArguments } from '../../grammar/command.ts';
import { parsed } from '../../grammar/parsed.ts';
import { ok, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { ONE_LANGUAGE_WANTED, UNKNOWN_LANGUAGE } from '../refusals.ts';
import { row } from '../verb.ts';

/** The first is what "*" gives. Each with its description in the language itself. */
const LANGUAGES: readonly (readonly [tag: string, description: string])[] = [
  ['en', 'English'],
  ['i-default', 'Default'],
];

export const LANG = row({
  name: 'LANG',
  states: ['authorization', 'transaction'],
  beforeTls: true,
  parse(rest) {
    const values = parseArguments(rest);
    if (!values.ok) return values;
    return values.value.length > 1 ? ONE_LANGUAGE_WANTED : parsed(values.value[0]);
  },
  run(_session, _state, range): Answer {
    // lang-listing = language-tag [SP description]
    if (range === undefined) return { kind: 'listing', text: 'Languages follow', lines: LANGUAGES.map(lineOf) };
    const tag = lookUp(range);
    return tag === undefined ? refuse(UNKNOWN_LANGUAGE) : ok(`${tag} The texts of this server are in English`);
  },
  capabilities: () => [{ name: 'LANG', parameters: [] }],
});

function lineOf([tag, description]: (typeof LANGUAGES)[number]): string {
  return `${tag} ${description}`;
}

/**
 * language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*"    (RFC 4647 §2.1)
 *
 * Looked up as RFC 4647 §3.4 says: "en-GB" is served with "en", and "de" with nothing.
 */
function lookUp(range: string): string | undefined {
  if (range === '*') return LANGUAGES[0]?.[0];
  if (!/^[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,8}$/i.test(range)) return undefined;
  const wanted = range.toLowerCase();
  return LANGUAGES.find(([tag]) => wanted === tag || wanted.startsWith(`${tag}-`))?.[0];
}
