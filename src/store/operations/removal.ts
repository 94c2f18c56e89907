/** The end of memberships, and of emails that have none left. */
import type { EventFacts } from '../events.ts';
import { insertEvents } from './event.ts';
import { releaseMessage } from './message.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

/**
 * Where an email lies that its owner removed while a POP3 session has the maildrop open: nobody lists this mailbox, and
 * what the session listed it can read to its end. Emptied when the session gives up its lock.
 */
export const LEAVING = 'leaving';

interface Removal {
  readonly account: string;
  readonly at: number;
  readonly mailbox: number;
  readonly uids: readonly number[];
  /** What the journey says of each; absent: it has been told before. */
  readonly why?: EventFacts;
}

/** Ends memberships; a uid that is not there (any more) is passed over. One modseq for all of them. */
export function* removeMemberships({ account, at, mailbox, uids, why }: Removal): Steps<void> {
  const bumped = yield* first<{ modseq: number }>(
    'UPDATE accounts SET modseq = modseq + 1 WHERE id = ? RETURNING modseq',
    account,
  );
  let octets = 0;
  let messages = 0;
  for (const uid of uids) {
    const ended = yield* first<{ email: string }>(
      'DELETE FROM memberships WHERE mailbox = ? AND uid = ? RETURNING email',
      mailbox,
      uid,
    );
    const left = ended === undefined ? undefined : yield* leaveMailbox(ended.email, bumped?.modseq ?? 0);
    if (left === undefined) continue;
    if (why !== undefined) yield* insertEvents([{ message: left.message, n: left.n, account, at, facts: why }]);
    if (left.mailboxes > 0) continue;
    yield* removeEmail(left, bumped?.modseq ?? 0, at);
    octets += left.octets;
    messages += 1;
  }
  yield* run(
    'UPDATE accounts SET used_octets = used_octets - ?, used_messages = used_messages - ? WHERE id = ?',
    octets,
    messages,
    account,
  );
}

interface LeavingRow {
  readonly id: string;
  readonly account: string;
  readonly message: string;
  readonly n: number;
  readonly octets: number;
  readonly mailboxes: number;
}

function leaveMailbox(email: string, modseq: number): Steps<LeavingRow | undefined> {
  return first<LeavingRow>(
    'UPDATE emails SET mailboxes = mailboxes - 1, modseq = ? WHERE id = ? RETURNING id, account, message, n, octets, mailboxes',
    modseq,
    email,
  );
}

/** It was in no other mailbox: its id stays as a tombstone, and its message has one reference less. */
function* removeEmail({ id, account, message }: LeavingRow, modseq: number, at: number): Steps<void> {
  yield* run('DELETE FROM emails WHERE id = ?', id);
  yield* run('INSERT INTO tombstones (account, modseq, email, at) VALUES (?, ?, ?, ?)', account, modseq, id, at);
  yield* releaseMessage(message, 1, at);
}

/** Removes what left while a session had the maildrop open: `limit` at a time, the rest at the end of the next session. */
export function* emptyLeaving(p: {
  readonly account: string;
  readonly at: number;
  readonly limit: number;
}): Steps<void> {
  const left = yield* rows<{ mailbox: number; uid: number }>(
    'SELECT s.mailbox, s.uid FROM mailboxes b JOIN memberships s ON s.mailbox = b.id WHERE b.account = ? AND b.role = ? ORDER BY s.uid LIMIT ?',
    p.account,
    LEAVING,
    p.limit,
  );
  const mailbox = left[0]?.mailbox;
  if (mailbox === undefined) return;
  yield* removeMemberships({ account: p.account, at: p.at, mailbox, uids: left.map(({ uid }) => uid) });
}
