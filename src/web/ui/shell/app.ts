/** The state of the whole page: is somebody logged in, and what is open. */
import { signal } from '@preact/signals';
import { Http } from '../jmap/http.ts';
import { asTrouble, Trouble } from '../jmap/trouble.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

export type Phase =
  | { readonly is: 'starting' }
  | { readonly is: 'out' }
  | { readonly is: 'in'; readonly desk: Desk }
  | { readonly is: 'failed'; readonly trouble: Trouble };

export const phase = signal<Phase>({ is: 'starting' });

const http = new Http(
  (url, init) => fetch(url, init),
  () => navigator.onLine,
);

/** Finds out who is logged in, and opens the mailbox. */
export async function start(): Promise<void> {
  try {
    const me = await http.whoAmI();
    phase.value = me === undefined ? { is: 'out' } : { is: 'in', desk: await openDesk(me, http) };
  } catch (error) {
    const trouble = asTrouble(error);
    phase.value = trouble.kind === 'ended' ? { is: 'out' } : { is: 'failed', trouble };
  }
}

/** Throws a Trouble with the server's sentence. With a mailbox open, it goes on where it was. */
export async function logIn(login: string, password: string): Promise<void> {
  await http.logIn(login, password);
  const now = phase.peek();
  if (now.is === 'in') await now.desk.line.tryNow();
  else await start();
}

/** Done before somebody is logged out, while the session still stands: false where that would lose something. And after, in this browser. */
export const leaving: { before: () => Promise<boolean>; after: () => Promise<void> } = {
  before: () => Promise.resolve(true),
  after: () => Promise.resolve(),
};

/** Everything of the account leaves the page with it: what was read must not be readable after. */
export async function logOut(): Promise<void> {
  if (!(await leaving.before())) return;
  await http.logOut().catch(() => undefined);
  await leaving.after();
  location.replace('/');
}

/** The open mailbox; for commands, which exist only while there is one. */
export function theDesk(): Desk {
  const now = phase.peek();
  if (now.is !== 'in') throw new Trouble('ended');
  return now.desk;
}
