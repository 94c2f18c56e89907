/** How the host is, at a glance: who runs, which doors are open, whether it relays for strangers, what waits. */
import { summariseQueue } from '../queue/index.ts';
import type { ReasonSummary } from '../queue/index.ts';
import type { Core } from './core.ts';
import { runningServers } from './doors.ts';
import type { RunningServer } from './doors.ts';
import type { KeyPlace, SecretKey } from './secrets/secret-key.ts';
import { warningsFor } from './warnings.ts';

export interface Status {
  readonly running: readonly RunningServer[];
  /** By the running servers, or where none runs by the configuration: strangers' mail is carried to strangers. */
  readonly openRelay: boolean;
  /** Whole sentences; those of the running servers, or where none runs those that a start would say. */
  readonly warnings: readonly string[];
  readonly domains: number;
  readonly accounts: number;
  /** What waits to be handed on, by reason, the largest group first. */
  readonly queue: readonly ReasonSummary[];
  /** Where the key is that the passwords of providers are sealed with. */
  readonly key: KeyPlace;
}

export async function statusOf(core: Core, key: SecretKey): Promise<Status> {
  const running = await runningServers(core);
  const warnings = running.length === 0 ? await warningsFor(core) : running.flatMap((one) => one.warnings);
  return {
    running,
    openRelay: running.length === 0 ? core.config().relay.open : running.some(({ relayOpen }) => relayOpen),
    warnings: [...new Set(warnings)],
    domains: (await core.domains.list()).length,
    accounts: (await core.store.read('listAccounts', { closed: false })).length,
    queue: await summariseQueue(core.store, {}),
    key: await key.place(),
  };
}
