/** The state of the whole page: who is logged in, and whether the server can be reached. */
import { signal } from '@preact/signals';
import { Api } from '../jmap/api.ts';
import { Http } from '../jmap/http.ts';
import { asTrouble, Trouble } from '../jmap/trouble.ts';
import { choicesOf } from '../settings/device.ts';
import type { AccountChoices } from '../settings/device.ts';

/** What there is once somebody has logged in. */
export interface Desk {
  readonly login: string;
  readonly api: Api;
  readonly choices: AccountChoices;
}

export type Phase =
  | { readonly is: 'starting' }
  | { readonly is: 'out' }
  | { readonly is: 'in'; readonly desk: Desk }
  | { readonly is: 'failed'; readonly trouble: Trouble };

export const phase = signal<Phase>({ is: 'starting' });

/** The session has ended under an open mailbox: log in again, and what is open stays. */
export const mustLogInAgain = signal(false);

export const http = new Http(
  (url, init) => fetch(url, init),
  () => navigator.onLine,
);

/** Finds out who is logged in, and opens the mailbox. */
export async function start(): Promise<void> {
  try {
    const me = await http.whoAmI();
    phase.value = me === undefined ? { is: 'out' } : { is: 'in', desk: await openDesk(me.name) };
  } catch (error) {
    const trouble = asTrouble(error);
    phase.value = trouble.kind === 'ended' ? { is: 'out' } : { is: 'failed', trouble };
  }
}

async function openDesk(login: string): Promise<Desk> {
  const session = await http.session();
  const api = new Api(session, (url, body) => http.api(url, body));
  return { login, api, choices: choicesOf(api.account) };
}

/** Throws a Trouble with the server's sentence. */
export async function logIn(login: string, password: string): Promise<void> {
  const before = phase.peek();
  if (before.is === 'in' && before.desk.login !== login) throw new Trouble('refused');
  await http.logIn(login, password);
  mustLogInAgain.value = false;
  if (before.is !== 'in') await start();
}

/** Everything of the account leaves the page with it: what was read must not be readable after. */
export async function logOut(): Promise<void> {
  await http.logOut().catch(() => undefined);
  location.replace('/');
}
