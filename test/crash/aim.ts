/** When to kill: at a random moment, or as close as a client can come to one that matters. */
import { pause } from '../program.ts';
import type { Random } from './random.ts';

/**
 * - text: while the text of a message is on its way.   - dot: behind its final dot, before the 250.
 * - quit: behind QUIT, before its +OK.                 - relay: the next server has a message and has not answered.
 */
export type Moment = 'text' | 'dot' | 'quit' | 'relay';
export type Aim = Moment | 'anytime';

/** In this order, round by round. */
const AIMS: readonly Aim[] = ['dot', 'quit', 'text', 'relay', 'anytime'];

export function aimOf(round: number): Aim {
  return AIMS[round % AIMS.length] as Aim;
}

/** Clients say what they are about to see answered; who waits for that moment is woken. */
export class Moments {
  #waiting: { readonly moment: Moment; readonly wake: () => void }[] = [];

  happened(moment: Moment): void {
    const woken = this.#waiting.filter((one) => one.moment === moment);
    this.#waiting = this.#waiting.filter((one) => one.moment !== moment);
    for (const { wake } of woken) wake();
  }

  next(moment: Moment): Promise<void> {
    return new Promise((wake) => {
      this.#waiting.push({ moment, wake });
    });
  }
}

const PATIENCE = 10_000;

/** Resolves when it is time to kill. */
export async function timeToKill(aim: Aim, random: Random, moments: Moments): Promise<void> {
  if (aim === 'anytime') return pause(random.between(50, 1_500));
  // Not the first one: something should have been promised before.
  await pause(random.between(200, 900));
  // A program that doesn't get so far is killed all the same; the checks tell why.
  await Promise.race([moments.next(aim), pause(PATIENCE)]);
  if (random.chance(0.5)) return pause(random.between(0, 4));
  for (let turns = random.between(0, 6); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
}
