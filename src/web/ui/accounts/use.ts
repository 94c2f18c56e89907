/** The accounts of the open mailbox, loaded anew when the server says that something has changed. */
import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { notices } from '../components/index.ts';
import { asTrouble } from '../jmap/trouble.ts';
import { useDesk } from '../shell/desk.ts';
import type { Desk } from '../shell/desk.ts';
import { open, openEmail, route } from '../shell/route.ts';
import { words } from '../words/index.ts';
import { Accounts } from './model.ts';
import { Origins } from './origins.ts';

interface Known {
  readonly accounts: Accounts;
  readonly origins: Origins;
}

const models = new WeakMap<Desk, Known>();

function modelsOf(desk: Desk): Known {
  const known = models.get(desk);
  if (known !== undefined) return known;
  const origins = new Origins(desk.api, (before, now) => {
    // Who reads a header goes on reading when the rest of it is here.
    if (openEmail(route.peek()) === before) open(now, true);
  });
  const accounts = new Accounts(desk.api);
  effect(() => {
    const addresses = (accounts.all.value ?? []).map(({ address }) => address.toLowerCase());
    desk.own.value = new Set([desk.login.toLowerCase(), ...addresses]);
  });
  const made = { accounts, origins };
  models.set(desk, made);
  return made;
}

export const useAccounts = (): Accounts => modelsOf(useDesk()).accounts;

export const useOrigins = (): Origins => modelsOf(useDesk()).origins;

/** Once in the page. */
export function useFreshAccounts(): void {
  const { pulse } = useDesk();
  const accounts = useAccounts();
  const origins = useOrigins();
  const beat = pulse.value;
  useEffect(() => {
    void accounts.load().catch(() => undefined);
    void origins.look().catch(() => undefined);
  }, [accounts, origins, beat]);
}

/** What a button begins: where it fails, that is said. */
export function attempt(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    const { kind, said } = asTrouble(error);
    notices.say(said ?? words.trouble[kind === 'busy' ? 'tooMany' : kind].what);
  });
}
