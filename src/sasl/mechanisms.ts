/** The mechanisms we speak, one row each; what is offered and what is understood comes from the same rows. */
import type { ClientLogin, SaslClient } from './client.ts';
import { loginClient, loginServer } from './login.ts';
import { plainClient, plainServer } from './plain.ts';
import type { SaslExchange } from './server.ts';

export interface SaslMechanism {
  readonly name: string;
  /** The password crosses the line as it is: only under TLS, or where plain logins are allowed (RFC 4954 §4). */
  readonly plaintext: boolean;
  /** A new exchange of the server's side. */
  create(): SaslExchange;
  /** A new exchange of the client's side. */
  connect(login: ClientLogin): SaslClient;
}

/** In the order they are offered, and preferred by our own client: the first is the best. */
export const saslMechanisms: readonly SaslMechanism[] = [
  { name: 'PLAIN', plaintext: true, create: plainServer, connect: plainClient },
  { name: 'LOGIN', plaintext: true, create: loginServer, connect: loginClient },
];

/** By name, in any letter case (RFC 4422 §3.1 says upper case; clients differ). */
export function saslMechanism(name: string): SaslMechanism | undefined {
  const upper = name.toUpperCase();
  return saslMechanisms.find((mechanism) => mechanism.name === upper);
}

/**
 * The best mechanism that the server offered and we speak; undefined when there is none.
 * `confidential` says whether the line is encrypted: without that no plaintext mechanism is chosen.
 * `wanted` narrows the choice to those names.
 */
export function chooseMechanism(
  offered: readonly string[],
  confidential: boolean,
  wanted?: readonly string[],
): SaslMechanism | undefined {
  const names = new Set(offered.map((name) => name.toUpperCase()));
  const narrowed = wanted === undefined ? undefined : new Set(wanted.map((name) => name.toUpperCase()));
  return saslMechanisms.find(
    (row) => names.has(row.name) && narrowed?.has(row.name) !== false && (confidential || !row.plaintext),
  );
}
