/**
 * From a refusal to its reason. Codes lie: many servers write 5.7.1 or 550 for everything, and some
 * write one code and mean another. So evidence is asked in this order, and the first that knows,
 * decides:
 *
 *   1. what we saw ourselves (the id of our rule)
 *   2. words that mean one thing (table.ts: providers' own, then everybody's)
 *   3. an enhanced code that says something (not X.Y.0, not X.7.1)
 *   4. words that say little ("try again later", "rejected")
 *   5. the other enhanced codes, then the reply code together with the stage
 *
 * Whether it is temporary changes what to do, never what it means.
 */
import { reasonOfCode } from './classic.ts';
import { isExact, meaningOfCode } from './enhanced.ts';
import type { CodeMeaning } from './enhanced.ts';
import { phraseIn, plainWords } from './phrases/phrase.ts';
import { STAGES } from './reason.ts';
import type { Reason, ReasonId, Stage } from './reason.ts';
import { REASONS } from './reasons.ts';
import { RULES } from './rules.ts';
import { TELLING, VAGUE } from './table.ts';

export interface Refusal {
  /** `enhanced` as "5.1.1". */
  readonly reply: { readonly code: number; readonly enhanced?: string; readonly lines: readonly string[] };
  /** Where it was said, as outbound/ names it; any other text is as good as none. */
  readonly stage?: string;
  /** The id of the rule by which we said it ourselves; left out for another server's words. */
  readonly rule?: string;
  /** It was given up: nobody tries again, though the refusal was temporary. */
  readonly over?: boolean;
}

/** Always a reason; never throws, and takes a time that is bounded whatever the other server wrote. */
export function explainReply(refusal: Refusal): Reason {
  const { reply } = refusal;
  const enhanced = reply.enhanced ?? codeInWords(reply.lines);
  const seen = ofRule(refusal);
  const id = seen ?? ofWords(refusal, enhanced);
  const code = enhanced === undefined ? undefined : meaningOfCode(enhanced);
  const temporary = reply.code >= 400 && reply.code < 500 && refusal.over !== true;
  return { ...reasonOf(id, temporary), ...(seen === undefined ? sharper(id, code) : {}) };
}

/** A reason by its id, for what was explained before. */
export function reasonOf(id: ReasonId, weTryAgain = false): Reason {
  const { again, ...words } = REASONS[id];
  return { id, ...words, wait: weTryAgain ? 'we-try-again' : again ? 'later-again' : 'no' };
}

/** Whether this is the id of a reason. */
export function isReason(id: string): id is ReasonId {
  return Object.hasOwn(REASONS, id);
}

function ofRule({ rule, stage }: Refusal): ReasonId | undefined {
  const id = rule === undefined ? undefined : RULES[rule];
  if (id !== 'connection-lost') return id;
  return stage === 'connect' ? 'no-route' : stage === 'dot' ? 'answer-lost' : id;
}

function ofWords(refusal: Refusal, enhanced: string | undefined): ReasonId {
  const { reply } = refusal;
  const stage = STAGES.find((one) => one === refusal.stage);
  const words = plainWords(reply.lines);
  const about = { code: reply.code, stage, ...(enhanced === undefined ? {} : { enhanced }) };
  const code = enhanced === undefined ? undefined : meaningOfCode(enhanced);
  if (enhanced !== undefined && isExact(enhanced)) return meaningOfCode(enhanced).reason;
  return (
    phraseIn(TELLING, words, about) ??
    (code === undefined || code.vague ? undefined : code.reason) ??
    phraseIn(VAGUE, words, about) ??
    ofCodes(reply.code, stage, code)
  );
}

function ofCodes(code: number, stage: Stage | undefined, enhanced: CodeMeaning | undefined): ReasonId {
  return enhanced === undefined || enhanced.reason === 'unknown' ? reasonOfCode(code, stage) : enhanced.reason;
}

/** Where the code means the same reason, its sentence says it more exactly. */
function sharper(id: ReasonId, code: CodeMeaning | undefined): Partial<Pick<Reason, 'happened' | 'advice'>> {
  if (code === undefined || code.reason !== id || code.vague) return {};
  return { happened: code.happened, ...(code.advice === undefined ? {} : { advice: code.advice }) };
}

/** qmail and IronPort write it into their words: "(#5.1.1)", "#5.7.1 SPF …". */
function codeInWords(lines: readonly string[]): string | undefined {
  return /#([45]\.\d{1,3}\.\d{1,3})\b/.exec(lines.join(' ').slice(0, 1_200))?.[1];
}
