/** Enhanced codes as reasons: the rows of codes.ts, and what a code means that has none. */
import { PROVIDERS, REGISTERED, SUBJECTS } from './codes.ts';
import type { CodeRow } from './codes.ts';
import type { ReasonId } from './reason.ts';

export interface CodeMeaning {
  readonly reason: ReasonId;
  /** Says more than the reason's own sentence. */
  readonly happened: string;
  readonly advice?: string;
  /** Written for so many things, by so many servers, that any words beside it say more. */
  readonly vague: boolean;
}

/** @param code "5.1.1". Always something: the subject of a code has words, and so has a code of no subject. */
export function meaningOfCode(code: string): CodeMeaning {
  const [, subject = '0', detail = '0'] = code.split('.');
  const own = REGISTERED[`${subject}.${detail}`] ?? rowOfProvider(subject, Number(detail));
  const [reason, happened, advice] = own ?? SUBJECTS[subject] ?? (SUBJECTS['0'] as CodeRow);
  const vague = own === undefined || `${subject}.${detail}` === '7.1';
  return { reason, happened, vague, ...(advice === undefined ? {} : { advice }) };
}

/** Microsoft's policy codes (5.7.100 and up): nobody else writes them, and one text stands beside many of them. */
export function isExact(code: string): boolean {
  const [, subject, detail] = code.split('.');
  return subject === '7' && Number(detail) >= 100 && rowOfProvider(subject, Number(detail)) !== undefined;
}

function rowOfProvider(subject: string, detail: number): CodeRow | undefined {
  return PROVIDERS.find(([about, first, last]) => about === subject && first <= detail && detail <= last)?.[3];
}
