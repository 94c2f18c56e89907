/** An email takes its place in a mailbox: the next number there, and a row that repeats what a listing shows. */
import { first, run } from './statement.ts';
import type { Steps } from './statement.ts';

const NEXT_UID =
  'UPDATE mailboxes SET next_uid = next_uid + 1 WHERE account = ? AND role = ? RETURNING id, next_uid - 1 AS uid';
const INSERT =
  'INSERT INTO memberships (mailbox, uid, email, octets, uidl, modseq, downgraded_octets) VALUES (?, ?, ?, ?, ?, ?, ?)';

/** What of an email a listing shows. */
export interface Listed {
  readonly id: string;
  readonly octets: number;
  readonly downgradedOctets: number | null;
  readonly uidl: string;
}

/** False: the account has no such mailbox. */
export function* joinMailbox(
  { account, role, modseq }: { readonly account: string; readonly role: string; readonly modseq: number },
  { id, octets, uidl, downgradedOctets }: Listed,
): Steps<boolean> {
  const place = yield* first<{ id: number; uid: number }>(NEXT_UID, account, role);
  if (place === undefined) return false;
  yield* run(INSERT, place.id, place.uid, id, octets, uidl, modseq, downgradedOctets);
  return true;
}
