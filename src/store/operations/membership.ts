/** An email takes its place in a mailbox: the next number there, and a row that repeats what a listing shows. */
import { first, run } from './statement.ts';
import type { SqlValue, Steps } from './statement.ts';

const NEXT_UID = 'UPDATE mailboxes SET next_uid = next_uid + 1 WHERE';
const GIVEN = 'RETURNING id, next_uid - 1 AS uid';
const INSERT =
  'INSERT INTO memberships (mailbox, uid, email, octets, uidl, modseq, downgraded_octets) VALUES (?, ?, ?, ?, ?, ?, ?)';

/** What of an email a listing shows. */
export interface Listed {
  readonly id: string;
  readonly octets: number;
  readonly downgradedOctets: number | null;
  readonly uidl: string;
}

/** A mailbox by its id, or by what it is for. */
export type Where = { readonly mailbox: number } | { readonly account: string; readonly role: string };

/** The mailbox; undefined: there is no such one. */
export function* joinMailbox(
  where: Where & { readonly modseq: number },
  { id, octets, uidl, downgradedOctets }: Listed,
): Steps<number | undefined> {
  const [which, values]: [string, readonly SqlValue[]] =
    'mailbox' in where ? ['id = ?', [where.mailbox]] : ['account = ? AND role = ?', [where.account, where.role]];
  const place = yield* first<{ id: number; uid: number }>(`${NEXT_UID} ${which} ${GIVEN}`, ...values);
  if (place === undefined) return undefined;
  yield* run(INSERT, place.id, place.uid, id, octets, uidl, where.modseq, downgradedOctets);
  return place.id;
}
