/**
 * The line to a provider's POP3 server, up to the login: TLS first, then who answers is looked at, then, and only then,
 * the password.
 */
import type { Clock } from '../base/index.ts';
import { dial } from '../net/index.ts';
import type { DialOptions, Wire } from '../net/index.ts';
import { Pop3Connection, Pop3Error } from '../pop3/index.ts';
import type { Capability } from '../pop3/index.ts';
import { chooseTokenMechanism } from '../sasl/index.ts';
import type { ClientLogin } from '../sasl/index.ts';
import { isOnThisMachine } from './server.ts';
import type { MailServer } from './server.ts';
import { tokenRefused, TroubleError } from './trouble.ts';
import { handshake, trust, wouldBeClear } from './trust.ts';

export interface Connected {
  readonly pop: Pop3Connection;
  readonly wire: Wire;
  /** As the server said behind the login. */
  readonly capabilities: readonly Capability[];
}

/** A password, or a token that the provider gave out instead (OAUTHBEARER, XOAUTH2). */
export type RemoteLogin = ClientLogin | { readonly name: string; readonly token: string };

export interface ConnectParts {
  readonly server: MailServer;
  readonly login: RemoteLogin;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Default: over the network. */
  readonly dialTo?: (options: DialOptions) => Promise<Wire>;
  /** In clear off this machine, because somebody wished it on purpose. */
  readonly clearOnPurpose?: boolean;
}

/** Milliseconds for an answer. RFC 1939 §3 has servers wait ten minutes; people don't. */
const TIMEOUT = 60_000;

/** Rejects with TroubleError, Pop3Error or WireError; the line is closed then. */
export async function connect(parts: ConnectParts): Promise<Connected> {
  const { server, clock, signal, dialTo = dial } = parts;
  if (server.protection === 'clear' && !isOnThisMachine(server) && parts.clearOnPurpose !== true)
    throw new TroubleError(wouldBeClear(server));
  const wire = await dialTo({
    host: server.host,
    port: server.port,
    clock,
    timeout: TIMEOUT,
    ...(server.protection === 'implicit' ? { implicitTls: handshake(server) } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    if (server.protection === 'implicit') trust(wire.tls, server);
    const pop = await Pop3Connection.open(wire);
    if (server.protection === 'starttls') await startTls(pop, wire, server);
    await logIn(pop, parts, wire);
    return { pop, wire, capabilities: await pop.capa() };
  } catch (error) {
    wire.destroy();
    throw error;
  }
}

/** RFC 2595 §4. A server that offers no STLS, though it did when the account was made, may be somebody in between. */
async function startTls(pop: Pop3Connection, wire: Wire, server: MailServer): Promise<void> {
  const offered = (await pop.capa()).some(({ name }) => name === 'STLS');
  try {
    // Servers from before CAPA know STLS too: it is asked for in any case.
    await pop.stls(handshake(server));
  } catch (error) {
    if (!(error instanceof Pop3Error) || error.kind !== 'refused') throw error;
    throw new TroubleError({ ...noTls(server, offered), words: error.words }, { cause: error });
  }
  trust(wire.tls, server);
}

/** AUTH where the server lists a mechanism we speak (SCRAM before PLAIN), else USER and PASS. */
async function logIn(pop: Pop3Connection, { login, server }: ConnectParts, wire: Wire): Promise<void> {
  const capabilities = await pop.capa();
  const listed = capabilities.find(({ name }) => name === 'SASL')?.parameters ?? [];
  if ('token' in login) return await showToken(pop, login, { listed, server });
  if (listed.length === 0) return await pop.login(login);
  try {
    await pop.authenticate(login, capabilities);
  } catch (error) {
    // On this machine, or on purpose, the line is in clear: then only USER and PASS are left.
    if (!(error instanceof Pop3Error) || error.kind !== 'impossible' || wire.tls !== undefined) throw error;
    await pop.login(login);
  }
}

/** A token is a password too: never in clear, whatever the machine. */
async function showToken(
  pop: Pop3Connection,
  login: { readonly name: string; readonly token: string },
  { listed, server }: { readonly listed: readonly string[]; readonly server: MailServer },
): Promise<void> {
  if (server.protection === 'clear') throw new TroubleError(wouldBeClear(server));
  const exchange = chooseTokenMechanism(listed, { ...login, host: server.host, port: server.port });
  if (exchange === undefined)
    throw new Pop3Error({ kind: 'impossible', doing: 'logging in', words: 'the server takes no tokens' });
  try {
    await pop.authenticateWith(exchange);
  } catch (error) {
    // Other codes speak of the mailbox (IN-USE, LOGIN-DELAY, SYS/TEMP), not of the token.
    if (!(error instanceof Pop3Error) || error.kind !== 'refused' || !TOKEN_CODES.has(error.code?.toUpperCase() ?? ''))
      throw error;
    throw new TroubleError({ ...tokenRefused(server), words: error.words }, { cause: error });
  }
}

const TOKEN_CODES: ReadonlySet<string> = new Set(['', 'AUTH']);

function noTls({ host }: MailServer, offered: boolean): ConstructorParameters<typeof TroubleError>[0] {
  return {
    kind: 'no-tls',
    what: `${host} does not change to a private line (STLS).`,
    why: offered
      ? 'It says that it can, and then refuses.'
      : 'It does not offer it; or somebody in between has taken the offer out, to read your password.',
    you: 'Use port 995 (pop3s://), where the line is private from the start. Your password was not sent.',
    next: 'ask',
  };
}
