/** HELO (RFC 5321 §4.1.1.1): the greeting of clients older than extensions. */
import { reply } from '../../mail/index.ts';
import { parseHelloName } from '../grammar/hello.ts';
import { ANY_TIME, verb } from './verb.ts';

export const helo = verb({
  name: 'HELO',
  usage: 'HELO your.name.example',
  states: ANY_TIME,
  protocol: 'smtp',
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  parse: parseHelloName,
  async run(session, name) {
    await session.greet({ name, protocol: 'smtp' });
    return reply(250, undefined, `${session.settings.hostname} greets ${name}`);
  },
});
