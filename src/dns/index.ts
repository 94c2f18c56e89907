/** Floor 2: name look-ups, real and make-believe. */
export type { DnsAnswer, MxRecord, Resolver } from './resolver.ts';
