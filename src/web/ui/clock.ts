/** The browser's time, as a parameter. The only file of web/ui that may start timers. */

/** Stops a timer that has not fired yet; calling it again, or later, does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once, not before `ms` milliseconds have passed. */
  after(ms: number, fn: () => void): Cancel;
}

export const clock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
