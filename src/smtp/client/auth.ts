/** AUTH (RFC 4954 §4): frames a SASL exchange of sasl/. Responses are secrets: nothing of them stands in an error. */
import { decodeBase64 } from '../../sasl/index.ts';
import type { SaslClient } from '../../sasl/index.ts';
import type { Answer, Conversation } from './conversation.ts';

/** RFC 4954 §4: with its initial response the command must fit the 512 octets of a command line. */
const LONGEST_COMMAND = 510;
/** No mechanism needs more turns; a server that asks on for ever is stopped. */
const MOST_CHALLENGES = 10;

/** The 235 or the refusal; a 501 or 5xx follows a cancelled exchange. */
export async function logIn(talk: Conversation, exchange: SaslClient): Promise<Answer> {
  const command = `AUTH ${exchange.mechanism}`;
  const initial = exchange.initial === undefined ? undefined : `${command} ${encode(exchange.initial)}`;
  const fits = initial !== undefined && initial.length <= LONGEST_COMMAND;
  talk.say(fits ? initial : command);
  let held = fits ? undefined : exchange.initial;
  for (let turn = 0; turn < MOST_CHALLENGES; turn++) {
    const answer = await talk.answer('auth');
    if (answer.kind === 'trouble' || answer.reply.code >= 400 || !isChallenge(answer.reply.code)) return answer;
    const response = held ?? respond(exchange, answer.reply.lines.join(' '));
    held = undefined;
    talk.say(response === undefined ? '*' : encode(response));
  }
  return talk.fail('garbled', 'auth', 'The server asked on and on while logging in');
}

/** "334" SP base64 CRLF; anything else positive ends the exchange. */
function isChallenge(code: number): boolean {
  return code >= 300 && code < 400;
}

function respond(exchange: SaslClient, challenge: string): Buffer | undefined {
  const octets = decodeBase64(challenge.trim());
  // Old servers send their prompts in clear; what LOGIN answers doesn't depend on the words.
  return exchange.next(octets ?? Buffer.from(challenge));
}

/** An empty response in the command is "=" (RFC 4954 §4). */
function encode(octets: Buffer): string {
  return octets.toString('base64');
}

