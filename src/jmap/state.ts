/** States of the mail types: `<epoch>-<modseq>`, each its own (store/mail.ts). */
import type { MailType, Store } from '../store/index.ts';
import { MethodError } from './errors.ts';

export interface MailState {
  readonly epoch: number;
  readonly modseq: number;
}

/** Throws `accountNotFound` when the account has gone meanwhile. */
export async function readMailState(store: Store, account: string, type: MailType): Promise<MailState> {
  const state = await store.read('mailState', { account, type });
  if (state === undefined) throw new MethodError('accountNotFound');
  return state;
}

/** Another one when the account was restored: its states from before say nothing any more. */
export async function readEpoch(store: Store, account: string): Promise<number> {
  const state = await store.read('mailState', { account });
  if (state === undefined) throw new MethodError('accountNotFound');
  return state.epoch;
}

export async function mailState(store: Store, account: string, type: MailType): Promise<string> {
  return formatState(await readMailState(store, account, type));
}

export function formatState({ epoch, modseq }: MailState): string {
  return `${epoch}-${modseq}`;
}

export function parseState(text: string): MailState | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  return match === null ? undefined : { epoch: Number(match[1]), modseq: Number(match[2]) };
}

/** Changes between two looks at a type after which we no longer wait for it to stand still. */
const MOST_LOOKS = 5;

/**
 * What was read, with the state of its type that it was read in: nothing changed meanwhile. What does not stand still
 * gets the state from before: the next look tells the client again of what it may have seen already.
 */
export async function steady<T>(
  store: Store,
  { account, type }: { readonly account: string; readonly type: MailType },
  read: () => Promise<T>,
): Promise<{ readonly state: MailState; readonly value: T }> {
  for (let look = 1; ; look++) {
    const before = await readMailState(store, account, type);
    const value = await read();
    const after = await readMailState(store, account, type);
    if (formatState(after) === formatState(before) || look === MOST_LOOKS) return { state: before, value };
  }
}
