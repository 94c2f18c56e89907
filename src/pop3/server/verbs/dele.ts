/** DELE msg (RFC 1939 §5): marks a message; it goes at QUIT. */
import { ok, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { findMessage, oneMessage } from '../arguments.ts';
import { row } from '../verb.ts';

export const DELE = row({
  name: 'DELE',
  states: ['transaction'],
  beforeTls: true,
  parse: oneMessage,
  run(_session, state, number): Answer {
    const found = findMessage(state, number);
    if (found.kind === 'missing') return refuse(found.refusal);
    state.marks.add(found.index);
    return ok(`Message ${number} is marked as deleted`);
  },
});
