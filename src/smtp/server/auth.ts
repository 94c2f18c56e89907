/**
 * AUTH (RFC 4954): frames the steps of a SASL exchange. What a password proves, the listener's
 * backend says; on a listener without one, AUTH is answered 503.
 */
import { reply } from '../../mail/index.ts';
import type { EnhancedCode, Reply } from '../../mail/index.ts';
import { WireError } from '../../net/index.ts';
import { decodeBase64, saslMechanism, saslMechanisms } from '../../sasl/index.ts';
import type { PasswordLogin, SaslBackend, SaslMechanism } from '../../sasl/index.ts';
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
    const mechanism = mayAuthenticate(session, args);
    if (isReply(mechanism)) return mechanism;
    const login = await exchange(session, mechanism, args.initial);
    return isReply(login) ? login : check(session, sasl, login);
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

/** The mechanisms of this listener that may be used on this line. */
function offered(session: Session): readonly string[] {
  if (session.settings.sasl === undefined) return [];
  return saslMechanisms.filter((row) => session.mayLogIn || !row.plaintext).map((row) => row.name);
}

/** RFC 4954 §4: after a greeting, not inside a transaction, once. */
function mayAuthenticate(session: Session, { mechanism }: AuthArguments): SaslMechanism | Reply {
  if (session.login !== undefined) return outOfOrder('You are logged in already');
  if (session.state.at === 'connected')
    return outOfOrder(`Say ${session.settings.protocol === 'lmtp' ? 'LHLO' : 'EHLO'} first`);
  if (session.state.at !== 'greeted') return outOfOrder('A login comes before MAIL; send RSET first');
  const row = saslMechanism(mechanism);
  if (row === undefined) return reply(504, '5.5.4', 'This mechanism is not known here', { rule: 'unknown-mechanism' });
  if (row.plaintext && !session.mayLogIn)
    return reply(538, '5.7.11', 'A password may not cross an open line: use TLS first', { rule: 'tls-needed' });
  return row;
}

/** Challenges and responses, until the exchange has a name and password, or is over. */
async function exchange(
  session: Session,
  mechanism: SaslMechanism,
  initial: string | undefined,
): Promise<PasswordLogin | Reply> {
  const steps = mechanism.create();
  let response = initial === undefined ? undefined : decodeInitial(initial);
  for (;;) {
    if (isReply(response)) return response;
    const step = steps.next(response);
    if (step.kind === 'password') return step.login;
    if (step.kind === 'malformed') return malformed(step.text);
    session.wire.write(formatChallenge(step.data));
    response = await readResponse(session);
  }
}

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

/** RFC 4954 §6. What the verdict says of a wrong name and a wrong password is the same. */
async function check(session: Session, sasl: SaslBackend<SmtpLogin>, login: PasswordLogin): Promise<Reply> {
  const peer = { address: session.wire.peer.address, sessionId: session.sessionId };
  const verdict = await sasl.password(login, peer).catch((cause: unknown) => {
    session.log.error('A login could not be checked', { error: cause });
    return {
      kind: 'busy',
      rule: 'login-unavailable',
      text: 'The login can not be checked now; please try again later',
    } as const;
  });
  switch (verdict.kind) {
    case 'accepted':
      session.login = verdict.login;
      return reply(235, '2.7.0', 'You are logged in');
    case 'busy':
      return reply(454, '4.7.0', verdict.text, { rule: verdict.rule });
    case 'refused':
      session.loginFailures += 1;
      return reply(535, '5.7.8', verdict.text, { rule: verdict.rule });
  }
}
