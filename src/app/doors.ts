/** Which doors the running servers have open: kept in the store, where the commands find them. */
import { isGone } from '../base/index.ts';
import type { Core } from './core.ts';
import type { Door } from './listeners.ts';

interface Kept {
  /** Of the process: its number may be used again. */
  readonly start: string;
  readonly doors: readonly Door[];
}

function settingFor(pid: number): string {
  return `doors.${pid}`;
}

/** The answer forgets them again. */
export async function keepDoors(
  { store, process }: Pick<Core, 'store' | 'process'>,
  doors: readonly Door[],
): Promise<() => Promise<void>> {
  const name = settingFor(process.pid);
  const kept: Kept = { start: process.start, doors };
  await store.write('setSetting', { name, value: JSON.stringify(kept) });
  return () => store.write('removeSetting', { name });
}

/** The doors of all servers on this state directory that run on this machine. */
export async function openDoors({ store }: Pick<Core, 'store'>): Promise<readonly Door[]> {
  const running = (await store.read('processes', {})).filter((one) => !isGone(one.process));
  const doors: Door[] = [];
  for (const { process } of running) {
    const text = await store.read('setting', { name: settingFor(process.pid) });
    const kept = text === undefined ? undefined : (JSON.parse(text) as Kept);
    if (kept?.start === process.start) doors.push(...kept.doors);
  }
  return doors;
}
