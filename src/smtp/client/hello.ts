/** EHLO, with HELO for servers that refuse it (RFC 5321 §3.2, §4.1.1.1), or LHLO (RFC 2033 §4.1). */
import { isPermanent, isPositive } from '../../mail/index.ts';
import { NO_CAPABILITIES, parseEhlo } from '../grammar/capabilities.ts';
import type { Capabilities } from '../grammar/capabilities.ts';
import type { Answer, Conversation } from './conversation.ts';

export interface Hello {
  readonly answer: Answer;
  /** What was spoken at last: a server that knows HELO only is an 'smtp' one. */
  readonly protocol: 'smtp' | 'esmtp' | 'lmtp';
  readonly capabilities: Capabilities;
}

/** @param hostname our own name, or an address literal */
export async function sayHello(talk: Conversation, hostname: string, protocol: 'smtp' | 'lmtp'): Promise<Hello> {
  const verb = protocol === 'lmtp' ? 'lhlo' : 'ehlo';
  talk.say(`${verb.toUpperCase()} ${hostname}`);
  const answer = await talk.answer(verb);
  const extended = protocol === 'lmtp' ? 'lmtp' : 'esmtp';
  if (answer.kind === 'trouble') return { answer, protocol: extended, capabilities: NO_CAPABILITIES };
  if (isPositive(answer.reply)) return { answer, protocol: extended, capabilities: parseEhlo(answer.reply) };
  const old = verb === 'ehlo' && isPermanent(answer.reply);
  return old ? await sayHelo(talk, hostname) : { answer, protocol: extended, capabilities: NO_CAPABILITIES };
}

/** A 5xx to EHLO means a server from before extensions (§4.1.4): nothing is offered then. */
async function sayHelo(talk: Conversation, hostname: string): Promise<Hello> {
  talk.say(`HELO ${hostname}`);
  return { answer: await talk.answer('helo'), protocol: 'smtp', capabilities: NO_CAPABILITIES };
}
