/** The ledger of a remote account in the store, and the door by which its messages come in. */
import type { Clock } from '../base/index.ts';
import { openCollected } from '../intake/index.ts';
import type { RemoteMessage, Store } from '../store/index.ts';
import { TroubleError } from './trouble.ts';
import type { IncomingCopy, Ledger } from './visit.ts';

export interface StoreLedgerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly remote: string;
  readonly account: string;
  /** Where new mail goes. */
  readonly inbox: number;
  /** From where it comes, for the story of each message. */
  readonly from: { readonly host: string; readonly port: number; readonly login: string };
}

/** Ids in one operation. */
const SLICE = 1_000;

export function storeLedger(parts: StoreLedgerParts): Ledger {
  const { store, clock, remote } = parts;
  return {
    known: () => knownMessages(store, remote),
    open: () => incoming(parts),
    gone: (uidls) => markGone(store, remote, uidls, clock.now()),
    back: (uidls) => markGone(store, remote, uidls, null),
    async renamed(pairs) {
      for (let at = 0; at < pairs.length; at += SLICE)
        await store.write('renameRemoteMessages', { remote, pairs: pairs.slice(at, at + SLICE) });
    },
  };
}

/** These are not at the provider any more since then, or (null) are there again; in slices. */
export async function markGone(
  store: Store,
  remote: string,
  uidls: readonly string[],
  at: number | null,
): Promise<void> {
  for (let from = 0; from < uidls.length; from += SLICE)
    await store.write('remoteMessagesGone', { remote, uidls: uidls.slice(from, from + SLICE), at });
}

/** All that is remembered of its maildrop, in slices. */
export async function knownMessages(store: Store, remote: string): Promise<readonly RemoteMessage[]> {
  const all: RemoteMessage[] = [];
  for (;;) {
    const slice = await store.read('remoteMessages', { remote, after: all.at(-1)?.uidl ?? '', limit: SLICE });
    all.push(...slice);
    if (slice.length < SLICE) return all;
  }
}

function incoming({ store, clock, remote, account, inbox, from }: StoreLedgerParts): IncomingCopy {
  const copy = openCollected({ store, clock }, { account, mailbox: inbox, from });
  return {
    write: (chunk) => copy.write(chunk),
    async commit(memory) {
      const made = await copy.finish({ uidl: memory.uidl, headOnly: memory.state === 'headers' });
      const done = await store.write('collectMessage', { remote, memory, ...made });
      if (done === 'done') return;
      await copy.abort();
      if (done === 'known') return;
      throw new TroubleError(TROUBLES[done]);
    },
    abort: () => copy.abort(),
  };
}

const TROUBLES = {
  'over-quota': {
    kind: 'our-disk',
    what: 'The mailbox here is full.',
    why: 'It holds as much as it may.',
    you: 'Delete what you don’t need, or have its limit raised. Nothing was deleted at the provider.',
    next: 'again',
  },
  'no-mailbox': {
    kind: 'our-disk',
    what: 'There is no folder here to put it into.',
    why: 'The folder for new mail is gone.',
    you: 'Nothing was deleted at the provider.',
    next: 'again',
  },
  missing: {
    kind: 'our-disk',
    what: 'The account was removed here meanwhile.',
    why: 'Nobody is left for whom its mail would be collected.',
    you: 'Nothing was deleted at the provider.',
    next: 'ask',
  },
} as const;
