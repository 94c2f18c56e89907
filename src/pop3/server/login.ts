/**
 * The way from a name and a password to an open maildrop (RFC 1939 §4), the same for PASS and for every mechanism
 * of AUTH: the backend says who it is, the policy locks and lists the maildrop, and only then the state changes.
 */
import { ok, refuse } from './answer.ts';
import type { Answer } from './answer.ts';
import type { LoginVerdict, PasswordLogin, SaslPeer } from '../../sasl/index.ts';
import { DeletionMarks } from './marks.ts';
import type { Pop3Login, Pop3Refusal } from './policy.ts';
import type { Session } from './state.ts';
import { dropInWords } from './words.ts';

export async function logIn(session: Session, credentials: PasswordLogin): Promise<Answer> {
  const verdict = await session.context.settings.sasl.password(credentials, peerOf(session));
  return await answerTo(session, verdict);
}

/** Who asks, as backends count it. */
export function peerOf({ client }: Session): SaslPeer {
  return { address: client.peer.address, sessionId: client.sessionId };
}

export async function answerTo(session: Session, verdict: LoginVerdict<Pop3Login>): Promise<Answer> {
  switch (verdict.kind) {
    case 'accepted':
      return await openMaildrop(session, verdict.login);
    case 'refused':
      return loginFailed(session, { code: 'AUTH', text: verdict.text, rule: verdict.rule });
    case 'busy':
      return refuse({ code: 'SYS/TEMP', text: verdict.text, rule: verdict.rule });
  }
}

/** RFC 3206 §5: [AUTH] says that the name or the password is the matter, and nothing else. */
function loginFailed(session: Session, refusal: Pop3Refusal): Answer {
  session.loginFailures++;
  if (session.loginFailures < session.context.settings.maxLoginFailures) return refuse(refusal);
  session.state = { kind: 'ended', why: 'too many failed logins' };
  return refuse({ ...refusal, text: `${refusal.text}; too many failed logins, the connection closes` });
}

async function openMaildrop(session: Session, login: Pop3Login): Promise<Answer> {
  const opened = await session.context.policy.open(session.client, login);
  if ('rule' in opened) return refuse(opened);
  const marks = new DeletionMarks(opened);
  session.state = { kind: 'transaction', login, maildrop: opened, marks };
  return ok(`Logged in; the maildrop has ${dropInWords(marks.left)}`);
}
