/**
 * Where a destination's mail goes: a route, an address literal, its MX hosts, or the domain itself
 * (RFC 5321 §5.1, RFC 7505). The answer is an ordered list of hosts with their addresses, or the
 * reason why there is none. No connection is made here.
 */
import { isIP } from 'node:net';
import type { DnsAnswer, MxRecord, Resolver } from '../dns/index.ts';
import { ipOfLiteral, reply } from '../mail/index.ts';
import type { EnhancedCode } from '../mail/index.ts';
import { isLoopback, isPrivate, normalAddress, socketPath } from '../net/index.ts';
import type { OutboundSettings, Route } from './outbound.ts';
import { describeRoute, routeFor } from './routes.ts';
import type { Verdict } from './trouble.ts';

export interface Host {
  /** The name that is looked up and asked for in TLS; an IP address where there is no name. */
  readonly name: string;
  /** In the order to try: at least one, IPv6 and IPv4 in turn; or the one socket that `name` is. */
  readonly addresses: readonly string[];
}

export type WhereTo =
  | { readonly kind: 'hosts'; readonly hosts: readonly Host[]; readonly port: number; readonly route?: Route }
  | { readonly kind: 'nowhere'; readonly verdict: Verdict; readonly route?: Route };

export interface HostsQuestion {
  /** A domain in A-labels, or an address literal. */
  readonly destination: string;
  /** The reverse-path, where routes of the sender hold; see routes.ts. */
  readonly sender?: string;
  /** Who handed it in. */
  readonly account?: string;
  readonly settings: OutboundSettings;
  readonly resolver: Resolver;
  /** This machine's addresses: a listener on 0.0.0.0 or :: answers on each of them. */
  readonly localAddresses: readonly string[];
  /** 0 up to 1: the order among equal preferences (RFC 5321 §5.1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Hosts that are looked up, and addresses of each; a zone could name thousands. */
const MOST_HOSTS = 20;
const MOST_ADDRESSES = 6;

interface Candidate {
  readonly preference: number;
  readonly name: string;
}

interface Resolved extends Candidate {
  readonly addresses: readonly string[];
  /** Nobody could say, for at least one family, and no address is known. */
  readonly failed?: string;
}

/** Rejects only when the resolver does. */
export async function findHosts(question: HostsQuestion): Promise<WhereTo> {
  const { destination, settings } = question;
  const route = routeFor(question, settings.routes);
  if (route !== undefined) return await byRoute(question, route);
  if (settings.routesOnly === true) return nowhere(noWay(question.sender));
  const ip = ipOfLiteral(destination);
  if (ip !== undefined) return usable(question, [{ preference: 0, name: ip, addresses: [ip] }]);
  const named = candidates(destination, await question.resolver.mx(destination, question.signal));
  if ('outcome' in named) return nowhere(named);
  const ordered = inOrder(named, question.random).slice(0, MOST_HOSTS);
  return usable(question, await Promise.all(ordered.map((host) => resolve(question, host))));
}

/** Whose account was removed meanwhile may add it again; what has no sender belongs to none. */
function noWay(sender: string | undefined): Verdict {
  return sender === undefined || sender === ''
    ? refusal('failed', '5.7.1', 'no-account-for-sender', 'Mail without a sender leaves through no account')
    : refusal('deferred', '4.7.1', 'no-account-for-sender', `There is no account here through which ${sender} sends`);
}

/** The operator named this host: it is taken as it is, private or not, and a name that isn't known now may be later. */
async function byRoute(question: HostsQuestion, route: Route): Promise<WhereTo> {
  if (route.locked === true) {
    const text = `The password for ${route.host} can't be had: the keyring does not give out its key`;
    return { ...nowhere(refusal('deferred', '4.7.0', 'keyring-locked', text)), route };
  }
  const host = await routeHost(question, route.host);
  const where = `The host ${route.host} of the route ${describeRoute(route)}`;
  if (host.addresses.length === 0) {
    const why = host.failed ?? 'it has no address';
    const text = `${where} could not be looked up: ${why}`;
    const rule = route.account === undefined ? 'route-host-unknown' : 'provider-unreachable';
    return { ...nowhere(refusal('deferred', '4.4.3', rule, text)), route };
  }
  if (host.addresses.some((address) => isOwnEndpoint(address, route.port, question))) {
    return { ...nowhere(refusal('failed', '5.4.6', 'mail-loop', `${where} is this server itself`)), route };
  }
  return { kind: 'hosts', hosts: [host], port: route.port, route };
}

async function routeHost(question: HostsQuestion, host: string): Promise<Resolved> {
  if (socketPath(host) !== undefined) return { preference: 0, name: host, addresses: [host] };
  const name = bare(host);
  const ip = normalAddress(name);
  return ip === undefined ? await resolve(question, { preference: 0, name }) : { preference: 0, name, addresses: [ip] };
}

/** The MX hosts, or the domain itself when it has none (the implicit MX, RFC 5321 §5.1). */
function candidates(domain: string, answer: DnsAnswer<MxRecord>): readonly Candidate[] | Verdict {
  switch (answer.kind) {
    case 'failed':
      return refusal(
        'deferred',
        '4.4.3',
        'dns-failed',
        `The mail servers of ${domain} could not be looked up: ${answer.problem}`,
      );
    case 'missing':
      return refusal('failed', '5.1.2', 'domain-missing', `There is no domain ${domain}`);
    case 'empty':
      return [{ preference: 0, name: domain }];
    case 'found': {
      const [first] = answer.records;
      // A null MX stands alone (RFC 7505 §3); among others it is a mistake and names no host.
      if (answer.records.length === 1 && first?.exchange === '') {
        return refusal('failed', '5.1.10', 'null-mx', `${domain} says that it takes no mail (null MX)`);
      }
      return answer.records
        .filter(({ exchange }) => exchange !== '')
        .map(({ preference, exchange }) => ({ preference, name: exchange }));
    }
  }
}

/** By preference, equal ones in random order, each name once (RFC 5321 §5.1). */
export function inOrder(hosts: readonly Candidate[], random: () => number): readonly Candidate[] {
  const keyed = hosts.map((host) => ({ host, key: random() }));
  const sorted = keyed
    .toSorted((a, b) => a.host.preference - b.host.preference || a.key - b.key)
    .map(({ host }) => host);
  return sorted.filter(({ name }, i) => sorted.findIndex((other) => other.name === name) === i);
}

async function resolve(question: HostsQuestion, host: Candidate): Promise<Resolved> {
  const { resolver, signal } = question;
  // An MX names a host; an address in its place leads nowhere (RFC 5321 §5.1, RFC 1035 §3.3.9).
  if (isIP(host.name) !== 0) return { ...host, addresses: [] };
  const [v6, v4] = await Promise.all([resolver.aaaa(host.name, signal), resolver.a(host.name, signal)]);
  const addresses = interleave(recordsOf(v6), recordsOf(v4)).slice(0, MOST_ADDRESSES);
  const failed = v4.kind === 'failed' ? v4.problem : v6.kind === 'failed' ? v6.problem : undefined;
  return { ...host, addresses, ...(failed === undefined || addresses.length > 0 ? {} : { failed }) };
}

function recordsOf(answer: DnsAnswer<string>): readonly string[] {
  return answer.kind === 'found' ? answer.records.filter((address) => isIP(address) !== 0) : [];
}

/** One of each in turn, each list in the order the resolver gave it (RFC 5321 §5.1): a host whose one family is dead is reached soon. */
function interleave(first: readonly string[], second: readonly string[]): readonly string[] {
  const longest = Math.max(first.length, second.length);
  return Array.from({ length: longest }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((address) => address !== undefined);
}

/** What is left when our own entry, what is less preferred, and what must not be connected to are taken out. */
function usable(question: HostsQuestion, hosts: readonly Resolved[]): WhereTo {
  const { destination, settings } = question;
  const ours = hosts.find((host) => isOurs(host, question));
  const ahead = ours === undefined ? hosts : hosts.filter(({ preference }) => preference < ours.preference);
  if (ahead.length === 0 && ours !== undefined) {
    return nowhere(
      refusal(
        'failed',
        '5.4.6',
        'mail-loop',
        `Mail for ${destination} leads back to this server (${ours.name}), which does not take it`,
      ),
    );
  }
  const allowed = ahead.map((host) => ({
    ...host,
    addresses: host.addresses.filter((address) => settings.allowPrivate || !isPrivate(address)),
  }));
  const reachable = allowed.filter(({ addresses }) => addresses.length > 0);
  if (reachable.length > 0) return { kind: 'hosts', hosts: reachable, port: settings.port };
  return nowhere(whyNone(destination, ahead));
}

function whyNone(destination: string, hosts: readonly Resolved[]): Verdict {
  const names = hosts
    .map(({ name }) => name)
    .slice(0, 5)
    .join(', ');
  const failed = hosts.find((host) => host.failed !== undefined);
  if (failed !== undefined) {
    return refusal(
      'deferred',
      '4.4.3',
      'dns-failed',
      `The mail server ${failed.name} of ${destination} could not be looked up: ${failed.failed ?? ''}`,
    );
  }
  if (hosts.some(({ addresses }) => addresses.length > 0)) {
    const text = `The mail server of ${destination} (${names}) has a private address, and outbound.allow_private is not set`;
    return refusal('failed', '5.4.4', 'private-address', text);
  }
  if (hosts.length === 1 && hosts[0]?.name === destination) {
    return refusal(
      'failed',
      '5.1.2',
      'domain-without-mail',
      `The domain ${destination} has neither a mail server nor an address`,
    );
  }
  return refusal(
    'failed',
    '5.4.4',
    'mx-nowhere',
    `The mail servers of ${destination} (${names === '' ? 'none is named' : names}) have no address`,
  );
}

/** RFC 5321 §5.1: ourselves by name, or by the exact address and port of a listener. */
function isOurs(host: Resolved, question: HostsQuestion): boolean {
  const { settings } = question;
  const byName = host.name === settings.hostname.toLowerCase();
  return byName || host.addresses.some((address) => isOwnEndpoint(address, settings.port, question));
}

function isOwnEndpoint(address: string, port: number, question: HostsQuestion): boolean {
  const normal = normalAddress(address);
  if (normal === undefined) return false;
  const local = isLoopback(normal) || question.localAddresses.some((own) => normalAddress(own) === normal);
  return question.settings.ownEndpoints.some((own) => {
    const listening = normalAddress(own.address);
    const everywhere = listening === '0.0.0.0' || listening === '::';
    return own.port === port && (everywhere ? local : listening === normal);
  });
}

function bare(host: string): string {
  return host.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1').toLowerCase();
}

function nowhere(verdict: Verdict): WhereTo {
  return { kind: 'nowhere', verdict };
}

function refusal(outcome: 'deferred' | 'failed', code: EnhancedCode, rule: string, text: string): Verdict {
  // RFC 7505 §6 gives 5.1.10 the basic code 556 of RFC 7504.
  const basic = outcome === 'deferred' ? 451 : code === '5.1.10' ? 556 : 550;
  const answer = reply(basic, code, text, { rule });
  return { outcome, settled: true, stage: 'dns', reply: answer, remote: false, problem: text };
}
