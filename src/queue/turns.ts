/**
 * Whose turn it is when there is room for more attempts. Pure.
 *
 * Destinations with fewer attempts under way go first, among equals the one whose mail is due longest:
 * so each gets its share, and ten thousand messages to one domain hold up nobody else. Destinations
 * in trouble may together hold half of the room, and with those nothing is known of three quarters
 * of it: however many dead ones there are, each blocking a connection until its time is out, there is
 * room left for those that take mail.
 */
import type { ReadyDestination, Standing } from '../store/index.ts';

export interface Turn {
  readonly destination: string;
  readonly claims: number;
}

export interface TurnsQuestion {
  readonly ready: readonly ReadyDestination[];
  /** Attempts under way, by destination. */
  readonly busy: ReadonlyMap<string, number>;
  /** Attempts under way at once, in all. */
  readonly most: number;
  /** What is known of one that is busy. */
  readonly standing: (destination: string) => Standing;
  /** How many attempts may be under way to one. */
  readonly window: (ready: ReadyDestination) => number;
}

/** In the order in which they should be claimed. */
export function takeTurns(question: TurnsQuestion): readonly Turn[] {
  const { ready, busy, window } = question;
  const room = new Room(question);
  const waiting = ready
    .map((one) => ({ ...one, underWay: busy.get(one.destination) ?? 0, window: window(one), claims: 0 }))
    .toSorted((a, b) => a.readyAt - b.readyAt);
  const widest = Math.max(0, ...waiting.map((one) => one.window));
  const inOrder = new Set<(typeof waiting)[number]>();
  for (let round = 0; round < widest && room.left > 0; round++) {
    for (const one of waiting) {
      if (one.underWay + one.claims !== round || round >= one.window || !room.take(one.standing)) continue;
      one.claims += 1;
      inOrder.add(one);
    }
  }
  return [...inOrder].map(({ destination, claims }) => ({ destination, claims }));
}

/** What is left in all, for those not known to be well, and for those in trouble. */
class Room {
  #all: number;
  #unproven: number;
  #troubled: number;

  constructor({ most, busy, standing }: TurnsQuestion) {
    this.#all = most;
    this.#unproven = Math.max(1, Math.floor((most * 3) / 4));
    this.#troubled = Math.max(1, Math.floor(most / 2));
    for (const [destination, count] of busy) this.#use(standing(destination), count);
  }

  get left(): number {
    return this.#all;
  }

  take(standing: Standing): boolean {
    if (this.#all <= 0) return false;
    if (standing !== 'well' && this.#unproven <= 0) return false;
    if (standing === 'troubled' && this.#troubled <= 0) return false;
    this.#use(standing, 1);
    return true;
  }

  #use(standing: Standing, count: number): void {
    this.#all -= count;
    if (standing !== 'well') this.#unproven -= count;
    if (standing === 'troubled') this.#troubled -= count;
  }
}
