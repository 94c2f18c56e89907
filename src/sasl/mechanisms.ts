/** The mechanisms we speak, one row each; what is offered and what is understood comes from the same rows. */
import type { ClientLogin, ClientPlace, SaslClient } from './client.ts';
import { isBindable } from './line.ts';
import type { SaslLine } from './line.ts';
import { loginClient, loginServer } from './login.ts';
import { plainClient, plainServer } from './plain.ts';
import { scramClient } from './scram-client.ts';
import { scramServer } from './scram-server.ts';
import type { SaslBackend, SaslExchange } from './server.ts';

export interface SaslMechanism {
  readonly name: string;
  /** The password crosses the line as it is: only under TLS, or where plain logins are allowed (RFC 4954 §4). */
  readonly plaintext: boolean;
  /** The password is proven: only with a backend that has verifiers. */
  readonly byProof: boolean;
  /** The login is bound to the TLS connection: only where that can be. */
  readonly bound: boolean;
  /** A new exchange of the server's side. */
  create(line?: SaslLine): SaslExchange;
  /** A new exchange of the client's side. */
  connect(login: ClientLogin, place?: ClientPlace): SaslClient;
}

const PLUS = 'SCRAM-SHA-256-PLUS';

/** In the order they are offered, and preferred by our own client: the first is the best. */
export const saslMechanisms: readonly SaslMechanism[] = [
  {
    name: PLUS,
    plaintext: false,
    byProof: true,
    bound: true,
    create: (line) => scramServer({ plus: true, line }),
    connect: (login, place) => scramClient(login, { plus: true, place }),
  },
  {
    name: 'SCRAM-SHA-256',
    plaintext: false,
    byProof: true,
    bound: false,
    create: (line) => scramServer({ plus: false, line }),
    connect: (login, place) => scramClient(login, { plus: false, place }),
  },
  { name: 'PLAIN', plaintext: true, byProof: false, bound: false, create: plainServer, connect: plainClient },
  { name: 'LOGIN', plaintext: true, byProof: false, bound: false, create: loginServer, connect: loginClient },
];

/** By name, in any letter case (RFC 4422 §3.1 says upper case; clients differ). */
export function saslMechanism(name: string): SaslMechanism | undefined {
  const upper = name.toUpperCase();
  return saslMechanisms.find((mechanism) => mechanism.name === upper);
}

/** The line as an exchange with this backend may see it. */
export function bindingLine(backend: SaslBackend<unknown>, line: SaslLine): SaslLine {
  return backend.unbound === true ? {} : line;
}

/** What a server with this backend can offer on this line, the best first. Whether logins are allowed there at all is not asked. */
export function offeredMechanisms(backend: SaslBackend<unknown>, line: SaslLine): readonly SaslMechanism[] {
  const bindable = isBindable(bindingLine(backend, line));
  return saslMechanisms.filter((row) => (!row.byProof || backend.proof !== undefined) && (!row.bound || bindable));
}

/**
 * The best mechanism that the server offered and we speak; undefined when there is none. It connects on `line`.
 * `confidential` says whether the line is encrypted: without that no plaintext mechanism is chosen.
 * `wanted` narrows the choice to those names.
 */
export function chooseMechanism(
  offered: readonly string[],
  confidential: boolean,
  wanted?: readonly string[],
  line: SaslLine = {},
): SaslMechanism | undefined {
  const names = new Set(offered.map((name) => name.toUpperCase()));
  const narrowed = wanted === undefined ? undefined : new Set(wanted.map((name) => name.toUpperCase()));
  const bindable = isBindable(line);
  const best = saslMechanisms.find(
    (row) =>
      names.has(row.name) &&
      narrowed?.has(row.name) !== false &&
      (confidential || !row.plaintext) &&
      (bindable || !row.bound),
  );
  const place = { line, plusOffered: names.has(PLUS) };
  return best === undefined ? undefined : { ...best, connect: (login) => best.connect(login, place) };
}
