/** UIDL [msg] (RFC 1939 §7): the permanent name of one message or of all that are not marked. */
import { formatUniqueIdListing } from '../../grammar/listing.ts';
import { ok, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { findMessage, oneMessageOrNone } from '../arguments.ts';
import type { Transaction } from '../state.ts';
import { row } from '../verb.ts';

export const UIDL = row({
  name: 'UIDL',
  states: ['transaction'],
  beforeTls: true,
  parse: oneMessageOrNone,
  run(_session, state, number): Answer {
    if (number === undefined) return { kind: 'listing', text: 'Unique ids follow', lines: uniqueIdListings(state) };
    const found = findMessage(state, number);
    if (found.kind === 'missing') return refuse(found.refusal);
    return ok(formatUniqueIdListing({ number, uidl: state.maildrop.uidl(found.index) }));
  },
  capabilities: () => [{ name: 'UIDL', parameters: [] }],
});

function* uniqueIdListings({ maildrop, marks }: Transaction): Iterable<string> {
  for (const index of marks.unmarked()) {
    yield formatUniqueIdListing({ number: index + 1, uidl: maildrop.uidl(index) });
  }
}
