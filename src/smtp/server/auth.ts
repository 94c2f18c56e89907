/**
 * AUTH (RFC 4954): frames the steps of a SASL exchange. What a login proves, the listener's
 * backend says; on a listener without one, AUTH is answered 503.
 */
import { reply } from '../../mail/index.ts';
import type { EnhancedCode, Reply } from '../../mail/index.ts';
import { WireError } from '../../net/index.ts';
import { authenticate, decodeBase64, offeredMechanisms, saslMechanism } from '../../sasl/index.ts';
import type { SaslBackend, SaslMechanism } from '../../sasl/index.ts';
import { formatChallenge } from '../grammar/format-reply.ts';
import { badArgument, isReply } from '../grammar/refusals.ts';
import type { SmtpLogin } from './policy.ts';
import { outOfOrder } from './replies.ts';
import type { Session } from './session.ts';
import { verb } from './verb.ts';

/** RFC 4954 §4: octets of a base 64 line, CRLF not counted. */
const LONGEST_RESPONSE = 12_288;

/** Wrong passwords that one connection may send (RFC 4954 §9). */
export const MOST_LOGIN_FAILURES = 5;

interface AuthArguments {
  readonly mechanism: string;
  /** As it stands in the command, base 64 or "="; undefined when there is none. */
  readonly initial: string | undefined;
}

export const auth = verb<AuthArguments>({
  name: 'AUTH',
  usage: 'AUTH mechanism [initial-response]',
  states: ['connected', 'greeted', 'mail', 'chunks'],
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  longestLine: LONGEST_RESPONSE,
  keywords: (session) => {
    const names = session.login === undefined ? offered(session) : [];
    return names.length === 0 ? [] : [`AUTH ${names.join(' ')}`];
  },
  parse: parseAuth,
  async run(session, args) {
    const { sasl } = session.settings;
    if (sasl === undefined) return noLoginHere();
    const mechanism = mayAuthenticate(session, sasl, args);
    if (isReply(mechanism)) return mechanism;
    const initial = args.initial === undefined ? undefined : decodeInitial(args.initial);
    return isReply(initial) ? initial : await logIn(session, sasl, mechanism, initial);
  },
});

/** AUTH SP sasl-mech [SP initial-response] ; initial-response = base64 / "=" (RFC 4954 §8) */
function parseAuth(text: string, session: Session): AuthArguments | Reply {
  const [mechanism, initial, ...more] = text.split(/[ \t]+/);
  if (session.settings.sasl === undefined) return noLoginHere();
  if (mechanism === undefined || mechanism === '' || more.length > 0)
    return badArgument('AUTH wants a mechanism, as in AUTH PLAIN');
  return { mechanism, initial };
}

function noLoginHere(): Reply {
  return outOfOrder('There is no login on this port');
}

/** The mechanisms of this listener that may be used on this line: none where a password could be seen (RFC 8314 §4.1). */
function offered(session: Session): readonly string[] {
  const { sasl } = session.settings;
  if (sasl === undefined || !session.mayLogIn) return [];
  return offeredMechanisms(sasl, session.wire).map((row) => row.name);
}

/** RFC 4954 §4: after a greeting, not inside a transaction, once. */
function mayAuthenticate(
  session: Session,
  sasl: SaslBackend<SmtpLogin>,
  { mechanism }: AuthArguments,
): SaslMechanism | Reply {
  if (session.login !== undefined) return outOfOrder('You are logged in already');
  if (session.state.at === 'connected')
    return outOfOrder(`Say ${session.settings.protocol === 'lmtp' ? 'LHLO' : 'EHLO'} first`);
  if (session.state.at !== 'greeted') return outOfOrder('A login comes before MAIL; send RSET first');
  const row = saslMechanism(mechanism);
  if (row === undefined) return unknownMechanism();
  if (!session.mayLogIn)
    return reply(538, '5.7.11', 'A password may not cross an open line: use TLS first', { rule: 'tls-needed' });
  return offeredMechanisms(sasl, session.wire).includes(row) ? row : unknownMechanism();
}

function unknownMechanism(): Reply {
  return reply(504, '5.5.4', 'This mechanism is not known here', { rule: 'unknown-mechanism' });
}

/** RFC 4954 §6. What the verdict says of a wrong name and a wrong password is the same. */
async function logIn(
  session: Session,
  sasl: SaslBackend<SmtpLogin>,
  mechanism: SaslMechanism,
  initial: Buffer | undefined,
): Promise<Reply> {
  const { wire, sessionId } = session;
  const outcome = await authenticate({
    mechanism,
    line: wire,
    backend: dependable(session, sasl),
    peer: { address: wire.peer.address, sessionId },
    initial,
    ask: async (challenge): Promise<Buffer | Reply> => {
      wire.write(formatChallenge(challenge));
      return await readResponse(session);
    },
  });
  switch (outcome.kind) {
    case 'accepted':
      session.login = outcome.login;
      return reply(235, '2.7.0', 'You are logged in');
    case 'busy':
      return reply(454, '4.7.0', outcome.text, { rule: outcome.rule });
    case 'refused':
      session.loginFailures += 1;
      return reply(535, '5.7.8', outcome.text, { rule: outcome.rule });
    case 'malformed':
      return malformed(outcome.text);
    case 'stopped':
      return outcome.by;
  }
}

/** A backend whose failures are answers: the client may try again. */
function dependable(session: Session, sasl: SaslBackend<SmtpLogin>): SaslBackend<SmtpLogin> {
  const unavailable = (cause: unknown): typeof UNAVAILABLE => {
    session.log.error('A login could not be checked', { error: cause });
    return UNAVAILABLE;
  };
  return {
    ...sasl,
    password: (login, peer) => sasl.password(login, peer).catch(unavailable),
    proof: async (claim, peer) => {
      const attempt = await sasl.proof?.(claim, peer).catch(unavailable);
      if (attempt?.kind !== 'verifier') return attempt ?? UNAVAILABLE;
      return { ...attempt, conclude: (proven) => attempt.conclude(proven).catch(unavailable) };
    },
  };
}

const UNAVAILABLE = {
  kind: 'busy',
  rule: 'login-unavailable',
  text: 'The login can not be checked now; please try again later',
} as const;

/** "=" is an initial response of no octets (RFC 4954 §4). */
function decodeInitial(text: string): Buffer | Reply {
  return text === '=' ? Buffer.alloc(0) : decodeResponse(text);
}

function decodeResponse(text: string): Buffer | Reply {
  return decodeBase64(text) ?? malformed('The response is not base 64');
}

async function readResponse(session: Session): Promise<Buffer | Reply> {
  session.wire.timeout = session.settings.commandTimeout;
  const line = await session.ending.during(true, () => session.wire.readLine(LONGEST_RESPONSE));
  if (line.kind === 'end') throw new WireError('closed', 'The client left in the middle of a login.');
  if (line.kind === 'too-long') return malformed(`A response has at most ${LONGEST_RESPONSE} octets`, '5.5.6', 500);
  const text = line.bytes.toString('latin1');
  return text === '*' ? malformed('The login was cancelled', '5.7.0') : decodeResponse(text);
}

function malformed(text: string, enhanced: EnhancedCode = '5.5.2', code = 501): Reply {
  return reply(code, enhanced, text, { rule: 'bad-login-exchange' });
}
