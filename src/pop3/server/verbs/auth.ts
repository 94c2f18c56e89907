/**
 * AUTH mechanism [initial-response] (RFC 5034 §4). The exchange is the mechanism's; here are its frame (base 64,
 * "+ ", "*") and its end. AUTH alone lists the mechanisms: no standard has that, but clients ask so since RFC 1734.
 */
import { decodeBase64, saslMechanism, saslMechanisms } from '../../../sasl/index.ts';
import type { SaslExchange, SaslMechanism, SaslStep } from '../../../sasl/index.ts';
import { parseArguments } from '../../grammar/command.ts';
import { parsed } from '../../grammar/parsed.ts';
import { refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { logIn } from '../login.ts';
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
  // Whether a mechanism shows the password is its own property, looked at below.
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
    return isOffered(session, known) ? authenticate(session, known, initial) : refuse(NEEDS_TLS);
  },
  // Announced in both states, as RFC 2449 §6.3 has it.
  capabilities(session) {
    const names = offered(session);
    return names.length === 0 ? [] : [{ name: 'SASL', parameters: names }];
  },
});

function listMechanisms(session: Session): Answer {
  const lines = offered(session);
  if (lines.length === 0) return refuse(NEEDS_TLS);
  return { kind: 'listing', text: 'Mechanisms follow', lines };
}

function offered(session: Session): readonly string[] {
  return saslMechanisms.filter((mechanism) => isOffered(session, mechanism)).map((mechanism) => mechanism.name);
}

function isOffered(session: Session, mechanism: SaslMechanism): boolean {
  return !mechanism.plaintext || mayShowPassword(session);
}

async function authenticate(session: Session, mechanism: SaslMechanism, initial: string | undefined): Promise<Answer> {
  const exchange = mechanism.create();
  const first = initial === undefined ? { kind: 'none' as const } : decodeResponse(initial);
  if (first.kind === 'refused') return refuse(first.refusal);
  let step = exchange.next(first.kind === 'none' ? undefined : first.data);
  while (step.kind === 'challenge') {
    const next = await answerTo(session, exchange, step.data);
    if (next.kind === 'refused') return refuse(next.refusal);
    step = next;
  }
  return step.kind === 'password'
    ? await logIn(session, step.login)
    : refuse(misunderstood({ text: step.text, rule: 'auth-malformed' }));
}

type Refused = { readonly kind: 'refused'; readonly refusal: Parameters<typeof refuse>[0] };

/** continue-req = "+" SP [base64] CRLF; the answer is base 64, or "*" (RFC 5034 §4, §6). */
async function answerTo(session: Session, exchange: SaslExchange, challenge: Buffer): Promise<SaslStep | Refused> {
  session.wire.write(`+ ${challenge.toString('base64')}\r\n`);
  const line = await session.readLine(LONGEST_RESPONSE);
  if (line.kind === 'too-long') return { kind: 'refused', refusal: LINE_TOO_LONG };
  const text = line.bytes.toString('latin1');
  if (text === '*') return { kind: 'refused', refusal: AUTH_CANCELLED };
  const data = decodeBase64(text);
  return data === undefined ? { kind: 'refused', refusal: NOT_BASE64 } : exchange.next(data);
}

/** initial-response = base64 / "="; the "=" stands for no octets at all (RFC 5034 §4). */
function decodeResponse(text: string): { readonly kind: 'data'; readonly data: Buffer } | Refused {
  const data = text === '=' ? Buffer.alloc(0) : decodeBase64(text);
  return data === undefined ? { kind: 'refused', refusal: NOT_BASE64 } : { kind: 'data', data };
}
