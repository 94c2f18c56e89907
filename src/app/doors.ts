/**
 * What each running server says of itself, kept in the store, where the commands find it: which doors it has open,
 * and what its keeper must know. It speaks of the configuration in force, not of a file that was changed since.
 */
import { isGone } from '../base/index.ts';
import type { Core } from './core.ts';
import type { Door } from './listeners.ts';
import type { Role } from './roles.ts';
import { warningsFor } from './warnings.ts';

interface Kept {
  /** Of the process: its number may be used again. */
  readonly start: string;
  readonly doors: readonly Door[];
  readonly relayOpen: boolean;
  readonly warnings: readonly string[];
}

export interface RunningServer extends Omit<Kept, 'start'> {
  readonly pid: number;
  readonly roles: readonly Role[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface Word {
  /** After a reload; the warnings that were not said before. */
  renew(): Promise<readonly string[]>;
  takeBack(): Promise<void>;
}

function settingFor(pid: number): string {
  return `doors.${pid}`;
}

export async function keepWord(core: Core, doors: readonly Door[]): Promise<Word> {
  const { store, process } = core;
  const name = settingFor(process.pid);
  let said: readonly string[] = [];
  const renew = async (): Promise<readonly string[]> => {
    const { open: relayOpen } = core.config().relay;
    const warnings = await warningsFor(core);
    const kept: Kept = { start: process.start, doors, relayOpen, warnings };
    await store.write('setSetting', { name, value: JSON.stringify(kept) });
    const fresh = warnings.filter((one) => !said.includes(one));
    said = warnings;
    return fresh;
  };
  await renew();
  return { renew, takeBack: () => store.write('removeSetting', { name }) };
}

/** The servers on this state directory that run on this machine; one that has not opened its doors yet is left out. */
export async function runningServers({ store }: Pick<Core, 'store'>): Promise<readonly RunningServer[]> {
  const running = (await store.read('processes', {})).filter((one) => !isGone(one.process));
  const servers: RunningServer[] = [];
  for (const { process, roles, startedAt } of running) {
    const text = await store.read('setting', { name: settingFor(process.pid) });
    const kept = text === undefined ? undefined : (JSON.parse(text) as Kept);
    if (kept?.start !== process.start) continue;
    const { doors, relayOpen, warnings } = kept;
    servers.push({ pid: process.pid, roles: roles as readonly Role[], startedAt, doors, relayOpen, warnings });
  }
  return servers;
}

/** The doors of all of them. */
export async function openDoors(core: Pick<Core, 'store'>): Promise<readonly Door[]> {
  return (await runningServers(core)).flatMap(({ doors }) => doors);
}
