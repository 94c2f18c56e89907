/** Which way a subject is written: what programs put in front of it, in Latin letters, says nothing of that. */

const PREFIXES = /^\s*(?:(?:re|aw|sv|antw|fwd?|wg|tr)(?:\[\d+\])?\s*:\s*)+/iu;
const FROM_THE_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** By the first letter behind "Re:" and its like; `auto` where there is none. */
export function directionOf(subject: string): 'ltr' | 'rtl' | 'auto' {
  const [first] = /\p{L}/u.exec(subject.replace(PREFIXES, '')) ?? [];
  if (first === undefined) return 'auto';
  return FROM_THE_RIGHT.test(first) ? 'rtl' : 'ltr';
}
