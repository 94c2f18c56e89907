/** What the methods are built from; wired in app/. */
import type { Clock, Logger } from '../base/index.ts';
import type { Store } from '../store/index.ts';
import type { PushParts } from './push/post.ts';
import type { RemotesParts } from './remotes/parts.ts';
import type { SendingParts } from './submission/submit.ts';

export interface JmapParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** The largest message that is taken in, in octets: no upload needs to be larger. */
  readonly maxMessage: number;
  /** Stands in the Message-ID of what is written here. */
  readonly hostname: () => string;
  /** Absent: nothing is sent from here, and submissions are no capability. */
  readonly sending?: Omit<SendingParts, 'store' | 'clock'>;
  /** Absent: nothing is posted to addresses that clients name. */
  readonly push?: PushParts;
  /** Absent: no accounts at other providers are kept over JMAP. */
  readonly remotes?: Omit<RemotesParts, 'store' | 'clock'>;
}
