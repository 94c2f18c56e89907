/** STAT (RFC 1939 §5): how many messages and octets there are; marked ones are not counted. */
import { formatDropListing } from '../../grammar/listing.ts';
import { ok } from '../answer.ts';
import { noArguments } from '../arguments.ts';
import { row } from '../verb.ts';

export const STAT = row({
  name: 'STAT',
  states: ['transaction'],
  beforeTls: true,
  parse: noArguments,
  run: (_session, state) => ok(formatDropListing(state.marks.left)),
});
