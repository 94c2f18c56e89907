/**
 * One connection made ready to take a message: dial, TLS as far as it is wanted, greeting, EHLO,
 * login. Every step either leads on or ends in a verdict; what was seen on the way stands in `facts`
 * for the journey.
 */
import type { Clock } from '../base/index.ts';
import { isPositive } from '../mail/index.ts';
import { isLoopback, socketPath, WireError } from '../net/index.ts';
import type { dial } from '../net/index.ts';
import { chooseMechanism, chooseTokenMechanism } from '../sasl/index.ts';
import type { SaslClient } from '../sasl/index.ts';
import { SmtpClientSession } from '../smtp/index.ts';
import type { Answer } from '../smtp/index.ts';
import type { OutboundSettings, Route, Stage, Try } from './outbound.ts';
import { handshakeOptions, secure, trusted } from './tls.ts';
import type { TlsPolicy } from './tls.ts';
import { brokenAt, insecure, noLmtp, refusedBy } from './trouble.ts';
import type { Verdict } from './trouble.ts';

export type Dial = typeof dial;

export interface Target {
  readonly name: string;
  /** An IP address, or "unix:/path". */
  readonly address: string;
  readonly port: number;
  readonly route?: Route;
  readonly tls: TlsPolicy;
}

export interface ConnectionContext {
  readonly settings: OutboundSettings;
  readonly clock: Clock;
  readonly dial: Dial;
  readonly signal: AbortSignal;
}

/** What a Try tells of a connection; filled in as it becomes known. */
export type Facts = { -readonly [Name in 'tls' | 'protocol' | 'login' | 'dsn']?: Exclude<Try[Name], undefined> };

export type Opened =
  | { readonly kind: 'open'; readonly client: SmtpClientSession; readonly facts: Facts }
  | {
      readonly kind: 'stopped';
      readonly verdict: Verdict;
      readonly facts: Facts;
      /** The connection, where there still is one to say QUIT on. */
      readonly client?: SmtpClientSession;
      /** TLS is what broke, and the policy allows to try the same address again without it. */
      readonly tryInClear: boolean;
    };

/** How people find the server again: "mx.b.test [192.0.2.1]:25", "unix:/run/lmtp". */
export function nameOf(target: Target): string {
  if (socketPath(target.address) !== undefined) return target.name;
  const address = `[${target.address}]:${target.port}`;
  return target.name === target.address ? address : `${target.name} ${address}`;
}

/** Never rejects. `onClient` gets the session as soon as it exists, so that it can be cut off. */
export async function open(
  context: ConnectionContext,
  target: Target,
  onClient: (client: SmtpClientSession) => void,
): Promise<Opened> {
  const { settings, clock } = context;
  const connecting = await connect(context, target);
  if ('outcome' in connecting) return { kind: 'stopped', verdict: connecting, facts: {}, tryInClear: false };
  const client = new SmtpClientSession(connecting, clock, {
    hostname: settings.hostname,
    protocol: target.route?.protocol ?? 'smtp',
    timeouts: settings.timeouts,
  });
  onClient(client);
  const facts: Facts = {};
  const stop = await prepare(context, target, client, facts);
  return stop === undefined ? { kind: 'open', client, facts } : { kind: 'stopped', client, facts, ...stop };
}

async function connect(context: ConnectionContext, target: Target): Promise<Awaited<ReturnType<Dial>> | Verdict> {
  const { settings, clock, signal } = context;
  try {
    return await context.dial({
      host: target.address,
      port: target.port,
      clock,
      timeout: settings.timeouts.connect,
      signal,
    });
  } catch (error) {
    const what = error instanceof WireError && error.kind === 'timeout' ? 'timeout' : 'lost';
    const problem = error instanceof Error ? error.message : String(error);
    // The server is named at the end of the sentence already.
    const why = problem.replace(/^\S*:\d+ /, 'it ');
    const verdict = brokenAt('connect', { what, problem: `The server could not be reached: ${why}` }, nameOf(target));
    return target.route?.account === undefined
      ? verdict
      : { ...verdict, reply: { ...verdict.reply, rule: 'provider-unreachable' } };
  }
}

type Stop = { readonly verdict: Verdict; readonly tryInClear: boolean };

/** The steps up to a server that is ready for MAIL; undefined when all went well. */
async function prepare(
  context: ConnectionContext,
  target: Target,
  client: SmtpClientSession,
  facts: Facts,
): Promise<Stop | undefined> {
  const where = nameOf(target);
  const { route } = target;
  const own = route === undefined ? {} : { route };
  const tls = { client, policy: target.tls, settings: context.settings, serverName: target.name, where, ...own };
  if (target.tls === 'implicit') {
    const result = await client.handshake(handshakeOptions(tls));
    if (result.kind === 'trouble') return stopped(brokenAt('tls', result, where));
    note(facts, client);
    const pinned = trusted(tls);
    if (pinned.kind === 'refused') return stopped(pinned.verdict);
  }
  const refused = check('greeting', await client.greet(), where) ?? check('ehlo', await hello(client, facts), where);
  if (refused !== undefined) return stopped(target.route?.protocol === 'lmtp' ? noLmtp(refused) : refused);
  const secured = await secure(tls);
  if (secured.kind === 'refused' || secured.kind === 'broken')
    return stopped(secured.verdict, secured.kind === 'broken');
  if (secured.kind === 'on' && target.tls !== 'implicit') {
    note(facts, client);
    const again = check('ehlo', await hello(client, facts), where);
    // A server whose TLS breaks with its first words inside it is as good as one whose handshake fails.
    if (again !== undefined) return stopped(again, target.tls === 'opportunistic' && !again.remote);
  }
  const login = target.route?.login === undefined ? undefined : await logIn(target, target.route.login, client, facts);
  return login === undefined ? undefined : stopped(login);
}

async function hello(client: SmtpClientSession, facts: Facts): Promise<Answer> {
  const answer = await client.hello();
  if (answer.kind === 'reply' && isPositive(answer.reply)) {
    facts.protocol = client.protocol;
    facts.dsn = client.capabilities.dsn;
  }
  return answer;
}

/** Passwords travel under TLS, to this machine, or where the operator wrote tls = "never"; nowhere else. */
async function logIn(
  target: Target,
  login: NonNullable<Route['login']>,
  client: SmtpClientSession,
  facts: Facts,
): Promise<Verdict | undefined> {
  const where = nameOf(target);
  const confidential = client.tls !== undefined || target.route?.tls === 'never' || isLoopback(target.address);
  const exchange = exchangeFor(target, login, client, confidential);
  if (exchange === undefined) {
    const text = confidential
      ? `${where} offers no login that we know (it offers: ${client.capabilities.auth.join(' ') || 'none'})`
      : `The password for ${where} is not sent in clear, and it offers no TLS; set tls = "never" in the route to allow it`;
    return insecure('auth', '4.7.0', 'login-not-possible', text);
  }
  const refused = check('auth', await client.auth(exchange), where);
  if (refused === undefined) facts.login = { name: login.user, mechanism: exchange.mechanism };
  return refused;
}

/** A token is a password too, and goes over TLS only (RFC 7628 §4). */
function exchangeFor(
  target: Target,
  login: NonNullable<Route['login']>,
  client: SmtpClientSession,
  confidential: boolean,
): SaslClient | undefined {
  const { auth } = client.capabilities;
  if ('token' in login) {
    const server = { host: target.name, port: target.port };
    return client.tls === undefined
      ? undefined
      : chooseTokenMechanism(auth, { name: login.user, token: login.token, ...server });
  }
  const { user: name, password } = login;
  return chooseMechanism(auth, confidential, undefined, client)?.connect({ name, password });
}

function check(stage: Stage, answer: Answer, where: string): Verdict | undefined {
  if (answer.kind === 'trouble') return brokenAt(stage, answer, where);
  return isPositive(answer.reply) ? undefined : refusedBy(stage, answer.reply);
}

function note(facts: Facts, client: SmtpClientSession): void {
  if (client.tls !== undefined) facts.tls = client.tls;
}

function stopped(verdict: Verdict, tryInClear = false): Stop {
  return { verdict, tryInClear };
}
