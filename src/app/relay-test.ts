/** Finds the doors that take mail and has the old relay tricks tried on them (servers/attack.ts). */
import { DirectoryError } from '../accounts/index.ts';
import { attack } from '../servers/index.ts';
import type { Target, TrickResult } from '../servers/index.ts';
import type { Core } from './core.ts';
import { openDoors } from './doors.ts';

export interface RelayTest {
  readonly target?: Target;
  /** A domain of the server's own; default: our first one. */
  readonly domain?: string;
  /** Somebody there. */
  readonly user: string;
}

/** An address that nobody has anything to do with (RFC 2606 §3). */
const OUTSIDE = 'someone@example.net';

export async function testRelay(core: Core, { target, domain, user }: RelayTest): Promise<readonly TrickResult[]> {
  const targets = target === undefined ? await relayDoors(core) : [target];
  if (targets.length === 0)
    throw new DirectoryError(
      'No server that takes mail is running on this state directory. Start one, or name another with --host and --port.',
    );
  const ours = domain ?? (await core.domains.list())[0]?.name ?? core.config().hostname;
  const { clock, router } = core;
  const parts = { clock, world: { ours, user, outside: OUTSIDE }, ...(target === undefined ? { router } : {}) };
  const results: TrickResult[] = [];
  for (const one of targets) results.push(...(await attack(parts, one)));
  return results;
}

/** One door of each service that takes mail; an address that means everywhere is reached on loopback. */
async function relayDoors(core: Core): Promise<readonly Target[]> {
  const doors = await openDoors(core);
  return (['smtp', 'lmtp', 'submission'] as const).flatMap((service) => {
    const door = doors.find((one) => one.service === service);
    if (door === undefined) return [];
    const host = door.host === '0.0.0.0' ? '127.0.0.1' : door.host === '::' ? '::1' : door.host;
    return [{ service, host, port: door.port, tls: door.tls === 'implicit' }];
  });
}
