/**
 * Time as a parameter. Product code never asks the machine for the time itself: it is handed a
 * Clock, so that a retry story of five days is a test of five milliseconds.
 */

/** Stops a timer that has not fired yet; calling it again, or later, does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the Unix epoch: the times written on mail. Jumps when the machine's clock is set. */
  now(): number;
  /** Milliseconds from an arbitrary start, never backwards: for durations and deadlines. */
  ticks(): number;
  /** Calls `fn` once, not before `ms` milliseconds have passed. Keeps the process alive until then. */
  after(ms: number, fn: () => void): Cancel;
}

/** The longest wait a Node timer can hold (2^31-1 ms); a longer one would fire at once, so it is made of several. */
const LONGEST_TIMER = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  after(ms, fn) {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const step = Math.min(Math.max(0, left), LONGEST_TIMER);
      timer = setTimeout(() => {
        if (left > step) wait(left - step);
        else fn();
      }, step);
    };
    wait(ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after `ms`, or rejects with the signal's reason when that comes first. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
