/**
 * The addresses of a field as they are shown to people (RFC 8621 §4.1.2.3, §4.1.2.4): everything that stands there is
 * told, as well as it can be, also what is no address by any grammar. What must be understood whole, or not at all, is
 * for {@link parseMailboxes}; both read the same tokens.
 */
import { splitAddressList } from './mailboxes.ts';
import { tokenizeTolerantly } from './tokens.ts';
import type { Token } from './tokens.ts';
import { decodeHeaderText } from './words.ts';

/** RFC 8621 §4.1.2.3 */
export interface EmailAddress {
  /** Decoded; null where there is neither a display name nor a comment behind the address. */
  readonly name: string | null;
  /** As it stands there, without blanks and comments; it may be no address at all. */
  readonly email: string;
}

/** RFC 8621 §4.1.2.4 */
export interface EmailAddressGroup {
  /** Null for addresses that stand in no group. */
  readonly name: string | null;
  readonly addresses: readonly EmailAddress[];
}

/** Of an unfolded value. Never throws. */
export function readAddressGroups(value: string): readonly EmailAddressGroup[] {
  return splitAddressList(tokenizeTolerantly(value)).groups.map(({ name, addresses }) => ({
    name: name === undefined ? null : (phrase(name) ?? ''),
    addresses: addresses.map(readAddress).filter((address) => address !== undefined),
  }));
}

/** The same without the groups. */
export function readAddresses(value: string): readonly EmailAddress[] {
  return readAddressGroups(value).flatMap(({ addresses }) => addresses);
}

/** Undefined where only comments stand. */
function readAddress(all: readonly Token[]): EmailAddress | undefined {
  const tokens = all.filter(({ kind }) => kind !== 'comment');
  if (tokens.length === 0) return undefined;
  const open = tokens.findLastIndex((token) => isSpecial(token, '<'));
  const { words, spec } = open < 0 ? bare(tokens) : angled(tokens, open);
  return { name: phrase(words) ?? commentBehind(all), email: written(spec) };
}

interface Divided {
  readonly words: readonly Token[];
  readonly spec: readonly Token[];
}

/** name-addr = [display-name] "<" addr-spec ">"; obs-route is left out (RFC 5322 §4.4). */
function angled(tokens: readonly Token[], open: number): Divided {
  const close = tokens.findIndex((token, at) => at > open && isSpecial(token, '>'));
  const inner = tokens.slice(open + 1, close < 0 ? undefined : close);
  const colon = isSpecial(inner[0], '@') ? inner.findIndex((token) => isSpecial(token, ':')) : -1;
  return { words: tokens.slice(0, open), spec: inner.slice(colon + 1) };
}

/** addr-spec alone. With words before it, blanks apart and without angle brackets: those are the name. */
function bare(tokens: readonly Token[]): Divided {
  const at = tokens.findLastIndex((token) => isSpecial(token, '@'));
  if (at < 0) return { words: [], spec: tokens };
  let start = at;
  while (start > 0 && isOneWord(tokens, start)) start--;
  return { words: tokens.slice(0, start), spec: tokens.slice(start) };
}

/** Blanks may stand around "@" and dots (RFC 5322 §4.4); elsewhere they divide words. */
function isOneWord(tokens: readonly Token[], at: number): boolean {
  const [before, after] = [tokens[at - 1] as Token, tokens[at] as Token];
  return !after.apart || isSpecial(after, '@') || before.text.endsWith('.') || after.text.startsWith('.');
}

/** An addr-spec as it stands, without what may be between its tokens; words that are no address keep their blanks. */
function written(tokens: readonly Token[]): string {
  const isAddress = tokens.some((token) => isSpecial(token, '@'));
  const text = tokens.map(({ source, apart }, at) => (apart && at > 0 && !isAddress ? ` ${source}` : source)).join('');
  return clean(isAddress ? text : decodeHeaderText(text));
}

/** phrase = 1*word, decoded; undefined where it is empty. */
function phrase(words: readonly Token[]): string | undefined {
  const text = words
    .filter(({ kind }) => kind !== 'comment')
    .map((word, at) => (word.apart && at > 0 ? ` ${word.text}` : word.text))
    .join('');
  return clean(decodeHeaderText(text)) || undefined;
}

/** Old programs wrote the name so: "joe@example.com (Joe)". */
function commentBehind(tokens: readonly Token[]): string | null {
  const last = tokens.at(-1);
  return last?.kind === 'comment' ? clean(decodeHeaderText(last.text)) || null : null;
}

/** One line, in one form of Unicode. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .normalize('NFC');
}

function isSpecial(token: Token | undefined, text: string): boolean {
  return token?.kind === 'special' && token.text === text;
}
