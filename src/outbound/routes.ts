/**
 * Which route a message takes to a destination. The most specific one wins, wherever it stands in
 * the file; written down here and in docs/architecture.md:
 *
 *   1. `sender` and `domain`  one sender's mail to one domain
 *   2. `domain`               a fixed way to a domain: it holds for everybody
 *   3. `sender`               all other mail of a sender: its provider
 *   4. `domain = "*"`         all other mail: the smarthost
 *   5. none                   the MX of the domain
 *
 * In 1 and 3 the exact address goes first, then what stands before its "+" (RFC 5233), then the
 * sender's domain. Domains are compared whole: "b.test" says nothing of "sub.b.test".
 *
 * A domain goes before a sender because it may be the only way there is: a machine that no MX names,
 * a store behind LMTP, a line with TLS that the two sides agreed on. A sender's provider takes mail
 * for anywhere; it is what the rest goes through.
 *
 * A sender's route often carries a login, and what goes through it is sent in that person's name. So
 * it holds only for mail that was handed in with a login here, which is where the sender's right to the
 * address was checked: whoever else writes that address gets nothing through its provider. Reports
 * (the null sender) belong to nobody and go by 2, 4 and 5.
 */
import { canonicalLocal, formatAddress, parseAddress, withoutSubaddress } from '../mail/index.ts';
import type { Route } from './outbound.ts';

export interface RouteQuestion {
  readonly destination: string;
  /** The reverse-path, where the one who handed the message in had logged in; '' and undefined take no route of a sender. */
  readonly sender?: string;
  /** The account of ours that handed it in; without it no route of an account holds. */
  readonly account?: string;
}

export function routeFor({ destination, sender, account }: RouteQuestion, all: readonly Route[]): Route | undefined {
  const routes = all.filter((route) => route.account === undefined || route.account === account);
  const senders = sender === undefined ? [] : namesOf(sender);
  const order = [
    ...senders.map((name) => [name, destination] as const),
    [undefined, destination] as const,
    ...senders.map((name) => [name, '*'] as const),
    [undefined, '*'] as const,
  ];
  for (const [name, domain] of order) {
    const found = routes.find((route) => route.sender === name && route.domain === domain);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a route may call this sender, the closest first: "a+b@a.test", "a@a.test", "@a.test". */
function namesOf(sender: string): readonly string[] {
  const address = parseAddress(sender, { utf8: true });
  if (address === undefined) return [];
  const { domain } = address;
  const local = canonicalLocal(address.local);
  const base = withoutSubaddress(local);
  const locals = base === undefined ? [local] : [local, base];
  return [...locals.map((one) => formatAddress({ local: one, domain })), `@${domain}`];
}

/** As people find it in the configuration: "from alice@a.test to b.test". */
export function describeRoute({ sender, domain }: Pick<Route, 'sender' | 'domain'>): string {
  const to = domain === '*' ? 'everywhere' : domain;
  return sender === undefined ? `to ${to}` : `from ${sender} to ${to}`;
}
