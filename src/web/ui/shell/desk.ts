/** Everything that belongs to one open mailbox, put together. */
import { effect, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { clock } from '../clock.ts';
import { notices } from '../components/notices.ts';
import { Api } from '../jmap/api.ts';
import type { Http, WhoAmI } from '../jmap/http.ts';
import { Line } from '../jmap/line.ts';
import { Mail } from '../jmap/mail.ts';
import { listenForChanges } from '../jmap/push.ts';
import { Acts } from '../list/acts.ts';
import { ListModel } from '../list/model.ts';
import { choices, choicesOf } from '../settings/device.ts';
import type { AccountChoices } from '../settings/device.ts';
import { open, openEmail, route } from './route.ts';

export interface Desk {
  /** The address that is logged in. */
  readonly login: string;
  /** Addresses that are whose mail this is, in lower case: the login, and those of accounts at providers. */
  readonly own: Signal<ReadonlySet<string>>;
  readonly http: Http;
  readonly api: Api;
  readonly line: Line;
  readonly mail: Mail;
  readonly list: ListModel;
  readonly acts: Acts;
  /** What this account has chosen in this browser. */
  readonly kept: AccountChoices;
  /** Grows whenever the server says that something has changed, or may have. */
  readonly pulse: ReadonlySignal<number>;
}

/** Loads the session and the mailboxes; throws a Trouble where that fails. */
export async function openDesk(me: WhoAmI, http: Http): Promise<Desk> {
  const session = await http.session();
  const line = new Line(clock, async () => {
    await http.session();
  });
  const api = new Api(session, (url, body) => line.watch(http.api(url, body)));
  const mail = new Mail(api);
  await mail.open();
  const list = new ListModel(mail, () => choices.peek().grouped);
  const acts = new Acts(mail, list, notices, {
    onGone: (ids) => {
      // The row that had focus is about to go, and focus would go with it.
      if (document.activeElement?.closest('[role=grid]') !== null) list.wantsFocus.value += 1;
      const at = openEmail(route.peek());
      if (at === undefined || !ids.includes(at)) return;
      const next = choices.peek().afterRemove === 'next' ? list.activeEmail()?.id : undefined;
      open(next, true);
    },
  });
  const pulse = signal(0);
  follow(mail, line, session.eventSourceUrl, pulse);
  const own = signal<ReadonlySet<string>>(new Set([me.name.toLowerCase()]));
  return { login: me.name, own, http, api, line, mail, list, acts, kept: choicesOf(api.account), pulse };
}

/** Asks what has changed when the server says so, and when it is back after a silence. */
function follow(mail: Mail, line: Line, eventSourceUrl: string, pulse: Signal<number>): void {
  const sync = (): void => {
    pulse.value += 1;
    void mail.sync().catch(() => undefined);
  };
  listenForChanges(eventSourceUrl, clock, { onChange: sync, onLost: () => void line.tryNow() });
  addEventListener('online', () => void line.tryNow());
  addEventListener('offline', () => void line.tryNow());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) sync();
  });
  let seen = line.generation.peek();
  effect(() => {
    if (line.generation.value === seen) return;
    seen = line.generation.value;
    sync();
  });
}

const context = createContext<Desk | undefined>(undefined);

export const DeskProvider = context.Provider;

export function useDesk(): Desk {
  const desk = useContext(context);
  if (desk === undefined) throw new Error('there is no open mailbox here');
  return desk;
}
