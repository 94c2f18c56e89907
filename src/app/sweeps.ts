/**
 * What has to be tidied now and then: journeys older than [journey] keep, the mail of accounts
 * closed 30 days ago, and what processes that died held. In small commits, so that mail goes first.
 */
import type { Cancel } from '../base/index.ts';
import { freeTheGone } from './core.ts';
import type { Core } from './core.ts';

const EVERY = 10 * 60_000;
const SLICE = 500;
/** How long the mail of a closed account is kept. */
const CLOSED_ACCOUNTS_KEPT = 30 * 24 * 60 * 60_000;

/** Starts the sweeps; the answer stops them and waits for the one under way. */
export function startSweeps(core: Core): () => Promise<void> {
  let stopped = false;
  let timer: Cancel | undefined;
  let underWay = Promise.resolve();
  const sweep = (): void => {
    underWay = sweepOnce(core, () => stopped)
      .catch((error: unknown) => {
        core.log.warn('Tidying up did not come to its end; it is tried again later', { cause: error });
      })
      .then(() => {
        if (!stopped) timer = core.clock.after(EVERY, sweep);
      });
  };
  timer = core.clock.after(EVERY, sweep);
  return async () => {
    stopped = true;
    timer?.();
    await underWay;
  };
}

async function sweepOnce(core: Core, stopped: () => boolean): Promise<void> {
  const { store, clock, config } = core;
  const now = clock.now();
  await freeTheGone(core);
  while (!stopped() && (await store.write('sweepJourney', { before: now - config().journey.keep, limit: SLICE })));
  const closed = await store.read('listAccounts', { closed: true });
  for (const account of closed) {
    if (account.closedAt === undefined || now - account.closedAt < CLOSED_ACCOUNTS_KEPT) continue;
    while (
      !stopped() &&
      (await store.write('purgeAccount', { account: account.id, at: now, limit: SLICE })) === 'more'
    );
  }
}
