/** The end of memberships, and of emails that have none left: what POP3, a purge, and the end of a session do. */
import type { EventFacts } from '../events.ts';
import { insertEvents } from './event.ts';
import { beginChange, changeEmail, destroyEmail, endChange, LEAVING, MAIL, removeEmail } from './change.ts';
import type { Change, MailRow, Place } from './change.ts';
import { othersIn } from './keyword.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

interface Removal {
  readonly account: string;
  readonly at: number;
  readonly mailbox: number;
  readonly uids: readonly number[];
  /** What the journey says of each. */
  readonly why: EventFacts;
}

/** Ends memberships; a uid that is not there (any more) is passed over. */
export function* removeMemberships({ account, at, mailbox, uids, why }: Removal): Steps<void> {
  const change = yield* beginChange(account, at);
  if (change === undefined) return;
  for (const uid of uids) {
    const member = yield* first<{ email: string }>(
      'SELECT email FROM memberships WHERE mailbox = ? AND uid = ?',
      mailbox,
      uid,
    );
    const email = member === undefined ? undefined : yield* first<MailRow>(SELECT_MAIL, member.email);
    if (email === undefined) continue;
    yield* removeFrom(change, email, { mailbox, why });
  }
  yield* endChange(change);
}

const SELECT_MAIL = `SELECT ${MAIL} FROM emails WHERE id = ?`;

function* removeFrom(change: Change, email: MailRow, { mailbox, why }: Pick<Removal, 'mailbox' | 'why'>): Steps<void> {
  const places = yield* rows<Place>('SELECT mailbox, uid FROM memberships WHERE email = ?', email.id);
  const left = places.map((place) => place.mailbox).filter((one) => one !== mailbox);
  if (left.length === 0) {
    yield* destroyEmail(change, email, places, { why });
    return;
  }
  const { account, at } = change;
  yield* insertEvents([{ message: email.message, n: email.n, account, at, facts: why }]);
  yield* changeEmail(change, email, places, {
    mailboxes: left,
    flags: email.flags,
    others: othersIn(email.keywords),
  });
}

/** Removes what left while a session had the maildrop open: `limit` at a time, the rest at the end of the next session. True: more is left. */
export function* emptyLeaving(p: {
  readonly account: string;
  readonly at: number;
  readonly limit: number;
}): Steps<boolean> {
  const left = yield* rows<LeftRow>(
    'SELECT s.mailbox, s.uid, e.seq, e.message, e.octets FROM mailboxes b JOIN memberships s ON s.mailbox = b.id ' +
      'JOIN emails e ON e.id = s.email WHERE b.account = ? AND b.role = ? ORDER BY s.uid LIMIT ?',
    p.account,
    LEAVING,
    p.limit,
  );
  const freed = { at: p.at, freedOctets: 0, freedMessages: 0 };
  for (const row of left) {
    yield* run('DELETE FROM memberships WHERE mailbox = ? AND uid = ?', row.mailbox, row.uid);
    yield* removeEmail(freed, row);
  }
  if (left.length > 0)
    yield* run(
      'UPDATE accounts SET used_octets = used_octets - ?, used_messages = used_messages - ? WHERE id = ?',
      freed.freedOctets,
      freed.freedMessages,
      p.account,
    );
  return left.length >= p.limit;
}

interface LeftRow extends Place {
  readonly seq: number;
  readonly message: string;
  readonly octets: number;
}
