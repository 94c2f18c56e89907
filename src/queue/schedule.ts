/**
 * When the next attempt is, when the sender is told to be patient, when we give up. Pure: times in,
 * times out (RFC 5321 §4.5.4.1).
 */
export interface RetrySettings {
  /** Waits after the first, second, … attempt, in ms; the last repeats. Never empty. */
  readonly retry: readonly number[];
  /** Age, in ms since it was accepted, from which a failed attempt is the last. */
  readonly giveUp: number;
  /** Age from which the sender is told once that it takes longer. */
  readonly delayNotice: number;
}

/** How far a wait may be stretched, so that a thousand messages deferred together don't come back together. */
const JITTER = 0.1;

/**
 * The next time for each number of attempts made before: entry 0 after the first attempt.
 * @param random 0 to 1, one draw for the whole claim
 */
export function retryTimes(settings: RetrySettings, now: number, random: number): readonly number[] {
  return settings.retry.map((wait) => Math.round(now + wait * (1 + JITTER * random)));
}

/** A next time further away than this was set by a clock that has since been put right. */
export function longestWait(settings: RetrySettings): number {
  return Math.ceil(Math.max(...settings.retry) * (1 + JITTER));
}

/** From when the age of a message in the queue counts: a time in which its sender wanted it held is no delay (RFC 4865). */
export function startOf(message: { readonly receivedAt: number; readonly releaseAt?: number }): number {
  return Math.max(message.receivedAt, message.releaseAt ?? 0);
}

/** `start` is what {@link startOf} says. */
export function isTooOld(settings: RetrySettings, start: number, now: number): boolean {
  return now - start >= settings.giveUp;
}

export function isNoticeDue(settings: RetrySettings, start: number, now: number): boolean {
  return now - start >= settings.delayNotice;
}

/**
 * When a deferred delivery is tried again. Its wait counts from the end of the attempt (the time that was
 * committed before it may have passed meanwhile), and the last try falls on the time to give up.
 *
 * @param committed the next time that the claim wrote down
 */
export function nextTry(
  settings: RetrySettings,
  delivery: { readonly start: number; readonly attempts: number; readonly committed: number },
  now: number,
): number {
  const { retry, giveUp } = settings;
  const wait = retry[Math.min(Math.max(delivery.attempts, 1), retry.length) - 1] ?? 0;
  const next = Math.max(delivery.committed, now + wait);
  const end = delivery.start + giveUp;
  return end > now ? Math.min(next, end) : next;
}
