/** AUTH (RFC 4954 §4): frames a SASL exchange of sasl/. Responses are secrets: a server that repeats one is not repeated by us. */
import { isPositive } from '../../mail/index.ts';
import { decodeBase64 } from '../../sasl/index.ts';
import type { SaslClient } from '../../sasl/index.ts';
import { phraseOf } from './state.ts';
import type { Answer, Conversation } from './conversation.ts';

/** RFC 5321 §4.5.3.1.4: octets of a command line without its CRLF. A longer initial response waits for the first challenge (RFC 4954 §4). */
const LONGEST_COMMAND = 510;
/** No mechanism needs more turns; a server that asks on for ever is stopped. */
const MOST_CHALLENGES = 10;

/** The 235, or the refusal. */
export async function logIn(talk: Conversation, exchange: SaslClient): Promise<Answer> {
  const secrets = new Set<string>();
  const encode = (octets: Buffer): string => {
    const text = octets.toString('base64');
    if (text !== '') secrets.add(text);
    return text;
  };
  const answer = withoutSecrets(await converse(talk, exchange, encode), secrets);
  return answer.kind === 'reply' && isPositive(answer.reply) && !exchange.mayEnd()
    ? talk.fail('garbled', 'auth', 'The server let us in without showing that it knows the password')
    : answer;
}

async function converse(talk: Conversation, exchange: SaslClient, encode: (octets: Buffer) => string): Promise<Answer> {
  const bare = `AUTH ${exchange.mechanism}`;
  const whole = exchange.initial === undefined ? bare : `${bare} ${encode(exchange.initial) || '='}`;
  const goesAlong = whole.length <= LONGEST_COMMAND;
  talk.say(goesAlong ? whole : bare);
  let held = goesAlong ? undefined : exchange.initial;
  for (let turn = 0; turn < MOST_CHALLENGES; turn++) {
    const answer = await talk.answer('auth');
    if (answer.kind === 'trouble' || !isChallenge(answer.reply.code)) return answer;
    const response = held ?? respond(exchange, answer.reply.lines.join(' ').trim());
    held = undefined;
    talk.say(response === undefined ? '*' : encode(response));
  }
  return talk.fail('garbled', 'auth', 'The server asked on and on while logging in');
}

/** continue-req = "334" SP [base64] CRLF */
function isChallenge(code: number): boolean {
  return code >= 300 && code < 400;
}

/** Some servers send their prompts in clear; what LOGIN answers doesn't depend on the words. */
function respond(exchange: SaslClient, challenge: string): Buffer | undefined {
  return exchange.next(decodeBase64(challenge) ?? Buffer.from(challenge));
}

/** A server that took a response for a command may quote it ("500 unknown command AGJvYgBz…"). */
function withoutSecrets(answer: Answer, secrets: ReadonlySet<string>): Answer {
  if (answer.kind === 'trouble') {
    // What isn't a reply is quoted in the problem, cut short: there a secret can't be found to be taken out.
    return answer.what === 'garbled' ? { ...answer, problem: `The conversation broke ${phraseOf('auth')}` } : answer;
  }
  const lines = answer.reply.lines.map((line) => [...secrets].reduce((text, secret) => hide(text, secret), line));
  return { kind: 'reply', reply: { ...answer.reply, lines } };
}

/** Also the beginning of a secret that was cut off. */
function hide(text: string, secret: string): string {
  const whole = text.replaceAll(secret, '…');
  const start = secret.slice(0, 8);
  return start.length === 8 && whole.includes(start) ? `${whole.slice(0, whole.indexOf(start))}…` : whole;
}
