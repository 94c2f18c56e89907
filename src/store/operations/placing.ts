/** What the owner of an account does with emails: moves them between mailboxes, removes them (RFC 8621 §4.6). */
import type { Writes } from '../store.ts';
import { insertEvents } from './event.ts';
import { joinMailbox } from './membership.ts';
import { LEAVING, removeMemberships } from './removal.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

const MOST_PLACED = 1_000;

interface EmailRow {
  readonly id: string;
  readonly message: string;
  readonly n: number;
  readonly octets: number;
  readonly downgraded_octets: number | null;
  readonly uidl: string;
}

interface Place {
  readonly mailbox: number;
  readonly role: string;
  readonly uid: number;
}

export function* placeEmails(p: Parameters<Writes['placeEmails']>[0]): Steps<readonly string[]> {
  const placed: string[] = [];
  for (const id of new Set(p.emails.slice(0, MOST_PLACED))) {
    const email = yield* first<EmailRow>(
      'SELECT id, message, n, octets, downgraded_octets, uidl FROM emails WHERE id = ? AND account = ?',
      id,
      p.account,
    );
    if (email === undefined) continue;
    const now = yield* placesOf(id, p.account);
    if (now.some(({ role }) => role === LEAVING)) continue;
    yield* placeOne(p, email, now);
    placed.push(id);
  }
  return placed;
}

function placesOf(email: string, account: string): Steps<readonly Place[]> {
  return rows<Place>(
    'SELECT s.mailbox, b.role, s.uid FROM mailboxes b JOIN memberships s ON s.mailbox = b.id AND s.email = ? WHERE b.account = ?',
    email,
    account,
  );
}

/** New memberships first: an email that is moved is never in none. */
function* placeOne(
  { account, roles, at }: Parameters<Writes['placeEmails']>[0],
  email: EmailRow,
  now: readonly Place[],
): Steps<void> {
  const open = yield* first('SELECT token FROM maildrop_locks WHERE account = ?', account);
  const wanted: readonly string[] = roles.length > 0 || open === undefined ? roles : [LEAVING];
  for (const role of new Set(wanted))
    if (!now.some((place) => place.role === role)) yield* enter(account, role, email, at);
  const why = { kind: 'removed', by: 'owner' } as const;
  if (wanted[0] === LEAVING) yield* insertEvents([{ message: email.message, n: email.n, account, at, facts: why }]);
  for (const { mailbox, role, uid } of now)
    if (!wanted.includes(role))
      yield* removeMemberships({ account, at, mailbox, uids: [uid], ...(wanted.length > 0 ? {} : { why }) });
}

/** UIDVALIDITY as at the making of an account: seconds, so that it grows when a mailbox is made anew. */
function* enter(account: string, role: string, email: EmailRow, at: number): Steps<void> {
  yield* run(
    'INSERT INTO mailboxes (account, role, uid_validity) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    account,
    role,
    Math.max(1, Math.floor(at / 1000)),
  );
  const bumped = yield* first<{ modseq: number }>(
    'UPDATE accounts SET modseq = modseq + 1 WHERE id = ? RETURNING modseq',
    account,
  );
  const modseq = bumped?.modseq ?? 0;
  const { id, octets, uidl, downgraded_octets: downgradedOctets } = email;
  yield* joinMailbox({ account, role, modseq }, { id, octets, uidl, downgradedOctets });
  yield* run('UPDATE emails SET mailboxes = mailboxes + 1, modseq = ? WHERE id = ?', modseq, id);
}
