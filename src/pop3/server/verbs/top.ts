/** TOP msg n (RFC 1939 §7): the header, the blank line, and the first n lines of the body. */
import { parseArguments } from '../../grammar/command.ts';
import { parseLineCount, parseMessageNumber } from '../../grammar/number.ts';
import { parsed } from '../../grammar/parsed.ts';
import { refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { findMessage } from '../arguments.ts';
import { NUMBER_AND_LINES_WANTED } from '../refusals.ts';
import { topOfMessage } from '../top-of-message.ts';
import { row } from '../verb.ts';

export const TOP = row({
  name: 'TOP',
  states: ['transaction'],
  beforeTls: true,
  parse(rest) {
    const values = parseArguments(rest);
    if (!values.ok) return values;
    const [msg, n, ...more] = values.value;
    if (msg === undefined || n === undefined || more.length > 0) return NUMBER_AND_LINES_WANTED;
    const number = parseMessageNumber(msg);
    const lines = parseLineCount(n);
    if (!number.ok) return number;
    return lines.ok ? parsed({ number: number.value, lines: lines.value }) : lines;
  },
  run(_session, state, { number, lines }): Answer {
    const found = findMessage(state, number);
    if (found.kind === 'missing') return refuse(found.refusal);
    const { index } = found;
    return {
      kind: 'message',
      text: 'The top of the message follows',
      source: topOfMessage(state.maildrop.read(index), lines),
      sent: () => {
        state.maildrop.retrieved(index, 'top');
      },
    };
  },
  capabilities: () => [{ name: 'TOP', parameters: [] }],
});
