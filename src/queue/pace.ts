/**
 * How fast each destination takes mail, learned from how it answers. Pure: times in, windows out.
 *
 * The window is how many attempts may be under way to it at once. A success widens it by one, up to
 * the setting; trouble (nobody answers, a 421, a 4xx before a recipient was named) halves it. At one, more
 * trouble makes a pause, each twice as long as the one before. What waits for its destination's
 * pace is not an attempt: it is not counted, and no time of its own moves.
 */
import type { AttemptResult, RecipientOutcome } from '../outbound/index.ts';
import type { Learned, Standing } from '../store/index.ts';

/** What an attempt says about the destination; a refusal of one recipient or one message says nothing. */
export type Sign = 'well' | 'troubled' | 'unclear';

/** Attempts at once to a destination that nothing is known of (or no more than what the store remembers, after a start). */
export const FIRST_WINDOW = 2;
const FIRST_PAUSE = 15_000;
/** Short, because nobody else finds out that a server, or our own line, is up again. */
const LONGEST_PAUSE = 5 * 60_000;
/** Destinations remembered; beyond it the one that was tried longest ago is forgotten. */
export const MOST_KNOWN = 10_000;
/** After this time it is said again that a destination is well, so that the store doesn't forget it. */
export const TELL_AGAIN = 60 * 60_000;

export interface PaceLimits {
  /** The widest window. */
  readonly most: number;
  readonly firstPause: number;
  readonly longestPause: number;
}

/** The pauses are for the crowd: a message alone is tried as the retry steps say, however short they are. */
export function paceLimits(mostPerDestination: number, retry: readonly number[]): PaceLimits {
  return {
    most: mostPerDestination,
    firstPause: Math.min(FIRST_PAUSE, (retry[0] ?? FIRST_PAUSE) / 4),
    longestPause: Math.min(LONGEST_PAUSE, Math.max(...retry)),
  };
}

interface Pace {
  readonly standing: Standing;
  readonly window: number;
  /** The last one's length; 0: none since it was well. */
  readonly pause: number;
  /** When trouble last changed it: attempts begun before say nothing new. */
  readonly changedAt: number;
  /** When the store was last told. */
  readonly toldAt: number;
}

const UNKNOWN: Pace = {
  standing: 'unknown',
  window: FIRST_WINDOW,
  pause: 0,
  changedAt: Number.NEGATIVE_INFINITY,
  toldAt: Number.NEGATIVE_INFINITY,
};

/** When something was, on both clocks: ticks for what happened before what, wall time for what the store keeps. */
export interface Moment {
  readonly ticks: number;
  readonly now: number;
}

export class Paces {
  /** Who was tried last stands last. */
  readonly #known = new Map<string, Pace>();

  standing(destination: string): Standing {
    return this.#known.get(destination)?.standing ?? 'unknown';
  }

  /** How many attempts may be under way; what the store remembers counts where nothing is known here. */
  window(destination: string, remembered: Standing, most: number): number {
    const known = this.#known.get(destination);
    return Math.min(most, known?.window ?? (remembered === 'troubled' ? 1 : FIRST_WINDOW));
  }

  /** Takes in what an attempt said; the answer is what the store should keep, where that has changed. */
  learn(destination: string, sign: Sign, began: number, at: Moment, limits: PaceLimits): Learned | undefined {
    const before = this.#known.get(destination) ?? UNKNOWN;
    if (sign === 'unclear' || (sign === 'troubled' && began < before.changedAt)) return undefined;
    const after = sign === 'well' ? faster(before, limits) : slower(before, at, limits);
    const tell = after.standing !== before.standing || after.pause > 0 || at.ticks - before.toldAt > TELL_AGAIN;
    this.#remember(destination, tell ? { ...after, toldAt: at.ticks } : after);
    if (!tell) return undefined;
    return { destination, standing: after.standing, notBefore: after.pause > 0 ? at.now + after.pause : 0 };
  }

  #remember(destination: string, pace: Pace): void {
    this.#known.delete(destination);
    this.#known.set(destination, pace);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

function faster(pace: Pace, { most }: PaceLimits): Pace {
  return { ...pace, standing: 'well', window: Math.min(pace.window + 1, most), pause: 0 };
}

function slower(pace: Pace, { ticks }: Moment, { firstPause, longestPause }: PaceLimits): Pace {
  const window = Math.max(1, Math.floor(pace.window / 2));
  const pause = pace.window > 1 ? 0 : Math.min(longestPause, pace.pause === 0 ? firstPause : 2 * pace.pause);
  return { ...pace, standing: window === 1 ? 'troubled' : pace.standing, window, pause, changedAt: ticks };
}

export function signOf({ outcomes, bySender }: AttemptResult): Sign {
  if (bySender === true) return 'unclear';
  if (outcomes.some(isTrouble)) return 'troubled';
  return outcomes.some(({ outcome, remote }) => remote && outcome !== 'deferred') ? 'well' : 'unclear';
}

/** The same would have happened to any message: whoever waits there need not find out by themselves. */
export function speaksForAll({ outcomes, bySender }: AttemptResult): boolean {
  return (
    bySender !== true && outcomes.length > 0 && outcomes.every((one) => isTrouble(one) && BEFORE_SENDER.has(one.stage))
  );
}

const BEFORE_SENDER = new Set<RecipientOutcome['stage']>(['dns', 'connect', 'greeting', 'ehlo', 'tls', 'auth']);
/** Deferred by ourselves, for reasons of our own. */
const OURS = new Set(['attempt-stopped', 'message-unreadable']);

function isTrouble({ outcome, stage, reply, remote }: RecipientOutcome): boolean {
  if (outcome !== 'deferred' && outcome !== 'unsure') return false;
  if (!remote) return !OURS.has(reply.rule ?? '');
  return reply.code === 421 || stage === 'mail' || BEFORE_SENDER.has(stage);
}
