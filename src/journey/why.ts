/**
 * Why a message is not where it should be, for people: the same explanations that reports give, beside
 * the tries and at the end of a delivery.
 */
import { explainReply, reasonInWords, reasonOf } from '../reasons/index.ts';
import type { Reason } from '../reasons/index.ts';
import type { EventFacts, StoredEvent } from '../store/index.ts';
import type { End, Step } from './story.ts';

/** Why an attempt did not get it there, or that the keeper gave it up; undefined for everything else. */
export function reasonIn(facts: EventFacts): Reason | undefined {
  if (facts.kind === 'operator') return facts.action === 'fail' ? reasonOf('given-up') : undefined;
  if (facts.kind !== 'attempt' || facts.outcome === 'relayed') return undefined;
  const { stage, outcome, reply, problem = '', rule } = facts;
  const over = outcome === 'failed';
  if (reply !== undefined) return explainReply({ reply: { ...reply, lines: [reply.text] }, stage, over });
  return explainReply({ reply: { code: 451, lines: [problem] }, stage, over, ...(rule === undefined ? {} : { rule }) });
}

/** That of the last thing that kept it from getting there. */
export function lastReason(events: readonly StoredEvent[]): { readonly reason?: Reason } {
  const reason = events.map(({ facts }) => reasonIn(facts)).findLast((one) => one !== undefined);
  return reason === undefined ? {} : { reason };
}

/** Under a try: what its outcome means, unless the try before it meant the same. */
export function meaningOfTry({ reason, facts }: Step, before: Reason | undefined): readonly string[] {
  if (reason === undefined || facts.kind !== 'attempt' || isSame(reason, before)) return [];
  const [, ...sideAndAdvice] = reasonInWords(reason);
  return [`That means: ${reason.title}. ${sideAndAdvice.join(' ')}`];
}

function isSame(reason: Reason, before: Reason | undefined): boolean {
  return before !== undefined && reason.id === before.id && reason.happened === before.happened;
}

/** Under the end of a delivery that is not where it should be. */
export function whyInWords(end: End): readonly string[] {
  if ((end.kind !== 'waiting' && end.kind !== 'failed') || end.reason === undefined) return [];
  return [...reasonInWords(end.reason), `Wait? ${waitOf(end.reason, end)}`];
}

function waitOf({ wait }: Reason, end: End): string {
  if (end.kind === 'waiting') return 'Yes: we go on trying by ourselves.';
  return wait === 'no'
    ? 'No: the same message would be refused again, until this is put right.'
    : 'We do not try again; sent once more, later, it may get through.';
}
