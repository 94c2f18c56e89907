/**
 * States of queries: that of the account's mail, and whether all of it had been read by then. What is read later joins
 * the results without being changed, so what changed since a state like that can't be told.
 */
import type { Store } from '../../store/index.ts';
import { formatState, parseState, readMailState } from '../state.ts';
import type { MailState } from '../state.ts';

export interface QueryState extends MailState {
  readonly isComplete: boolean;
}

const INCOMPLETE = '-r';

export function formatQueryState(state: QueryState): string {
  return `${formatState(state)}${state.isComplete ? '' : INCOMPLETE}`;
}

/** Undefined: it is none of ours. */
export function parseQueryState(text: string): QueryState | undefined {
  const isComplete = !text.endsWith(INCOMPLETE);
  const state = parseState(isComplete ? text : text.slice(0, -INCOMPLETE.length));
  return state && { ...state, isComplete };
}

/** How often what was read while things changed is read again. */
const MOST_TRIES = 5;

/**
 * What was read, and the state that it shows. Where changes come all the time the state may be an older one: then what
 * changed since is told once more.
 */
export async function steadily<T>(
  store: Store,
  account: string,
  read: () => Promise<T>,
): Promise<{ readonly state: MailState; readonly value: T }> {
  let state = await readMailState(store, account, 'email');
  for (let tries = 1; ; tries++) {
    const value = await read();
    const after = await readMailState(store, account, 'email');
    if (tries === MOST_TRIES || formatState(after) === formatState(state)) return { state, value };
    state = after;
  }
}
