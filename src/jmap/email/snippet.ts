/**
 * The words of a search marked in a text (RFC 8621 §5): HTML-escaped, with `<mark>` around what was found. An excerpt
 * is bounded in octets and never cut within a mark or an escape.
 */

import { placedWords } from '../../store/index.ts';
import type { Phrase } from '../../store/index.ts';

/** RFC 8621 §5: the most octets of a preview. */
const EXCERPT_OCTETS = 255;
/** About how much stands before the first match. */
const LEAD = 60;
const ELLIPSIS = '…';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The whole text; undefined where nothing is found. */
export function marked(text: string, phrases: readonly Phrase[]): string | undefined {
  const ranges = found(text, phrases);
  if (ranges.length === 0) return undefined;
  return pieces(text, ranges, 0)
    .map((piece) => wrapped(escapeHtml(piece.text), piece.isMarked))
    .join('');
}

/** The neighbourhood of the first match, blanks collapsed; undefined where nothing is found. */
export function excerpt(text: string, phrases: readonly Phrase[]): string | undefined {
  const flat = text.replace(/\s+/gu, ' ').trim();
  const ranges = found(flat, phrases);
  const first = ranges[0];
  if (first === undefined) return undefined;
  const start = leadStart(flat, first.start);
  let out = start > 0 ? ELLIPSIS : '';
  let left = EXCERPT_OCTETS - Buffer.byteLength(out) - Buffer.byteLength(ELLIPSIS);
  for (const piece of pieces(flat, ranges, start)) {
    const room = left - (piece.isMarked ? '<mark></mark>'.length : 0);
    const { escaped, whole } = escapedWithin(piece.text, room);
    if (escaped !== '') out += wrapped(escaped, piece.isMarked);
    if (!whole) return out + ELLIPSIS;
    left = room - Buffer.byteLength(escaped);
  }
  return out;
}

/** Behind a blank, not too far before the match. */
function leadStart(text: string, match: number): number {
  if (match <= LEAD) return 0;
  const blank = text.indexOf(' ', match - LEAD);
  return blank < 0 || blank >= match ? match : blank + 1;
}

/** Where they are, in order and without overlaps. */
function found(text: string, phrases: readonly Phrase[]): readonly Range[] {
  const wanted = phrases.map(({ words, prefix }) => ({ words: words.map(folded), prefix }));
  const words = wordsOf(text);
  const ranges: { start: number; end: number }[] = [];
  for (let at = 0; at < words.length; at++) {
    const length = Math.max(0, ...wanted.map((phrase) => matchAt(words, at, phrase)));
    const [first, last] = [words[at], words[at + length - 1]];
    if (length === 0 || first === undefined || last === undefined) continue;
    const before = ranges.at(-1);
    // Pairs of characters lie over one another.
    if (before !== undefined && first.start < before.end) before.end = Math.max(before.end, last.end);
    else ranges.push({ start: first.start, end: last.end });
    at += length - 1;
  }
  return ranges;
}

/** How many words from there on it takes; 0: it isn't there. */
function matchAt(words: readonly { readonly word: string }[], at: number, { words: phrase, prefix }: Phrase): number {
  const fits = phrase.every((want, i) => {
    const word = words[at + i]?.word;
    return word === want || (prefix && i === phrase.length - 1 && word?.startsWith(want) === true);
  });
  return fits ? phrase.length : 0;
}

interface Word extends Range {
  /** Folded. */
  readonly word: string;
}

/** The words of a text as the search cuts and folds them, each with its place. */
function wordsOf(text: string): readonly Word[] {
  return placedWords(text).map(({ word, start, end }) => ({ word: folded(word), start, end }));
}

/** Without case and accents, as the search's engine folds. */
function folded(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

function pieces(
  text: string,
  ranges: readonly Range[],
  from: number,
): readonly { readonly text: string; readonly isMarked: boolean }[] {
  const all: { text: string; isMarked: boolean }[] = [];
  let at = from;
  for (const { start, end } of ranges) {
    if (start > at) all.push({ text: text.slice(at, start), isMarked: false });
    all.push({ text: text.slice(start, end), isMarked: true });
    at = end;
  }
  if (at < text.length) all.push({ text: text.slice(at), isMarked: false });
  return all;
}

function wrapped(escaped: string, isMarked: boolean): string {
  return isMarked ? `<mark>${escaped}</mark>` : escaped;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] as string);
}

/** As many characters as have room. */
function escapedWithin(text: string, octets: number): { readonly escaped: string; readonly whole: boolean } {
  let escaped = '';
  let left = octets;
  for (const character of text) {
    const next = escapeHtml(character);
    left -= Buffer.byteLength(next);
    if (left < 0) return { escaped, whole: false };
    escaped += next;
  }
  return { escaped, whole: true };
}
