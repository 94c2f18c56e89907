/** What the methods for accounts at other providers are built from; wired in app/. */
import type { Clock } from '../../base/index.ts';
import type { Collector, LadderParts, Remotes } from '../../collect/index.ts';
import type { Store } from '../../store/index.ts';

export interface RemotesParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly remotes: Remotes;
  /** Undefined where another process collects: it is told what is due by way of the store. */
  readonly collector: Collector | undefined;
  /** Resolves when mail leaves by what is set now. */
  readonly refresh: () => Promise<void>;
  /** How servers are looked for. */
  readonly ladder: Pick<LadderParts, 'resolver' | 'fetch' | 'probe' | 'database'>;
}
