/** Who is asked for the address of a provider's server: where the configuration names name servers, those. */
import type { LookupFunction } from 'node:net';
import { lookupBy, systemResolver } from '../dns/index.ts';
import { dial } from '../net/index.ts';
import type { DialOptions, Wire } from '../net/index.ts';
import type { Core } from './core.ts';

/** undefined: the system does it, which knows more than name servers do (/etc/hosts, the names of a home network). */
export function configuredLookup({ clock, config }: Pick<Core, 'clock' | 'config'>): LookupFunction | undefined {
  const { servers } = config().dns;
  return servers.length === 0 ? undefined : lookupBy(systemResolver({ servers, clock }));
}

export function dialBy(core: Pick<Core, 'clock' | 'config'>): (options: DialOptions) => Promise<Wire> {
  const lookup = configuredLookup(core);
  return (options) => dial(lookup === undefined ? options : { ...options, lookup });
}
