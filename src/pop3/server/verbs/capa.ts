/**
 * CAPA (RFC 2449 §5): what is true on this connection now, from the same rows that do the work. What belongs to no
 * verb stands here.
 */
import { formatCapability } from '../../grammar/listing.ts';
import type { Capability } from '../../grammar/listing.ts';
import { noArguments } from '../arguments.ts';
import { row } from '../verb.ts';
import type { VerbRow } from '../verb.ts';

/** Promises of the whole server. IMPLEMENTATION names no version to strangers (RFC 2449 §6.9, §10). */
const STANDING: readonly Capability[] = [
  { name: 'RESP-CODES', parameters: [] },
  { name: 'AUTH-RESP-CODE', parameters: [] },
  { name: 'PIPELINING', parameters: [] },
  { name: 'EXPIRE', parameters: ['NEVER'] },
  { name: 'IMPLEMENTATION', parameters: ['Posthorn'] },
];

/** `rows` is the whole table, this row among it. */
export function capa(rows: () => readonly VerbRow[]): VerbRow {
  return row({
    name: 'CAPA',
    states: ['authorization', 'transaction'],
    beforeTls: true,
    parse: noArguments,
    run: (session) => ({
      kind: 'listing',
      text: 'Capabilities follow',
      lines: [...rows().flatMap((verb) => verb.capabilities(session)), ...STANDING].map(formatCapability),
    }),
  });
}
