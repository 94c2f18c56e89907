/**
 * Counts wrong passwords per client address, and per address and name, so that guessing is slow
 * while the owner at another address is never locked out. Counts fade; memory is bounded.
 */
import type { Clock } from '../base/index.ts';

export interface GuessLimits {
  /** Wrong passwords for one name from one address, and for any name from one address, in one window. */
  readonly perName: number;
  readonly perAddress: number;
  readonly windowMs: number;
}

const USUAL_GUESS_LIMITS: GuessLimits = { perName: 20, perAddress: 100, windowMs: 10 * 60_000 };

/** Addresses and names remembered at most; the oldest are forgotten first. */
const MOST_REMEMBERED = 20_000;

interface Count {
  wrong: number;
  readonly since: number;
}

export class Guesses {
  readonly #clock: Clock;
  readonly #limits: GuessLimits;
  readonly #counts = new Map<string, Count>();

  constructor(clock: Clock, limits: GuessLimits = USUAL_GUESS_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Milliseconds until this address may try this name again; 0: now. */
  waitFor(address: string, name: string): number {
    return Math.max(
      this.#wait(address, this.#limits.perAddress),
      this.#wait(pair(address, name), this.#limits.perName),
    );
  }

  wrong(address: string, name: string): void {
    this.#add(address);
    this.#add(pair(address, name));
  }

  right(address: string, name: string): void {
    this.#counts.delete(pair(address, name));
  }

  #wait(key: string, limit: number): number {
    const count = this.#current(key);
    return count === undefined || count.wrong < limit ? 0 : count.since + this.#limits.windowMs - this.#clock.ticks();
  }

  #add(key: string): void {
    const count = this.#current(key);
    if (count !== undefined) {
      count.wrong += 1;
      return;
    }
    if (this.#counts.size >= MOST_REMEMBERED) this.#forgetOldest();
    this.#counts.set(key, { wrong: 1, since: this.#clock.ticks() });
  }

  #current(key: string): Count | undefined {
    const count = this.#counts.get(key);
    if (count === undefined || this.#clock.ticks() - count.since < this.#limits.windowMs) return count;
    this.#counts.delete(key);
    return undefined;
  }

  /** A Map keeps the order of insertion, so the first key is the oldest window. */
  #forgetOldest(): void {
    const oldest = this.#counts.keys().next();
    if (oldest.done !== true) this.#counts.delete(oldest.value);
  }
}

/** No address holds a space. */
function pair(address: string, name: string): string {
  return `${address} ${name}`;
}
