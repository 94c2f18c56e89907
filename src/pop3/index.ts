/** Floor 2: POP3 (RFC 1939), both sides. Knows no accounts and no store; the policy does. */
export { Pop3Connection } from './client/connection.ts';
export { Pop3Error } from './client/error.ts';
export type { Capability } from './grammar/listing.ts';
export type {
  Maildrop,
  Pop3Client,
  Pop3Login,
  Pop3Policy,
  Pop3Refusal,
  Pop3ServerSettings,
  Pop3SessionContext,
} from './server/policy.ts';
export { servePop3 } from './server/session.ts';
export type { Pop3ServerContext } from './server/state.ts';
