/** Make-believe name look-ups for tests: a resolver without sockets, and a name server on loopback. */
export { fakeResolver } from './fake-resolver.ts';
export type { FakeResolver } from './fake-resolver.ts';
export { startZoneServer } from './zone-server.ts';
export type { ZoneServer } from './zone-server.ts';
export type { ZoneName, Zones } from './zones.ts';
