/**
 * AUTH mechanism [initial-response] (RFC 5034 §4). The exchange is the mechanism's; here are its frame (base 64,
 * "+ ", "*") and its end. AUTH alone lists the mechanisms: no standard has that, but clients ask so since RFC 1734.
 */
import { authenticate, decodeBase64, offeredMechanisms, saslMechanism } from '../../../sasl/index.ts';
import type { SaslMechanism } from '../../../sasl/index.ts';
import { parseArguments } from '../../grammar/command.ts';
import { parsed } from '../../grammar/parsed.ts';
import { refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { answerTo, peerOf } from '../login.ts';
import type { Pop3Refusal } from '../policy.ts';
import {
  AUTH_CANCELLED,
  LINE_TOO_LONG,
  MECHANISM_WANTED,
  NEEDS_TLS,
  NOT_BASE64,
  UNKNOWN_MECHANISM,
  misunderstood,
} from '../refusals.ts';
import type { Session } from '../state.ts';
import { mayShowPassword, row } from '../verb.ts';

/** RFC 4954 §4, the same profile: 12,288 octets are enough for every mechanism. */
const LONGEST_RESPONSE = 12_288;

export const AUTH = row({
  name: 'AUTH',
  states: ['authorization'],
  // Looked at below: AUTH alone asks what there is.
  beforeTls: true,
  parse(rest) {
    const values = parseArguments(rest);
    if (!values.ok) return values;
    const [mechanism, initial, ...more] = values.value;
    return more.length > 0 ? MECHANISM_WANTED : parsed({ mechanism, initial });
  },
  run(session, _state, { mechanism, initial }): Answer | Promise<Answer> {
    if (mechanism === undefined) return listMechanisms(session);
    const known = saslMechanism(mechanism);
    if (known === undefined) return refuse(UNKNOWN_MECHANISM);
    if (!mayShowPassword(session)) return refuse(NEEDS_TLS);
    return offered(session).includes(known) ? authenticated(session, known, initial) : refuse(UNKNOWN_MECHANISM);
  },
  // Announced in both states, as RFC 2449 §6.3 has it.
  capabilities(session) {
    const parameters = offered(session).map(({ name }) => name);
    return parameters.length === 0 ? [] : [{ name: 'SASL', parameters }];
  },
});

function listMechanisms(session: Session): Answer {
  const lines = offered(session).map(({ name }) => name);
  if (lines.length === 0) return refuse(NEEDS_TLS);
  return { kind: 'listing', text: 'Mechanisms follow', lines };
}

/** None where a password could be seen, not even those that don't show it (RFC 8314 §4.1): the mail itself could be. */
function offered(session: Session): readonly SaslMechanism[] {
  return mayShowPassword(session) ? offeredMechanisms(session.context.settings.sasl, session.wire) : [];
}

async function authenticated(session: Session, mechanism: SaslMechanism, initial: string | undefined): Promise<Answer> {
  const first = initial === undefined ? undefined : decodeInitial(initial);
  if (first !== undefined && 'rule' in first) return refuse(first);
  const outcome = await authenticate({
    mechanism,
    line: session.wire,
    backend: session.context.settings.sasl,
    peer: peerOf(session),
    initial: first,
    ask: (challenge) => ask(session, challenge),
  });
  switch (outcome.kind) {
    case 'stopped':
      return refuse(outcome.by);
    case 'malformed':
      return refuse(misunderstood({ text: outcome.text, rule: 'auth-malformed' }));
    default:
      return await answerTo(session, outcome);
  }
}

/** continue-req = "+" SP [base64] CRLF; the answer is base 64, or "*" (RFC 5034 §4, §6). */
async function ask(session: Session, challenge: Buffer): Promise<Buffer | Pop3Refusal> {
  session.wire.write(`+ ${challenge.toString('base64')}\r\n`);
  const line = await session.readLine(LONGEST_RESPONSE);
  if (line.kind === 'too-long') return LINE_TOO_LONG;
  const text = line.bytes.toString('latin1');
  return text === '*' ? AUTH_CANCELLED : (decodeBase64(text) ?? NOT_BASE64);
}

/** initial-response = base64 / "="; the "=" stands for no octets at all (RFC 5034 §4). */
function decodeInitial(text: string): Buffer | Pop3Refusal {
  return text === '=' ? Buffer.alloc(0) : (decodeBase64(text) ?? NOT_BASE64);
}
