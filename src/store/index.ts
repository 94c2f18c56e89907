/** Floor 3: the only room with SQL. */
export type * from './store.ts';
export type * from './mail.ts';
export type * from './sending.ts';
export { StoreError } from './store.ts';
export type { LastNote, NewNote } from './note.ts';
export type { WebSession } from './session.ts';
export { identityOfRemote } from './remote.ts';
export type { RemoteMessage, RemoteOrigin, RemoteRow } from './remote.ts';
export type { Suppression } from './suppression.ts';
export type { TakenBack, TakenBackDelivery } from './take-back.ts';
export type { HostFacts, LoginFacts, ReplyFacts, TlsFacts } from './events.ts';
export { popOctetsOf } from './content/framing.ts';
export { readEmailForPop } from './content/read.ts';
export { openStore } from './sqlite/store.ts';
export type { StoreOptions } from './sqlite/store.ts';
export { phrasesIn, placedWords } from './words.ts';
export type { Phrase } from './words.ts';
