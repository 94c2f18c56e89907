/** LIST [msg] (RFC 1939 §5): the size of one message or of all that are not marked. */
import { formatScanListing } from '../../grammar/listing.ts';
import { ok, refuse } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { findMessage, oneMessageOrNone } from '../arguments.ts';
import type { Transaction } from '../state.ts';
import { row } from '../verb.ts';
import { dropInWords } from '../words.ts';

export const LIST = row({
  name: 'LIST',
  states: ['transaction'],
  beforeTls: true,
  parse: oneMessageOrNone,
  run(_session, state, number): Answer {
    if (number === undefined) return listAll(state);
    const found = findMessage(state, number);
    if (found.kind === 'missing') return refuse(found.refusal);
    return ok(formatScanListing({ number, octets: state.maildrop.octets(found.index) }));
  },
});

function listAll(state: Transaction): Answer {
  return { kind: 'listing', text: dropInWords(state.marks.left), lines: scanListings(state) };
}

function* scanListings({ maildrop, marks }: Transaction): Iterable<string> {
  for (const index of marks.unmarked()) yield formatScanListing({ number: index + 1, octets: maildrop.octets(index) });
}
