/** Floor 1: SASL exchanges as pure values (RFC 4422). */
export { authenticate } from './authenticate.ts';
export { decodeBase64 } from './base64.ts';
export type { ClientLogin, SaslClient } from './client.ts';
export { chooseMechanism, offeredMechanisms, saslMechanism } from './mechanisms.ts';
export type { SaslMechanism } from './mechanisms.ts';
export { chooseTokenMechanism } from './oauth-client.ts';
export type { TokenLogin } from './oauth-client.ts';
export { preparePassword } from './prepare.ts';
export { decoyVerifier, makeScramVerifier, parseScramVerifier } from './scram.ts';
export type { ScramVerifier } from './scram.ts';
export type {
  LoginClaim,
  LoginVerdict,
  PasswordLogin,
  ProofAttempt,
  SaslBackend,
  SaslExchange,
  SaslPeer,
  SaslStep,
} from './server.ts';
