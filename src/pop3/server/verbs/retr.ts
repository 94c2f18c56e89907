/** RETR msg (RFC 1939 §5): the whole message, streamed, byte-stuffed, in exactly the octets that LIST promised. */
import { refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { findMessage, oneMessage } from '../arguments.ts';
import { row } from '../verb.ts';

export const RETR = row({
  name: 'RETR',
  states: ['transaction'],
  beforeTls: true,
  parse: oneMessage,
  run(_session, state, number): Answer {
    const found = findMessage(state, number);
    if (found.kind === 'missing') return refuse(found.refusal);
    const { index } = found;
    const { maildrop } = state;
    const octets = maildrop.octets(index);
    return {
      kind: 'message',
      text: `${octets} octets`,
      octets,
      source: maildrop.read(index),
      sent: () => {
        maildrop.retrieved(index, 'retr');
      },
    };
  },
});
