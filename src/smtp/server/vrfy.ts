/**
 * VRFY (RFC 5321 §3.5, §7.3): answered without looking, because a true answer is a list of our
 * users to whoever asks. 252 says just that.
 */
import { reply } from '../../mail/index.ts';
import { badArgument } from '../grammar/refusals.ts';
import { ANY_TIME, verb } from './verb.ts';

export const vrfy = verb<undefined>({
  name: 'VRFY',
  usage: 'VRFY name',
  states: ANY_TIME,
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  parse: (text) => (text === '' ? badArgument('VRFY wants a name') : undefined),
  run: () =>
    reply(252, '2.0.0', 'Addresses are not verified here; send the message, and RCPT will tell', { rule: 'no-vrfy' }),
});
