/** Floor 1: SASL exchanges as pure values (RFC 4422). */
export type { LoginVerdict, PasswordLogin, SaslBackend, SaslExchange, SaslStep } from './server.ts';
