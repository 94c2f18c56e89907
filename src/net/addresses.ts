/**
 * IP addresses: one written form for each, and which network they belong to. An IPv4 address that
 * comes in an IPv6 dress (mapped, 6to4, NAT64) counts as what it leads to, so that no dress opens a door.
 */
import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Endpoint } from './wire.ts';

/** An endpoint from what a socket reports; a socket that is gone already reports nothing. */
export function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  return { address: address === undefined ? '' : (normalAddress(address) ?? address), port: port ?? 0 };
}

/**
 * The one written form: IPv4 in dots, IPv6 in lower case as RFC 5952 has it, without brackets and
 * zone; an IPv4-mapped address as IPv4. Undefined when it is no address.
 */
export function normalAddress(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return undefined;
  const groups = groupsOf(bare);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return dotted(groups, 6);
  return new SocketAddress({ address: bare, family: 'ipv6' }).address;
}

/** Whether an address is this machine's own loopback. */
export function isLoopback(address: string): boolean {
  const normal = normalAddress(address);
  return normal !== undefined && (normal === '::1' || normal.startsWith('127.'));
}

/**
 * Whether an address is not one of the public Internet: private (RFC 1918, 4193), shared (6598),
 * link-local (3927, 4291), loopback, unspecified, or an IPv6 form that leads to one of these
 * (mapped, compatible, 6to4 3056, NAT64 6052 and 8215). What is no address counts as private.
 */
export function isPrivate(address: string): boolean {
  const normal = normalAddress(address);
  if (normal === undefined) return true;
  if (isIPv4(normal)) return PRIVATE.check(normal, 'ipv4');
  const inner = embedded(groupsOf(normal));
  return PRIVATE.check(normal, 'ipv6') || (inner !== undefined && PRIVATE.check(inner, 'ipv4'));
}

/**
 * Whether an address lies in one of the networks, each written `192.0.2.0/24`, `2001:db8::/32` or a
 * single address. Networks that `networkProblem` complains of are passed over.
 */
export function inNetworks(address: string, networks: readonly string[]): boolean {
  const normal = normalAddress(address);
  return normal !== undefined && compiled(networks).check(normal, isIPv4(normal) ? 'ipv4' : 'ipv6');
}

/** What is wrong with a network's text, as a sentence; undefined when it is right. */
export function networkProblem(text: string): string | undefined {
  const cidr = parseCidr(text);
  return typeof cidr === 'string' ? cidr : undefined;
}

/**
 * The network that one customer of a provider usually has: the address itself in IPv4, the first
 * 64 bits in IPv6. Limits per address count by it, or one machine could use 2^64 addresses.
 */
export function customerNetwork(address: string): string {
  const normal = normalAddress(address);
  if (normal === undefined || isIPv4(normal)) return normal ?? address;
  const front = groupsOf(normal)
    .slice(0, 4)
    .map((group) => group.toString(16));
  return `${front.join(':')}::/64`;
}

/** An address as octets in network order: 4 or 16. The text must be an address. */
export function addressOctets(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  return Buffer.from(groupsOf(address).flatMap((group) => [group >> 8, group & 255]));
}

interface Cidr {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** `address "/" bits`, or an address alone; the bits behind the prefix must be zero. A string says what is wrong. */
function parseCidr(text: string): Cidr | string {
  const [, address = '', bitsText] = /^([^/]*)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || address.includes('%')) {
    return `"${text}" is not a network: write an address, or an address and a prefix such as 192.0.2.0/24 or 2001:db8::/32.`;
  }
  const whole = family === 4 ? 32 : 128;
  const bits = bitsText === undefined ? whole : Number(bitsText);
  if (bits > whole) return `"${text}" is not a network: the prefix of an IPv${family} address is at most ${whole}.`;
  const cidr: Cidr = { address, bits, family: family === 4 ? 'ipv4' : 'ipv6' };
  if (!tailIsZero(address, bits)) {
    return `"${text}" is not a network: bits behind the first ${bits} are set. Write ${address} alone for this one address.`;
  }
  return cidr;
}

function tailIsZero(address: string, bits: number): boolean {
  return addressOctets(address).every((octet, i) => {
    const kept = Math.min(8, Math.max(0, bits - i * 8));
    return (octet & (0xff >> kept)) === 0;
  });
}

const lists = new WeakMap<readonly string[], BlockList>();

/** A list of networks is made once and asked often. */
function compiled(networks: readonly string[]): BlockList {
  const known = lists.get(networks);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const cidr of networks.map(parseCidr)) {
    if (typeof cidr === 'string') continue;
    const mapped = cidr.family === 'ipv6' && cidr.bits >= 96 ? normalAddress(cidr.address) : undefined;
    if (mapped !== undefined && isIPv4(mapped)) list.addSubnet(mapped, cidr.bits - 96, 'ipv4');
    else list.addSubnet(cidr.address, cidr.bits, cidr.family);
  }
  lists.set(networks, list);
  return list;
}

const PRIVATE = compiled([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  '64:ff9b:1::/48',
]);

/** The IPv4 address that an IPv6 one leads to: ::a.b.c.d, 64:ff9b::a.b.c.d, 2002:aabb:ccdd::. */
function embedded(groups: readonly number[]): string | undefined {
  const zeros = (from: number, to: number): boolean => groups.slice(from, to).every((group) => group === 0);
  if (groups[0] === 0x2002) return dotted(groups, 1);
  if (groups[0] === 0x64 && groups[1] === 0xff9b && zeros(2, 6)) return dotted(groups, 6);
  if (zeros(0, 6)) return dotted(groups, 6);
  return undefined;
}

function dotted(groups: readonly number[], at: number): string {
  const [high = 0, low = 0] = groups.slice(at, at + 2);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address that `isIPv6` has found good. */
function groupsOf(address: string): number[] {
  const inHex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [front = '', back] = inHex.split('::');
  const left = numbers(front);
  const right = back === undefined ? [] : numbers(back);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
