/**
 * Whether this computer has a line: laptops sleep, trains have tunnels. When its network is another one, what waited
 * for the line is tried at once.
 */
import { networkInterfaces } from 'node:os';
import type { Cancel, Clock } from '../../base/index.ts';
import { changeQueue } from '../../queue/index.ts';
import type { Core } from '../core.ts';
import type { RemoteHouse } from './remote-house.ts';
import { queueSettings } from '../settings.ts';

const LOOK_EVERY = 3_000;
/** Troubles that were nobody's fault at the provider. */
const PASSES: ReadonlySet<string> = new Set(['no-answer', 'keyring']);

/** @param look what tells one network from another; '' when there is none. The answer ends the watch. */
export function watchLine(clock: Clock, onBack: () => void, look: () => string = addresses): () => void {
  let known = look();
  let cancel: Cancel = (): void => undefined;
  const again = (): void => {
    const now = look();
    if (now !== known && now !== '') onBack();
    known = now;
    cancel = clock.after(LOOK_EVERY, again);
  };
  cancel = clock.after(LOOK_EVERY, again);
  return () => {
    cancel();
  };
}

function addresses(): string {
  return Object.values(networkInterfaces())
    .flatMap((list) => (list ?? []).filter(({ internal }) => !internal).map(({ address }) => address))
    .sort()
    .join(' ');
}

/** What waits in the outbox is due now, and so is the mail of providers that could not be reached. */
export async function lineIsBack(core: Core, { remotes }: Pick<RemoteHouse, 'remotes'>): Promise<void> {
  const { config, log } = core;
  try {
    const parts = { ...core, hostname: () => config().hostname, settings: () => queueSettings(config()) };
    await changeQueue(parts, 'retry', { states: ['waiting'] });
    for (const { id, standing } of await remotes.list())
      if (standing.kind === 'trouble' && PASSES.has(standing.trouble.kind)) await remotes.visitSoon(id);
  } catch (error) {
    log.warn('The line is back, and what waited could not be woken', { cause: error });
  }
}
