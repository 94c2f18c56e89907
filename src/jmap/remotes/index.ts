/** Accounts at other providers (docs/jmap.md): methods, the capability and the type for the registry. */
import type { DataType } from '../registry.ts';
import type { Method } from '../method.ts';
import type { JmapParts } from '../parts.ts';
import { setMethod } from '../frames/set.ts';
import type { Capability } from '../session.ts';
import { Discoveries } from './discoveries.ts';
import { REMOTES } from './kinds.ts';
import { lookMethods } from './look.ts';
import { originMethods } from './origins.ts';
import { remoteSet } from './set.ts';
import { remotesState } from './state.ts';
import { visitMethods } from './visits.ts';

export interface RemotesRegistry {
  readonly capabilities: readonly Capability[];
  readonly methods: readonly Method[];
  readonly types: readonly DataType[];
  close(): void;
}

/** Nothing, where no account at another provider is kept by who uses this. */
export function openRemotes({ remotes, store, clock }: JmapParts): RemotesRegistry {
  if (remotes === undefined) return { capabilities: [], methods: [], types: [], close: () => undefined };
  const parts = { ...remotes, store, clock };
  const discoveries = new Discoveries(parts);
  return {
    capabilities: [{ uri: REMOTES, session: {}, account: {} }],
    methods: [
      ...visitMethods(parts),
      setMethod(remoteSet(parts)),
      ...lookMethods(parts),
      ...originMethods(parts),
      ...discoveries.methods(),
    ],
    types: [
      {
        name: 'Remote',
        mayChange: (account, { mail }) => mail === 'all' || mail.has(account),
        state: (account) => remotesState(parts, account),
      },
    ],
    close: () => {
      discoveries.close();
    },
  };
}
