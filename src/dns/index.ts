/** Floor 2: name look-ups. */
export { lookupBy } from './lookup.ts';
export type { DnsAnswer, MxRecord, Resolver, SrvRecord } from './resolver.ts';
export { systemResolver } from './system-resolver.ts';
