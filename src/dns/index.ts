/** Floor 2: name look-ups. */
export type { DnsAnswer, MxRecord, Resolver } from './resolver.ts';
export { systemResolver } from './system-resolver.ts';
