/** Floor 6: the client's side of a mailbox: mail collected from other providers, and how their servers are found. */
export { Collector } from './collector.ts';
export type { Visiting } from './collector.ts';
export type { LeaveRule } from './ledger.ts';
export { canonicalSender, Remotes } from './remotes.ts';
export type { MessageThere, Remote, Tried } from './remotes.ts';
export type { SeenMessage } from './there.ts';
export type { Standing } from './schedule.ts';
export { formatServer, parseServer } from './server.ts';
export type { MailServer } from './server.ts';
export { DEFAULTS } from './settings.ts';
export type { RemoteSecrets, RemoteSettings } from './settings.ts';
export { TroubleError, troubleOf } from './trouble.ts';
export type { Trouble } from './trouble.ts';
export { discover } from './discovery/ladder.ts';
export type { Candidate, LadderParts, Rung } from './discovery/ladder.ts';
export { httpsGet } from './discovery/https-get.ts';
export { probe, webFetch } from './discovery/web.ts';
export type { VisitProgress } from './visit.ts';
