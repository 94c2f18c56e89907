/** Make-believe name look-ups for tests: a resolver without sockets, and a name server on loopback. */
export { fakeResolver } from './fake-resolver.ts';
export type { FakeResolver } from './fake-resolver.ts';
export { startZoneServer } from './fake-zone-server.ts';
export type { ZoneServer } from './fake-zone-server.ts';
export type { ZoneName, Zones } from './fake-zones.ts';
