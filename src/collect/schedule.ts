/** When an account is visited next, from what came of the last visit (pure). */
import type { Trouble } from './trouble.ts';
import type { VisitResult } from './visit.ts';

/** What came of a visit, as it is kept and shown. */
export type Standing =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'done';
      readonly collected: number;
      readonly headersOnly: number;
      readonly removed: number;
      readonly left: number;
      readonly withoutIds: boolean;
    }
  | { readonly kind: 'renumbered'; readonly vanished: number; readonly appeared: number; readonly alike: number }
  /** `times`: how often in a row. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly times: number };

const MINUTE = 60_000;
/** A mailbox that is in use is soon free again. */
const SOON = MINUTE;
const LONGEST = 30 * MINUTE;

export function standingAfter(outcome: VisitResult | Trouble, before: Standing): Standing {
  if ('what' in outcome) {
    const again = before.kind === 'trouble' && before.trouble.kind === outcome.kind;
    return { kind: 'trouble', trouble: outcome, times: again ? before.times + 1 : 1 };
  }
  if (outcome.kind === 'renumbered') return outcome;
  const { collected, headersOnly, removed, left, withoutIds } = outcome;
  return { kind: 'done', collected, headersOnly, removed, left, withoutIds };
}

/** Milliseconds since the epoch; null: not before a person has done something. */
export function dueAfter(
  standing: Standing,
  facts: { readonly now: number; readonly every: number; readonly stopped?: boolean },
): number | null {
  const { now, every } = facts;
  const interval = every * MINUTE;
  if (standing.kind === 'renumbered') return null;
  if (standing.kind !== 'trouble') return now + interval;
  const { trouble, times } = standing;
  if (trouble.next === 'ask') return null;
  if (trouble.waitSeconds !== undefined) return now + Math.max(trouble.waitSeconds * 1_000, SOON);
  // Twice as long each time, so that a provider that is down isn't asked all day; never later than usual.
  return now + Math.min(SOON * 2 ** Math.min(times - 1, 10), Math.max(interval, SOON), LONGEST);
}

export function parseStanding(text: string | undefined): Standing {
  if (text === undefined) return { kind: 'never' };
  try {
    const read = JSON.parse(text) as Standing | null;
    return read !== null && ['done', 'renumbered', 'trouble'].includes(read.kind) ? read : { kind: 'never' };
  } catch {
    return { kind: 'never' };
  }
}
