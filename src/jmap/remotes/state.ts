/** The state of an account's remotes: another string when anything that is shown of them is another. */
import { createHash } from 'node:crypto';
import { remoteJson } from './kinds.ts';
import type { RemotesParts } from './parts.ts';

export async function remotesState(
  { remotes, collector }: Pick<RemotesParts, 'remotes' | 'collector'>,
  account: string,
): Promise<string> {
  const all = (await remotes.list(account)).map((one) => remoteJson(one, collector?.visiting(one.id)));
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 24);
}
