/** RSET (RFC 5321 §4.1.1.5): forgets the transaction; the greeting and the login stay. */
import { parseNothing } from '../grammar/command.ts';
import { ok } from './replies.ts';
import { ANY_TIME, verb } from './verb.ts';

export const rset = verb<undefined>({
  name: 'RSET',
  usage: 'RSET',
  states: ANY_TIME,
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: false,
  parse: (text) => parseNothing('RSET', text),
  async run(session) {
    await session.reset();
    return ok('Forgotten');
  },
});
