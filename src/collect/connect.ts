/**
 * The line to a provider's POP3 server, up to the login: TLS first, then who answers is looked at, then, and only then,
 * the password.
 */
import type { Clock } from '../base/index.ts';
import { dial } from '../net/index.ts';
import type { DialOptions, TlsState, Wire } from '../net/index.ts';
import { Pop3Connection, Pop3Error } from '../pop3/index.ts';
import type { Capability } from '../pop3/index.ts';
import { chooseTokenMechanism } from '../sasl/index.ts';
import type { ClientLogin } from '../sasl/index.ts';
import { isOnThisMachine } from './server.ts';
import type { MailServer } from './server.ts';
import { TroubleError } from './trouble.ts';

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

function handshake({ host, authorities }: MailServer): { serverName: string; verify: false; authorities?: string } {
  return { serverName: host, verify: false, ...(authorities === undefined ? {} : { authorities }) };
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

/** Who answers is who we think: by its certificate, or by the one a person has compared. */
function trust(tls: TlsState | undefined, server: MailServer): void {
  const shown = tls?.certificate;
  if (server.pinned !== undefined) {
    if (shown?.sha256 === server.pinned) return;
    throw new TroubleError({
      kind: 'certificate-changed',
      what: `${server.host} shows another certificate than the one you trusted.`,
      why: 'Either the provider has renewed it, or somebody else answers in its place.',
      you: 'Go back, and ask the provider which certificate is right. Trust the new one only when the two agree.',
      next: 'ask',
      ...(shown === undefined ? {} : { certificate: shown }),
    });
  }
  if (tls?.verified === true) return;
  throw new TroubleError({
    kind: 'certificate',
    what: `${server.host} can’t prove that it is ${server.host}.`,
    why: `${whyUntrusted(tls?.problem)} Whoever answers could read your password.`,
    you: 'Go back. If it is your own server and you know this certificate by its number (SHA-256), trust exactly this one.',
    next: 'ask',
    ...(shown === undefined ? {} : { certificate: shown }),
  });
}

function whyUntrusted(problem = ''): string {
  switch (problem) {
    case 'CERT_HAS_EXPIRED':
      return 'Its certificate has expired.';
    case 'CERT_NOT_YET_VALID':
      return 'Its certificate is not valid yet; or the clock of this computer is wrong.';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'Its certificate is for another name.';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'Its certificate was signed by itself, so nobody vouches for it.';
    default:
      return 'No authority that this computer trusts stands behind its certificate.';
  }
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
  await pop.authenticateWith(exchange);
}

function wouldBeClear({ host }: MailServer): ConstructorParameters<typeof TroubleError>[0] {
  return {
    kind: 'would-be-clear',
    what: `The line to ${host} would be in clear.`,
    why: 'Everybody between here and there could read your password and your mail.',
    you: 'Use TLS: pop3s:// on port 995, or pop3:// with STLS on port 110.',
    next: 'ask',
  };
}

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
