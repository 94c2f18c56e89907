/** What one process of a state directory does at a time, by a lease in the store: collecting, pushing. */
import { newTicket } from '../base/index.ts';
import type { Core } from './core.ts';

/** How often it is looked whether the process that has it has ended, in ms. */
const ASK_EVERY = 10_000;

export interface Lease {
  /** True: this process has it, from now until it gives it up. */
  take(): Promise<boolean>;
  drop(): Promise<void>;
}

/** @param askEvery how often it is asked at most whether it is free, in ms */
export function openLease({ store, clock, process, log }: Core, name: string, askEvery = ASK_EVERY): Lease {
  const token = newTicket();
  let held = false;
  let asked: number | undefined;
  /** Whoever asks while it is being asked gets the same answer. */
  let asking: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    asked = clock.ticks();
    held = await store.write('takeLease', { name, token, process, at: clock.now() });
    return held;
  };
  return {
    async take() {
      if (held) return true;
      // The question is a write, and writes are what its askers listen to.
      if (asking === undefined && asked !== undefined && clock.ticks() - asked < askEvery) return false;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return await asking;
    },
    async drop() {
      if (!held) return;
      await store.write('dropLease', { name, token }).catch((error: unknown) => {
        log.warn('A lease could not be given up; it ends with this process', { lease: name, cause: error });
      });
    },
  };
}
