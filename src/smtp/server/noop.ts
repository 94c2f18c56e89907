/** NOOP (RFC 5321 §4.1.1.9): changes nothing; whatever stands behind it is passed over. */
import { ok } from './replies.ts';
import { ANY_TIME, verb } from './verb.ts';

export const noop = verb<undefined>({
  name: 'NOOP',
  usage: 'NOOP',
  states: ANY_TIME,
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  parse: () => undefined,
  run: () => ok('Still here'),
});
