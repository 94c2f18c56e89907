/** Whether an account's submission server takes its login: tried before the account is saved, and nothing is sent. */
import type { Clock } from '../base/index.ts';
import { isPositive, replyText } from '../mail/index.ts';
import { dial } from '../net/index.ts';
import type { DialOptions, Wire } from '../net/index.ts';
import { chooseMechanism, chooseTokenMechanism } from '../sasl/index.ts';
import type { SaslClient } from '../sasl/index.ts';
import { SmtpClientSession } from '../smtp/index.ts';
import type { Answer } from '../smtp/index.ts';
import type { RemoteLogin } from './connect.ts';
import { isOnThisMachine } from './server.ts';
import type { MailServer } from './server.ts';
import { tokenRefused, TroubleError } from './trouble.ts';
import type { Trouble } from './trouble.ts';
import { handshake, trust, wouldBeClear } from './trust.ts';

export interface SubmissionParts {
  readonly server: MailServer;
  readonly login: RemoteLogin;
  readonly clock: Clock;
  /** What we call ourselves in EHLO. */
  readonly hostname: string;
  readonly signal?: AbortSignal;
  readonly dialTo?: (options: DialOptions) => Promise<Wire>;
}

export interface SubmissionFacts {
  /** Octets of the largest message it takes, where it says so (RFC 1870). */
  readonly largest?: number;
}

const TIMEOUT = 60_000;
const TIMEOUTS = { greeting: TIMEOUT, command: TIMEOUT, data: TIMEOUT, block: TIMEOUT, dot: TIMEOUT };

/** Rejects with TroubleError or WireError. */
export async function trySubmission(parts: SubmissionParts): Promise<SubmissionFacts> {
  const { server, clock, hostname, signal, dialTo = dial } = parts;
  const { host, port, protection } = server;
  if (protection === 'clear' && !isOnThisMachine(server)) throw new TroubleError(wouldBeClear(server));
  const wire = await dialTo({
    host,
    port,
    clock,
    timeout: TIMEOUT,
    ...(protection === 'implicit' ? { implicitTls: handshake(server) } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    if (protection === 'implicit') trust(wire.tls, server);
    const client = new SmtpClientSession(wire, clock, { hostname, protocol: 'smtp', timeouts: TIMEOUTS });
    check(await client.greet(), server, 'greeting');
    check(await client.hello(), server, 'introducing ourselves');
    if (protection === 'starttls') await startTls(client, server);
    await logIn(client, parts);
    const { size } = client.capabilities;
    await client.quit();
    return size === undefined || size === 0 ? {} : { largest: size };
  } finally {
    wire.destroy();
  }
}

async function startTls(client: SmtpClientSession, server: MailServer): Promise<void> {
  const offered = client.capabilities.startTls;
  const result = offered ? await client.startTls({ role: 'client', ...handshake(server) }) : undefined;
  if (result === undefined || result.kind === 'refused') throw new TroubleError(noTls(server, offered));
  if (result.kind === 'trouble') throw new TroubleError(broken(server, result.problem));
  trust(client.tls, server);
  check(await client.hello(), server, 'introducing ourselves');
}

async function logIn(client: SmtpClientSession, { login, server }: SubmissionParts): Promise<void> {
  const exchange = exchangeFor(client, login, server);
  if (exchange === undefined)
    throw new TroubleError({
      kind: 'no-login',
      what: `There is no way to log in at ${server.host}.`,
      why: `It offers: ${client.capabilities.auth.join(', ') || 'nothing'}.`,
      you: 'See whether the port is the one for mail programs (465 or 587), and how your provider has them log in.',
      next: 'ask',
    });
  const answer = await client.auth(exchange);
  if (answer.kind === 'reply' && answer.reply.code >= 500)
    throw new TroubleError(
      'token' in login ? { ...tokenRefused(server), words: replyText(answer.reply) } : wrongLogin(server, answer),
    );
  check(answer, server, 'logging in');
}

function exchangeFor(client: SmtpClientSession, login: RemoteLogin, server: MailServer): SaslClient | undefined {
  const { auth } = client.capabilities;
  if ('token' in login) {
    if (server.protection === 'clear') throw new TroubleError(wouldBeClear(server));
    return chooseTokenMechanism(auth, { ...login, host: server.host, port: server.port });
  }
  return chooseMechanism(auth, client.tls !== undefined || isOnThisMachine(server), undefined, client)?.connect(login);
}

function check(answer: Answer, server: MailServer, doing: string): void {
  if (answer.kind === 'trouble') throw new TroubleError(broken(server, answer.problem));
  if (isPositive(answer.reply)) return;
  throw new TroubleError({
    kind: answer.reply.code < 500 ? 'server-busy' : 'refused',
    what: `${server.host} refused.`,
    why: `While ${doing}, it said no; its words are beside this.`,
    you:
      answer.reply.code < 500
        ? 'Try again in a moment.'
        : 'See whether this is the server your provider names for sending.',
    next: answer.reply.code < 500 ? 'again' : 'ask',
    words: replyText(answer.reply),
  });
}

function broken({ host }: MailServer, problem: string): Trouble {
  return {
    kind: 'no-answer',
    what: `The conversation with ${host} broke off.`,
    why: `${problem}.`,
    you: 'See whether name and port are right, and try again.',
    next: 'again',
  };
}

function wrongLogin({ host }: MailServer, answer: Extract<Answer, { kind: 'reply' }>): Trouble {
  return {
    kind: 'wrong-login',
    what: `${host} did not accept the login for sending.`,
    why: 'The name or the password is wrong, or the provider wants a password of its own for mail programs. Its words say which.',
    you: 'Enter the password again, or make an app password at the provider.',
    next: 'ask',
    words: replyText(answer.reply),
  };
}

function noTls({ host }: MailServer, offered: boolean): Trouble {
  return {
    kind: 'no-tls',
    what: `${host} does not change to a private line (STARTTLS).`,
    why: offered
      ? 'It says that it can, and then refuses.'
      : 'It does not offer it; or somebody in between has taken the offer out, to read your password.',
    you: 'Use port 465 (smtps://), where the line is private from the start. Your password was not sent.',
    next: 'ask',
  };
}
