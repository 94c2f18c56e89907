/**
 * APOP name digest (RFC 1939 §7), answered with the reason why it isn't offered: its digest can only be checked by
 * a server that keeps every password in readable form (§13). The greeting therefore carries no timestamp.
 */
import { parsed } from '../../grammar/parsed.ts';
import { refuse } from '../answer.ts';
import { APOP_NOT_HERE } from '../refusals.ts';
import { row } from '../verb.ts';

export const APOP = row({
  name: 'APOP',
  states: ['authorization'],
  beforeTls: true,
  parse: () => parsed(undefined),
  run: () => refuse(APOP_NOT_HERE),
});
