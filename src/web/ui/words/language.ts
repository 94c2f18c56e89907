/**
 * Which language and direction this page speaks: English; and for tests two that nobody speaks. `?lang=en-XA` makes
 * every word longer and accented, so that a sentence that stands in no table, or a box that is too small, shows;
 * `?lang=ar-XB` does so from right to left.
 */

export interface Language {
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly pseudo: boolean;
}

const ENGLISH: Language = { tag: 'en', direction: 'ltr', pseudo: false };

export function languageOf(search: string): Language {
  switch (new URLSearchParams(search).get('lang')) {
    case 'en-XA':
      return { tag: 'en', direction: 'ltr', pseudo: true };
    case 'ar-XB':
      return { tag: 'en', direction: 'rtl', pseudo: true };
    default:
      return ENGLISH;
  }
}

const ACCENTS: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'ë',
  i: 'ï',
  o: 'ø',
  u: 'û',
  c: 'ç',
  n: 'ñ',
  A: 'Â',
  E: 'É',
  O: 'Ö',
};

const accented = (text: string): string =>
  text === '' ? text : `[${text.replace(/[aeioucnAEO]/g, (letter) => ACCENTS[letter] ?? letter)}]`;

/** The same tree of words, accented. */
export function pseudo<Words>(words: Words): Words {
  if (typeof words === 'string') return accented(words) as Words;
  if (typeof words === 'function') {
    return ((...args: unknown[]) => pseudo((words as unknown as (...args: unknown[]) => unknown)(...args))) as Words;
  }
  if (Array.isArray(words)) return words.map((one: unknown) => pseudo(one)) as Words;
  if (typeof words !== 'object' || words === null) return words;
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, pseudo<unknown>(value)])) as Words;
}
