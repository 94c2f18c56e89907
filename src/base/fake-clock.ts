/** A clock in the hands of a test: it stands still until it is told to move. */
import type { Cancel, Clock } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  #ticks = 0;
  #order = 0;
  #timers: Timer[] = [];

  /** @param start milliseconds since the epoch; the default is 2026-01-01T00:00:00Z. */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  ticks(): number {
    return this.#ticks;
  }

  after(ms: number, fn: () => void): Cancel {
    const timer: Timer = { at: this.#ticks + Math.max(0, ms), order: this.#order++, fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers wait: zero at the end of a test means that nothing leaked. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Milliseconds until the next timer, or undefined when none waits. */
  get untilNext(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.at - this.#ticks;
  }

  /** Moves time on, firing the timers in order, and lets what they started run between them. */
  async advance(ms: number): Promise<void> {
    const end = this.#ticks + ms;
    await settle();
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#move(next.at);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.fn();
      await settle();
    }
    this.#move(end);
    await settle();
  }

  /** The wall clock jumps (someone set it); durations are not touched. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #move(ticks: number): void {
    this.#now += ticks - this.#ticks;
    this.#ticks = ticks;
  }

  #next(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>(
      (best, timer) =>
        best === undefined || timer.at < best.at || (timer.at === best.at && timer.order < best.order) ? timer : best,
      undefined,
    );
  }
}

/** Lets pending promises and immediate callbacks run, without waiting for real time. */
export async function settle(turns = 4): Promise<void> {
  for (let i = 0; i < turns; i++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
