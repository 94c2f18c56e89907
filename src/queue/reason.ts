/**
 * Why a delivery is not there yet: what the summary of `queue list` groups by, and what reports say. The
 * id is written down with the answer, when all is known of it; reasons/ has the words for each.
 */
import type { RecipientOutcome } from '../outbound/index.ts';
import { explainReply, isReason, reasonInWords, reasonOf } from '../reasons/index.ts';
import type { Reason } from '../reasons/index.ts';

/** `id` is for commands (`--reason`), `words` for people. */
export interface QueueReason {
  readonly id: string;
  readonly words: string;
}

/** @param over nobody tries again */
export function explainOutcome({ reply, stage, remote }: Omit<RecipientOutcome, 'n'>, over = false): Reason {
  const rule = remote ? undefined : reply.rule;
  return explainReply({ reply, stage, over, ...(rule === undefined ? {} : { rule }) });
}

/** The same at length, a line each; none for an id that isn't a reason's. */
export function explainReason(id: string): readonly string[] {
  return isReason(id) ? reasonInWords(reasonOf(id)) : [];
}

/** An id that an earlier version wrote down may be none of ours. */
export function namedReason(id: string): QueueReason {
  return { id, words: isReason(id) ? reasonOf(id).title : 'something else' };
}
