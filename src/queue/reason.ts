/**
 * Why a delivery is not there yet, in a few words, from the last answer it got: what the summary of
 * `queue list` groups by. The id is written down with the answer. One small function, so that a better
 * reader of replies can take its place.
 */

/** `id` is for commands (`--reason`), `words` for people. */
export interface Reason {
  readonly id: string;
  readonly words: string;
}

/** @param lastReply as `replyText` writes it, "450 4.2.1 come back later"; undefined where it is not known */
export type ReasonOf = (lastReply: string | undefined) => Reason;

/** The first that fits. */
const REASONS: readonly (readonly [RegExp, Reason])[] = [
  [/^Given up by the keeper/, { id: 'given-up', words: 'given up by the keeper' }],
  [/^\d{3} 4\.4\.[12]\b/, { id: 'no-answer', words: 'no answer' }],
  [/^\d{3} 4\.4\.3\b/, { id: 'look-up', words: 'its servers could not be looked up' }],
  [/^\d{3} [45]\.1\.\d+\b/, { id: 'bad-address', words: 'there is no such address' }],
  [/^(?:552|\d{3} [45]\.2\.2)\b/, { id: 'full', words: 'the mailbox is full' }],
  [/^4/, { id: 'later', words: 'come back later' }],
  [/^\d{3} 5\.7\.\d+\b/, { id: 'policy', words: 'refused by a rule of theirs' }],
  [/^5/, { id: 'refused', words: 'refused' }],
];

export const reasonOf: ReasonOf = (lastReply) =>
  REASONS.find(([pattern]) => pattern.test(lastReply ?? ''))?.[1] ?? { id: 'other', words: 'something else' };
