/**
 * Text as it is searched. Scripts that put no blanks between words (Han, kana, Thai and others) are cut into pairs of
 * neighbouring characters, the last one alone: any two neighbours are then found, longer runs as phrases of pairs, and
 * one character as the beginning of a pair. What is stored and what is asked for go through the same cut; folding of
 * case and accents is the engine's.
 */

const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]+/gu;
/** What the engine takes for a part of a word, too. */
const WORD = /[\p{L}\p{N}\p{Co}]/u;
const WORDS = /[\p{L}\p{N}\p{Co}\p{Mn}\p{Mc}]+/gu;

/** Words of one condition, and characters of it, that are looked at. */
const MOST_WORDS = 32;
const MOST_CHARACTERS = 1_000;

/** A text to be stored. */
export function searchable(text: string): string {
  return text.normalize('NFKC').replace(UNSPACED, (run) => ` ${pairs(run).join(' ')} `);
}

function pairs(run: string): readonly string[] {
  const characters = [...run];
  return characters.map((character, index) => character + (characters[index + 1] ?? ''));
}

/** Words that follow one another; `prefix`: the last may go on. */
export interface Phrase {
  readonly words: readonly string[];
  readonly prefix: boolean;
}

/** What a person wants found (RFC 8621 §4.4.1): every word, "phrases" or 'phrases' as they stand, `word*` as a beginning. */
export function phrasesIn(text: string): readonly Phrase[] {
  const tokens = text
    .slice(0, MOST_CHARACTERS)
    .matchAll(/"((?:[^"\\]|\\.)*)"|(?<!\S)'((?:[^'\\]|\\.)*)'(?!\S)|[^\s"]+|"/gu);
  return [...tokens]
    .slice(0, MOST_WORDS)
    .map(([token, double, single]) => phraseOf(double ?? single ?? token, token.endsWith('*')))
    .filter(({ words }) => words.length > 0);
}

export function wordsIn(text: string): readonly string[] {
  return (
    text
      .normalize('NFKC')
      .match(WORDS)
      ?.filter((word) => WORD.test(word)) ?? []
  );
}

function phraseOf(text: string, prefix: boolean): Phrase {
  const words: string[] = [];
  let open = false;
  for (const piece of wordsIn(text.replace(/\\(.)/gu, '$1')).flatMap(cut)) {
    words.push(...piece.words);
    open = piece.open;
  }
  return { words, prefix: prefix || open };
}

/** A word in pieces of one kind of script each; `open`: a lone character that is the beginning of a pair. */
function cut(word: string): readonly { readonly words: readonly string[]; readonly open: boolean }[] {
  const pieces: { words: readonly string[]; open: boolean }[] = [];
  let at = 0;
  for (const { 0: run, index } of word.matchAll(UNSPACED)) {
    if (index > at) pieces.push({ words: [word.slice(at, index)], open: false });
    const all = pairs(run);
    pieces.push(all.length === 1 ? { words: all, open: true } : { words: all.slice(0, -1), open: false });
    at = index + run.length;
  }
  if (at < word.length) pieces.push({ words: [word.slice(at)], open: false });
  return pieces;
}

export interface PlacedWord {
  readonly word: string;
  /** In characters of the text: `start` included, `end` excluded. */
  readonly start: number;
  readonly end: number;
}

/** The words that a text is found by, each with its place; pairs of neighbouring characters lie over one another. */
export function placedWords(text: string): readonly PlacedWord[] {
  const placed: PlacedWord[] = [];
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    if (!WORD.test(word)) continue;
    let at = 0;
    for (const { 0: run, index: from } of word.matchAll(UNSPACED)) {
      if (from > at) placed.push(placedAt(word.slice(at, from), index + at));
      at = from + run.length;
      let start = index + from;
      for (const pair of pairs(run)) {
        placed.push(placedAt(pair, start));
        start += (pair.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
      }
    }
    if (at < word.length) placed.push(placedAt(word.slice(at), index + at));
  }
  return placed;
}

function placedAt(word: string, start: number): PlacedWord {
  return { word: word.normalize('NFKC'), start, end: start + word.length };
}
