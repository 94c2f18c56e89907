/** Floor 1: SASL exchanges as pure values (RFC 4422). */
export { decodeBase64 } from './base64.ts';
export type { ClientLogin, SaslClient } from './client.ts';
export { chooseMechanism, saslMechanism, saslMechanisms } from './mechanisms.ts';
export type { SaslMechanism } from './mechanisms.ts';
export { preparePassword } from './prepare.ts';
export { makeScramVerifier } from './scram.ts';
export type { LoginVerdict, PasswordLogin, SaslBackend, SaslExchange, SaslStep } from './server.ts';
