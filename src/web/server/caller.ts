/**
 * Who calls, and by which name they called us. A page of somebody else's can have its own name lead to this machine
 * (DNS rebinding) and would then be, to the browser, of the same origin as we are: so only names that are known to be
 * ours are answered. Behind a proxy that was named on purpose, what it says of its client counts.
 */
import { inNetworks, isLoopback, normalAddress } from '../../net/index.ts';

export interface CallerSettings {
  /** Names this host is reached by over TLS, in A-labels. */
  readonly names: readonly string[];
  /** Networks of proxies that speak TLS for us. */
  readonly proxies: readonly string[];
}

/** What came over the connection. */
export interface Call {
  readonly peer: string;
  readonly local: { readonly address: string; readonly port: number };
  /** Whether this connection is encrypted. */
  readonly tls: boolean;
  /** Every Host field there was. */
  readonly hosts: readonly string[];
  readonly forwardedFor: string | undefined;
  readonly forwardedProto: string | undefined;
}

export interface Caller {
  /** The client's address, behind a proxy too. */
  readonly address: string;
  /** What the browser calls us: "http://127.0.0.1:2080". */
  readonly origin: string;
  /** Encrypted between the browser and this machine. */
  readonly tls: boolean;
}

export type NotAnswered = 'target-unreadable' | 'host-unreadable' | 'host-unknown' | 'in-clear' | 'proxy-in-clear';

export function callerOf(call: Call, settings: CallerSettings): Caller | NotAnswered {
  const host = readHost(call.hosts);
  if (host === undefined) return 'host-unreadable';
  const proxied =
    inNetworks(call.peer, settings.proxies) && (call.forwardedFor !== undefined || call.forwardedProto !== undefined);
  if (proxied) return throughProxy(call, host, settings);
  if (!call.tls && !isLoopback(call.peer)) return 'in-clear';
  const { local } = call;
  const usual = call.tls ? 443 : 80;
  if ((host.port ?? usual) !== local.port || !isOurs(host.name, call, settings.names)) return 'host-unknown';
  return { address: call.peer, origin: originOf(call.tls, host), tls: call.tls };
}

interface Host {
  /** In lower case; an IPv6 address without its brackets. */
  readonly name: string;
  readonly port: number | undefined;
}

/** RFC 9110 §7.2: one field, `uri-host [ ":" port ]`. */
function readHost(hosts: readonly string[]): Host | undefined {
  const [only = '', ...others] = hosts;
  const [, v6, name = v6, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::([0-9]{1,5}))?$/i.exec(only) ?? [];
  if (name === undefined || others.length > 0) return undefined;
  return { name: name.toLowerCase(), port: port === undefined ? undefined : Number(port) };
}

const THIS_MACHINE = ['localhost', '127.0.0.1', '::1'];

/** An address can't be rebound: the one that the connection came to is ours whatever it is. */
function isOurs(name: string, { local, tls }: Call, names: readonly string[]): boolean {
  if (normalAddress(name) !== undefined && normalAddress(name) === normalAddress(local.address)) return true;
  if (isLoopback(local.address) && THIS_MACHINE.includes(name)) return true;
  return tls && names.includes(name);
}

/** The proxy has its own certificate and ports: the name is checked, the port is its own affair. */
function throughProxy(call: Call, host: Host, { names, proxies }: CallerSettings): Caller | NotAnswered {
  if (call.forwardedProto?.trim().toLowerCase() !== 'https') return 'proxy-in-clear';
  if (!names.includes(host.name)) return 'host-unknown';
  return { address: clientOf(call, proxies), origin: originOf(true, host), tls: true };
}

/** The last address that no proxy of ours added: what stands before it anybody can have written. */
function clientOf({ peer, forwardedFor = '' }: Call, proxies: readonly string[]): string {
  const added = forwardedFor.split(',').map((one) => normalAddress(one.trim()));
  const last = added.findLast((one) => one === undefined || !inNetworks(one, proxies));
  return last ?? peer;
}

/** As a browser writes it: without the port that is usual (RFC 6454 §6.2). */
function originOf(tls: boolean, { name, port }: Host): string {
  const host = name.includes(':') ? `[${normalAddress(name) ?? name}]` : name;
  const usual = port === undefined || port === (tls ? 443 : 80);
  return `${tls ? 'https' : 'http'}://${host}${usual ? '' : `:${String(port)}`}`;
}
