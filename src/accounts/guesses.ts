/**
 * Counts wrong passwords per network, and per network and name, so that guessing is slow while the owner elsewhere
 * is never locked out; and remembers who has logged in from where, whom guesses at other names there don't touch.
 * Counts fade; memory is bounded. A network is what one customer of a provider has: a single machine with IPv6 would
 * have 2^64 addresses.
 */
import type { Clock } from '../base/index.ts';

export interface GuessLimits {
  /** Wrong passwords for one name from one network, and for any name from one network, in one window. */
  readonly perName: number;
  readonly perNetwork: number;
  readonly windowMs: number;
}

const USUAL_GUESS_LIMITS: GuessLimits = { perName: 20, perNetwork: 100, windowMs: 10 * 60_000 };

/** Counts, and logins, remembered at most; the oldest are forgotten first. */
const MOST_REMEMBERED = 20_000;

/** For so long a login makes its name known in its network. */
const KNOWN_FOR = 30 * 24 * 60 * 60_000;

interface Count {
  wrong: number;
  readonly since: number;
}

export class Guesses {
  readonly #clock: Clock;
  readonly #limits: GuessLimits;
  readonly #counts = new Map<string, Count>();
  /** When a network and name last had the right password. */
  readonly #logins = new Map<string, number>();

  constructor(clock: Clock, limits: GuessLimits = USUAL_GUESS_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Milliseconds until this network may try this name again; 0: now. */
  waitFor(network: string, name: string): number {
    const own = this.#wait(pair(network, name), this.#limits.perName);
    return this.isKnown(network, name) ? own : Math.max(own, this.#wait(network, this.#limits.perNetwork));
  }

  wrong(network: string, name: string): void {
    this.#add(network);
    this.#add(pair(network, name));
  }

  right(network: string, name: string): void {
    const key = pair(network, name);
    this.#counts.delete(key);
    this.#logins.delete(key);
    if (this.#logins.size >= MOST_REMEMBERED) forgetOldest(this.#logins);
    this.#logins.set(key, this.#clock.ticks());
  }

  /** Whether the name had its right password from this network in the last 30 days. */
  isKnown(network: string, name: string): boolean {
    const at = this.#logins.get(pair(network, name));
    return at !== undefined && this.#clock.ticks() - at < KNOWN_FOR;
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
    if (this.#counts.size >= MOST_REMEMBERED) forgetOldest(this.#counts);
    this.#counts.set(key, { wrong: 1, since: this.#clock.ticks() });
  }

  #current(key: string): Count | undefined {
    const count = this.#counts.get(key);
    if (count === undefined || this.#clock.ticks() - count.since < this.#limits.windowMs) return count;
    this.#counts.delete(key);
    return undefined;
  }
}

/** A Map keeps the order of insertion, so the first key is the oldest. */
function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}

/** No network holds a space. */
function pair(network: string, name: string): string {
  return `${network} ${name}`;
}
