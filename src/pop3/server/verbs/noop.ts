/** NOOP (RFC 1939 §5): nothing, but the autologout timer starts anew. */
import { ok } from '../answer.ts';
import { noArguments } from '../arguments.ts';
import { row } from '../verb.ts';

export const NOOP = row({
  name: 'NOOP',
  states: ['transaction'],
  beforeTls: true,
  parse: noArguments,
  run: () => ok(''),
});
