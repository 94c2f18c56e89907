/** What the commands share that run until they are told to stop. */
import { systemClock } from '../base/index.ts';
import { CommandError } from './output.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export function levelOf(text: string): (typeof LEVELS)[number] {
  const level = LEVELS.find((one) => one === text);
  if (level === undefined) throw new CommandError(`--log takes one of ${LEVELS.join(', ')}.`, 2);
  return level;
}

/** A terminal's Ctrl-C arrives twice, from it and from npm: a second one within this time is the same one. */
const SAME_SIGNAL = 1_000;

/**
 * Listens for signals from before the doors open, so that none is lost while they do. `requested`
 * resolves at the first SIGTERM or SIGINT; a later one ends the process at once.
 */
export function watchSignals(): { readonly requested: Promise<void> } {
  let since: number | undefined;
  const requested = new Promise<void>((resolve) => {
    const stop = (): void => {
      const now = systemClock.ticks();
      if (since !== undefined && now - since > SAME_SIGNAL) process.exit(1);
      since ??= now;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
  return { requested };
}
