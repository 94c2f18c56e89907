/** EHLO (RFC 5321 §4.1.1.1): the client's name, our list of extensions. */
import { reply } from '../../mail/index.ts';
import type { Reply } from '../../mail/index.ts';
import { parseHelloName } from '../grammar/hello.ts';
import type { Session } from './session.ts';
import type { Hello } from './state.ts';
import { ANY_TIME, verb } from './verb.ts';

export const ehlo = verb({
  name: 'EHLO',
  usage: 'EHLO your.name.example',
  states: ANY_TIME,
  protocol: 'smtp',
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  keywords: () => ['PIPELINING', 'ENHANCEDSTATUSCODES'],
  parse: parseHelloName,
  run: (session, name) => greetWithList(session, { name, protocol: 'esmtp' }),
});

/**
 * ehlo-ok-rsp = "250-" Domain [ SP ehlo-greet ] CRLF *( "250-" ehlo-line CRLF ) "250" SP ehlo-line CRLF
 *
 * No enhanced code: the words behind 250 are keywords (RFC 2034 §4).
 */
export async function greetWithList(session: Session, hello: Hello): Promise<Reply> {
  await session.greet(hello);
  return reply(250, undefined, [`${session.settings.hostname} greets ${hello.name}`, ...extensions(session)]);
}

/** What the rows offer in this session, at this moment. */
function extensions(session: Session): string[] {
  return [...session.verbs.values()].flatMap((row) => row.keywords?.(session) ?? []);
}
