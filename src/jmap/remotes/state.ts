/** The remotes of an account as they are shown, and their state: another string when anything that is shown is another. */
import { createHash } from 'node:crypto';
import type { Visiting } from '../../collect/index.ts';
import { remoteJson } from './kinds.ts';
import type { RemotesParts } from './parts.ts';

type Sources = Pick<RemotesParts, 'remotes' | 'collector'>;
type Shown = ReturnType<typeof remoteJson>;

/**
 * Which visits are under way is asked before the rows are read: a visit that ends meanwhile still shows as under way.
 * The other way round it would show as over, with what came of the visit before it.
 */
export async function shownRemotes({ remotes, collector }: Sources, account: string): Promise<readonly Shown[]> {
  const visits: ReadonlyMap<string, Visiting> = collector?.visits() ?? new Map<string, Visiting>();
  return (await remotes.list(account)).map((one) => remoteJson(one, visits.get(one.id)));
}

export function stateOf(shown: readonly Shown[]): string {
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 24);
}

export async function remotesState(sources: Sources, account: string): Promise<string> {
  return stateOf(await shownRemotes(sources, account));
}
