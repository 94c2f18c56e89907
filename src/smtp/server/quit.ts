/** QUIT (RFC 5321 §4.1.1.10): the only right way for a client to leave; a message under way is dropped. */
import { reply } from '../../mail/index.ts';
import { parseNothing } from '../grammar/command.ts';
import { ANY_TIME, verb } from './verb.ts';

export const quit = verb<undefined>({
  name: 'QUIT',
  usage: 'QUIT',
  states: [...ANY_TIME, 'turned-away'],
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  parse: (text) => parseNothing('QUIT', text),
  async run(session) {
    await session.reset();
    session.end('quit');
    return reply(221, '2.0.0', `${session.settings.hostname} closes the connection`);
  },
});
