/** The states that a push tells of (RFC 8620 §7.1). */
import type { DataType } from '../registry.ts';

export interface StateChange {
  readonly '@type': 'StateChange';
  readonly changed: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** By the name of the type. */
export type States = ReadonlyMap<string, string>;

/** Names of types that are not known are passed over. */
export function watchedBy(types: readonly DataType[], names: readonly string[] | '*'): readonly DataType[] {
  return types.filter(({ name }) => names === '*' || names.includes(name));
}

export async function statesOf(types: readonly DataType[], account: string): Promise<States> {
  return new Map(await Promise.all(types.map(async ({ name, state }) => [name, await state(account)] as const)));
}

/** Undefined: all is as it is known. */
export function changeSince(account: string, known: States, now: States): StateChange | undefined {
  const changed = [...now].filter(([name, state]) => known.get(name) !== state);
  return changed.length === 0
    ? undefined
    : { '@type': 'StateChange', changed: { [account]: Object.fromEntries(changed) } };
}
