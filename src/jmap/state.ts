/** States of the mail types: `<epoch>-<modseq>` (store/mail.ts). */
import type { Store } from '../store/index.ts';
import { MethodError } from './errors.ts';

export interface MailState {
  readonly epoch: number;
  readonly modseq: number;
}

/** Throws `accountNotFound` when the account has gone meanwhile. */
export async function readMailState(store: Store, account: string): Promise<MailState & { readonly arrivals: number }> {
  const state = await store.read('mailState', { account });
  if (state === undefined) throw new MethodError('accountNotFound');
  return state;
}

export function formatState({ epoch, modseq }: MailState): string {
  return `${epoch}-${modseq}`;
}

export function parseState(text: string): MailState | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  return match === null ? undefined : { epoch: Number(match[1]), modseq: Number(match[2]) };
}

/** Changes between two looks at an account after which we no longer wait for it to stand still. */
const MOST_LOOKS = 5;

/**
 * What was read, with the state that it was read in: nothing changed meanwhile. An account that does not stand still
 * gets the state from before: the next look tells the client again of what it may have seen already.
 */
export async function steady<T>(
  store: Store,
  account: string,
  read: () => Promise<T>,
): Promise<{ readonly state: MailState; readonly value: T }> {
  for (let look = 1; ; look++) {
    const before = await readMailState(store, account);
    const value = await read();
    const after = await readMailState(store, account);
    if (formatState(after) === formatState(before) || look === MOST_LOOKS) return { state: before, value };
  }
}
