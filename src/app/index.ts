/** Floor 9: from a configuration to a running host. The only place that wires. */
export { DirectoryError, domainName, weakness } from '../accounts/index.ts';
export { inWords } from '../journey/index.ts';
export { becauseOf, EVERY_STATE, explainReason, reasonOfEntry } from '../queue/index.ts';
export type { OperatorAction, OperatorSelection, ReasonSummary, TakenBackRecipient } from '../queue/index.ts';
export type { AttemptRecord, DeliveryState, QueueEntry, QueueFilter } from '../store/index.ts';
export { openKeeper } from './keeper.ts';
export type { AccountView, Keeper, QueueView } from './keeper.ts';
export type { SuppressionView } from './suppressions.ts';
export type { Target, TrickResult } from '../servers/index.ts';
export { parseRoles, ROLES } from './roles.ts';
export type { Role } from './roles.ts';
export { openHost } from './serve.ts';
export type { Door } from './listeners.ts';
export type { Host } from './serve.ts';
export type { RunningServer } from './doors.ts';
export type { Status } from './status.ts';
export type { FirstAccount } from './first-run.ts';
