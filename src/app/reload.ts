/**
 * Reloading: the command signals the server (SIGHUP) and reads what it made of the file from the
 * store, where both meet. A wrong file leaves the old one in force, and the answer says why.
 */
import { sleep } from '../base/index.ts';
import type { ProcessIdentity } from '../base/index.ts';
import type { Core } from './core.ts';
import type { ReloadResult } from './serve.ts';

export type ReloadOutcome =
  | ({ readonly kind: 'done' } & ReloadResult)
  | { readonly kind: 'refused'; readonly why: string };

export interface ReloadAnswer {
  readonly pid: number;
  /** Absent: the server did not answer in time. */
  readonly outcome?: ReloadOutcome;
}

const POLL = 50;
const PATIENCE = 10_000;

function settingFor(process: ProcessIdentity): string {
  return `reload.${process.pid}.${process.start}`;
}

/** By the server: leaves word of what came of a reload. */
export async function recordReload(
  core: Pick<Core, 'store' | 'process' | 'clock'>,
  outcome: ReloadOutcome,
): Promise<void> {
  await core.store.write('setSetting', {
    name: settingFor(core.process),
    value: JSON.stringify({ at: core.clock.now(), outcome }),
  });
}

/** By the command: signals one server and waits for its word. */
export async function signalReload(
  core: Pick<Core, 'store' | 'clock'>,
  server: ProcessIdentity,
): Promise<ReloadAnswer> {
  const name = settingFor(server);
  const before = await core.store.read('setting', { name });
  process.kill(server.pid, 'SIGHUP');
  const end = core.clock.ticks() + PATIENCE;
  while (core.clock.ticks() < end) {
    await sleep(core.clock, POLL);
    const after = await core.store.read('setting', { name });
    if (after !== undefined && after !== before)
      return { pid: server.pid, outcome: (JSON.parse(after) as { outcome: ReloadOutcome }).outcome };
  }
  return { pid: server.pid };
}
