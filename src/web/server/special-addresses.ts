/**
 * Addresses that are no place on the public Internet, so that nobody's letter makes this host knock at
 * a neighbour's door: the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890), with the
 * tunnels and translations whose inside nobody can see from the outside.
 */
import { isIPv4 } from 'node:net';
import { inNetworks, normalAddress } from '../../net/index.ts';

/** Network → what it is for. */
export const SPECIAL: Readonly<Record<string, string>> = {
  '0.0.0.0/8': 'this network (RFC 791)',
  '10.0.0.0/8': 'private (RFC 1918)',
  '100.64.0.0/10': 'shared by the customers of a provider (RFC 6598)',
  '127.0.0.0/8': 'this machine (RFC 1122)',
  '169.254.0.0/16': 'link-local, with the metadata services of clouds (RFC 3927)',
  '172.16.0.0/12': 'private (RFC 1918)',
  '192.0.0.0/24': 'protocols of the IETF (RFC 6890)',
  '192.0.2.0/24': 'for documentation (RFC 5737)',
  '192.31.196.0/24': 'AS112 (RFC 7535)',
  '192.52.193.0/24': 'multicast tunnels (RFC 7450)',
  '192.88.99.0/24': '6to4 relays (RFC 7526)',
  '192.168.0.0/16': 'private (RFC 1918)',
  '192.175.48.0/24': 'AS112 (RFC 7534)',
  '198.18.0.0/15': 'for measuring (RFC 2544)',
  '198.51.100.0/24': 'for documentation (RFC 5737)',
  '203.0.113.0/24': 'for documentation (RFC 5737)',
  '224.0.0.0/4': 'multicast (RFC 5771)',
  '240.0.0.0/4': 'reserved, with the broadcast address (RFC 1112)',
  '64:ff9b::/96': 'IPv4 behind a translator (RFC 6052)',
  '64:ff9b:1::/48': 'IPv4 behind a local translator (RFC 8215)',
  '100::/64': 'discarded (RFC 6666)',
  '2001::/23': 'protocols of the IETF, Teredo among them (RFC 2928, 4380)',
  '2001:db8::/32': 'for documentation (RFC 3849)',
  '2002::/16': 'IPv4 inside 6to4 (RFC 3056)',
  '2620:4f:8000::/48': 'AS112 (RFC 7534)',
  '3fff::/20': 'for documentation (RFC 9637)',
};
const NETWORKS = Object.keys(SPECIAL);

/** All that is given to the world so far (RFC 4291 §2.4); what is not in it is loopback, local, multicast or nobody's. */
const GLOBAL_UNICAST = ['2000::/3'];

/** Whether an address may be anybody's on the Internet. IPv4 in an IPv6 dress counts as that IPv4 address. */
export function isPublicAddress(text: string): boolean {
  const address = normalAddress(text);
  if (address === undefined || inNetworks(address, NETWORKS)) return false;
  return isIPv4(address) || inNetworks(address, GLOBAL_UNICAST);
}
