/** An email takes its place in a mailbox: the next number there, and a row that repeats what a listing shows. */
import { first, run } from './statement.ts';
import type { Steps } from './statement.ts';

const NEXT_UID = 'UPDATE mailboxes SET next_uid = next_uid + 1 WHERE id = ? RETURNING next_uid - 1 AS uid';
const INSERT =
  'INSERT INTO memberships (mailbox, uid, email, octets, uidl, modseq, downgraded_octets) VALUES (?, ?, ?, ?, ?, ?, ?)';

/** What of an email a listing shows. */
export interface Listed {
  readonly id: string;
  readonly octets: number;
  readonly downgradedOctets: number | null;
  readonly uidl: string;
}

export function* joinMailbox(mailbox: number, modseq: number, listed: Listed): Steps<void> {
  const place = yield* first<{ uid: number }>(NEXT_UID, mailbox);
  if (place === undefined) throw new Error(`mailbox ${String(mailbox)} was removed`);
  yield* insertMembership({ mailbox, uid: place.uid }, modseq, listed);
}

export function insertMembership(
  { mailbox, uid }: { readonly mailbox: number; readonly uid: number },
  modseq: number,
  { id, octets, uidl, downgradedOctets }: Listed,
): Steps<void> {
  return run(INSERT, mailbox, uid, id, octets, uidl, modseq, downgradedOctets);
}
