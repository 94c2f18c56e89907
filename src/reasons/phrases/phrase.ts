/**
 * A phrase is what servers write when they mean a reason. It is looked for in the words of a reply as
 * `plainWords` gives them: lower case, one line, addresses replaced by the word `whom`. The first row that fits
 * decides, so what is special stands before what is general. No row has a quantifier within a
 * quantifier: the time to look is bounded by the length of the text.
 */
import type { ReasonId, Stage } from '../reason.ts';

export interface Where {
  /** Only in an answer to one of these. */
  readonly at?: readonly Stage[];
  /** Only beside this enhanced code, class left out ("7.1"). */
  readonly enhanced?: string;
  /** Only in a temporary (4) or a final (5) refusal. */
  readonly class?: 4 | 5;
}

export type Phrase = readonly [means: ReasonId, says: RegExp, where?: Where];

/** A long expression over several lines: a line end and the spaces around what follows it don't count. */
export function any(text: TemplateStringsArray): RegExp {
  return new RegExp(text.raw.join('').replace(/\n */g, ''), 'u');
}

/** Enough of any answer to tell what it means. */
const LONGEST = 1_200;

const ADDRESS = /<?[^\s<>@()[\]:;,"]{1,80}@(?:[a-z0-9-]|\.(?=[a-z0-9])){1,255}>?/g;

/** What only leads on to a page, or says why there are rules at all; and what Postfix writes before any reason. */
const ASIDES =
  /(?:for more information|for (?:more |further )?details|to (?:review|view|learn|resolve|see)\b[^.,]{0,80}),?[^.]{0,60} go to .*|to (?:reduce|protect|help|best protect)\b[^.,]{0,60}(?:spam|users)[^.,]{0,30},|recipient address rejected:|<(?:end-of-message|data)>: (?:end-of-data|data command) rejected:/g;

/** The words of a reply as the table looks at them: a sentence is a line, so that `.` stays within one. */
export function plainWords(lines: readonly string[]): string {
  return lines
    .join(' ')
    .slice(0, LONGEST)
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(ADDRESS, 'whom')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(ASIDES, ' ')
    .replace(/\.{2,9}/g, ' ')
    .replace(/ {2,}/g, ' ')
    .replace(/([.!?]) /g, '$1\n')
    .trim();
}

/** The first phrase that fits. */
export function phraseIn(
  rows: readonly Phrase[],
  words: string,
  about: { readonly code: number; readonly enhanced?: string; readonly stage?: Stage | undefined },
): ReasonId | undefined {
  const number = about.enhanced?.slice(2);
  const fits = (where: Where): boolean =>
    (where.at === undefined || (about.stage !== undefined && where.at.includes(about.stage))) &&
    (where.enhanced === undefined || where.enhanced === number) &&
    (where.class === undefined || where.class === Math.floor(about.code / 100));
  return rows.find(([, says, where]) => (where === undefined || fits(where)) && says.test(words))?.[0];
}
