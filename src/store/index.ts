/** Floor 2: the only room with SQL. */
export type * from './store.ts';
export { StoreError } from './store.ts';
export { EVENT_VERSION } from './events.ts';
export type { HostFacts, LoginFacts, ReplyFacts, TlsFacts } from './events.ts';
export { readEmailForPop } from './content/read.ts';
export { openStore } from './sqlite/store.ts';
export type { StoreOptions } from './sqlite/store.ts';
