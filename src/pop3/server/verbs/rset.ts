/** RSET (RFC 1939 §5): takes all deletion marks off. */
import { ok } from '../answer.ts';
import { noArguments } from '../arguments.ts';
import { row } from '../verb.ts';
import { dropInWords } from '../words.ts';

export const RSET = row({
  name: 'RSET',
  states: ['transaction'],
  beforeTls: true,
  parse: noArguments,
  run(_session, state) {
    state.marks.clear();
    return ok(`The maildrop has ${dropInWords(state.marks.left)}`);
  },
});
