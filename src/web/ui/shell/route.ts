/** What is on the screen, as the part of the address behind `#`, so that Back, reload and bookmarks work. */
import { signal } from '@preact/signals';

export type Route =
  /** Without a folder: the Inbox. `open`: the email whose conversation is read. */
  | { readonly view: 'folder'; readonly folder?: string; readonly open?: string }
  | { readonly view: 'search'; readonly query: string; readonly open?: string }
  | { readonly view: 'outbox' }
  /** Of accounts at providers: all, `new`, or one of them, and of that one perhaps what lies `there`. */
  | { readonly view: 'accounts'; readonly account?: string; readonly page?: string }
  | { readonly view: 'settings'; readonly section?: string };

/** Stands for the Inbox before an email; no id has this sign (RFC 8620 §1.2). */
const INBOX = '~';

export function readRoute(hash: string): Route {
  const [view, ...rest] = hash.replace(/^#?\/?/, '').split('/');
  const [first, second] = rest.map(decoded);
  switch (view) {
    case 'f':
      return { view: 'folder', ...some('folder', first === INBOX ? undefined : first), ...some('open', second) };
    case 's':
      return first === undefined ? { view: 'folder' } : { view: 'search', query: first, ...some('open', second) };
    case 'outbox':
      return { view: 'outbox' };
    case 'accounts':
      return { view: 'accounts', ...some('account', first), ...some('page', second) };
    case 'settings':
      return { view: 'settings', ...some('section', first) };
    default:
      return { view: 'folder' };
  }
}

export function writeRoute(route: Route): string {
  switch (route.view) {
    case 'folder':
      return path('f', route.folder ?? (route.open === undefined ? undefined : INBOX), route.open);
    case 'search':
      return path('s', route.query, route.open);
    case 'outbox':
      return path('outbox');
    case 'accounts':
      return path('accounts', route.account, route.page);
    case 'settings':
      return path('settings', route.section);
  }
}

const path = (...parts: readonly (string | undefined)[]): string =>
  `#/${parts
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join('/')}`;

const some = <Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> =>
  value === undefined || value === '' ? {} : ({ [key]: value } as Record<Key, string>);

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

const place = (globalThis as { location?: Location }).location;

export const route = signal<Route>(readRoute(place?.hash ?? ''));

/** Goes there; `instead` leaves no way back to where we were. */
export function go(to: Route, instead = false): void {
  if (writeRoute(to) === writeRoute(route.peek())) return;
  if (instead) history.replaceState(null, '', writeRoute(to));
  else history.pushState(null, '', writeRoute(to));
  route.value = to;
}

/** The conversation that is open, whatever list it was opened from. */
export const openEmail = (at: Route): string | undefined => ('open' in at ? at.open : undefined);

/** Opens an email in the list that is shown, or closes what is open. */
export function open(email: string | undefined, instead = false): void {
  const here = route.peek();
  if (here.view !== 'folder' && here.view !== 'search') return;
  const { open: _, ...list } = here;
  go(email === undefined ? list : { ...list, open: email }, instead);
}

export function followAddress(): void {
  addEventListener('popstate', () => (route.value = readRoute(location.hash)));
  addEventListener('hashchange', () => (route.value = readRoute(location.hash)));
}
