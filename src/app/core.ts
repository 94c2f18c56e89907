/**
 * The objects that every command and every role needs: the store on the state directory, and who
 * and where the addresses lead. The only place besides serve.ts that wires rooms together.
 */
import { Directory, openDomains, openPasswords, openRouter } from '../accounts/index.ts';
import type { Domains, Passwords, Router } from '../accounts/index.ts';
import { isGone, thisProcess } from '../base/index.ts';
import type { Clock, Logger, ProcessIdentity } from '../base/index.ts';
import type { Config, Durability } from '../config/index.ts';
import { openComposer } from '../intake/index.ts';
import type { Composer } from '../intake/index.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';

export interface Core {
  readonly config: () => Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly process: ProcessIdentity;
  readonly store: Store;
  readonly domains: Domains;
  readonly router: Router;
  readonly passwords: Passwords;
  readonly directory: Directory;
  readonly composer: Composer;
  close(): Promise<void>;
}

export interface CoreParts {
  /** Asked anew each time, so that a reload takes effect. */
  readonly config: () => Config;
  readonly stateDirectory: string;
  readonly durability: Durability;
  readonly clock: Clock;
  readonly log: Logger;
}

export async function openCore(parts: CoreParts): Promise<Core> {
  const { config, clock, log } = parts;
  const process = thisProcess();
  const store = await openStore({ directory: parts.stateDirectory, clock, log, process, durability: parts.durability });
  const domains = openDomains(store, () => config().domains);
  const router = openRouter({ store, domains, postmaster: () => config().postmaster });
  const passwords = openPasswords();
  const directory = new Directory({ store, domains, passwords, clock });
  const composer = openComposer({ store, router, clock });
  return {
    config,
    clock,
    log,
    process,
    store,
    domains,
    router,
    passwords,
    directory,
    composer,
    async close() {
      domains.close();
      await passwords.close();
      await store.close();
    },
  };
}

/** What processes of this machine that are gone still hold is freed: locks, claims, leases (HOUSE, time and leases). */
export async function freeTheGone({
  store,
  log,
  clock,
  process,
}: Pick<Core, 'store' | 'log' | 'clock' | 'process'>): Promise<void> {
  const gone = (await store.read('holders', {})).filter(isGone);
  if (gone.length === 0) return;
  const freed = await store.write('freeProcesses', { gone, at: clock.now(), boot: process.boot });
  log.info('What ended processes held was freed', { processes: gone.length, ...freed });
}
