/** The accounts of the open mailbox, loaded anew when the server says that something has changed. */
import { useEffect } from 'preact/hooks';
import { useDesk } from '../shell/desk.ts';
import type { Desk } from '../shell/desk.ts';
import { Accounts } from './model.ts';

const models = new WeakMap<Desk, Accounts>();

export function useAccounts(): Accounts {
  const desk = useDesk();
  const known = models.get(desk) ?? new Accounts(desk.api);
  models.set(desk, known);
  return known;
}

/** Once in the page. */
export function useFreshAccounts(): void {
  const { pulse } = useDesk();
  const accounts = useAccounts();
  const beat = pulse.value;
  useEffect(() => {
    void accounts.load().catch(() => undefined);
  }, [accounts, beat]);
}
