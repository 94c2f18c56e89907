/**
 * What has to be tidied now and then: journeys older than [journey] keep, the mail of accounts
 * closed 30 days ago, what was learned of destinations nobody writes to, logins nobody used for long, and what processes that died held. In small commits, so that mail goes first.
 */
import type { Cancel } from '../base/index.ts';
import { freeTheGone } from './core.ts';
import type { Core } from './core.ts';

const EVERY = 10 * 60_000;
/** How often it is looked whether a process beside this one has died: one small read. */
const WATCH_EVERY = 1_000;
const SLICE = 500;
/** How long the mail of a closed account is kept. */
const CLOSED_ACCOUNTS_KEPT = 30 * 24 * 60 * 60_000;
/** How long it is remembered that a destination took mail, or did not, while there is none for it. */
const DESTINATIONS_KEPT = 24 * 60 * 60_000;

/** How long a client may take to make an email of what it uploaded (RFC 8620 §6: one hour at least). */
const UPLOADS_KEPT = 24 * 60 * 60_000;

/** Starts the sweeps; the answer stops them and waits for those under way. */
export function startSweeps(core: Core): () => Promise<void> {
  const stopTidying = repeat(core, EVERY, (stopped) => tidyUp(core, stopped));
  // A process that died may have been sending: another one beside it takes over at once, not at the next sweep.
  const stopWatching = repeat(core, WATCH_EVERY, () => freeTheGone(core));
  return async () => {
    await Promise.all([stopTidying(), stopWatching()]);
  };
}

function repeat(
  { clock, log }: Core,
  every: number,
  work: (stopped: () => boolean) => Promise<void>,
): () => Promise<void> {
  let stopped = false;
  let underWay = Promise.resolve();
  const once = (): void => {
    underWay = work(() => stopped)
      .catch((error: unknown) => {
        log.warn('Tidying up did not come to its end; it is tried again later', { cause: error });
      })
      .then(() => {
        if (!stopped) timer = clock.after(every, once);
      });
  };
  let timer: Cancel = clock.after(every, once);
  return async () => {
    stopped = true;
    timer();
    await underWay;
  };
}

async function tidyUp(core: Core, stopped: () => boolean): Promise<void> {
  const { store, clock, config } = core;
  const now = clock.now();
  const before = now - config().journey.keep;
  while (!stopped() && (await store.write('sweepJourney', { before, at: now, limit: SLICE })));
  while (!stopped() && (await store.write('sweepSuppressions', { before: now, limit: SLICE })));
  while (!stopped() && (await store.write('forgetDestinations', { before: now - DESTINATIONS_KEPT, limit: SLICE })));
  while (!stopped() && (await store.write('sweepSessions', { before: now - config().web.idle, limit: SLICE })));
  while (!stopped() && (await store.write('sweepUploads', { before: now - UPLOADS_KEPT, limit: SLICE })));
  const closed = await store.read('listAccounts', { closed: true });
  for (const account of closed) {
    if (account.closedAt === undefined || now - account.closedAt < CLOSED_ACCOUNTS_KEPT) continue;
    while (
      !stopped() &&
      (await store.write('purgeAccount', { account: account.id, at: now, limit: SLICE })) === 'more'
    );
  }
}
