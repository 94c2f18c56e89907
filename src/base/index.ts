/** Floor 0: time, ids, the log, processes. Knows nothing of mail. */
export { sleep, systemClock } from './clock.ts';
export type { Cancel, Clock } from './clock.ts';
export { isId, newId, newTicket } from './ids.ts';
export { describeError, openLog, silentLog } from './log.ts';
export type { LogFields, Logger, LogLevel } from './log.ts';
export { isGone, thisProcess } from './process.ts';
export type { ProcessIdentity } from './process.ts';
export { openSeal } from './sealing.ts';
export type { Seal } from './sealing.ts';
export { utc } from './utc.ts';
