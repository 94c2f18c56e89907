/** EXPN (RFC 5321 §3.5, §7.3): who is behind an alias shows to nobody (§7.2), so it isn't offered. */
import { badArgument } from '../grammar/refusals.ts';
import { notOffered } from './replies.ts';
import { ANY_TIME, verb } from './verb.ts';

export const expn = verb<undefined>({
  name: 'EXPN',
  usage: 'EXPN list',
  states: ANY_TIME,
  beforeTls: true,
  needsLogin: false,
  endsPipelinedGroup: true,
  // Nothing to offer: neither EHLO nor HELP name it.
  keywords: () => [],
  parse: (text) => (text === '' ? badArgument('EXPN wants the name of a list') : undefined),
  run: () => notOffered('Who is on a list is not told here'),
});
