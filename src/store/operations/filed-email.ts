/** All emails of an account, one after the other: for taking them elsewhere, and for knowing them again. */
import type { FiledEmail, MailReads } from '../mail.ts';
import { HAS_ATTACHMENT, othersIn, unpacked } from './keyword.ts';
import { slices } from './slices.ts';
import { first, rows } from './statement.ts';
import type { Steps } from './statement.ts';

/** An email's seq is its account's number times this, and its place. */
const PLACES = 2 ** 31;

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly uidl: string;
  readonly flags: number;
  readonly keywords: string | null;
  readonly received_at: number;
  readonly size: number;
  readonly digest: string | null;
}

export function* filedEmails(p: Parameters<MailReads['filedEmails']>[0]): Steps<readonly FiledEmail[]> {
  const owner = yield* first<{ number: number }>('SELECT number FROM accounts WHERE id = ?', p.account);
  if (owner === undefined) return [];
  const base = owner.number * PLACES;
  const found = yield* rows<Row>(
    'SELECT e.seq, e.id, e.uidl, e.flags, e.keywords, e.received_at, e.size, ' +
      'CASE WHEN length(e.delivery_prefix) + length(m.prefix) = 0 THEN c.digest END AS digest ' +
      'FROM emails e JOIN messages m ON m.id = e.message LEFT JOIN contents c ON c.message = m.seq ' +
      'WHERE e.seq > ? AND e.seq < ? AND e.hidden = 0 ORDER BY e.seq LIMIT ?',
    base + p.after,
    base + PLACES,
    p.limit,
  );
  const mailboxes = yield* mailboxesOf(found.map(({ id }) => id));
  return found.map((row) => ({
    place: row.seq - base,
    id: row.id,
    uidl: row.uidl,
    mailboxes: mailboxes.get(row.id) ?? [],
    keywords: unpacked(row.flags & ~HAS_ATTACHMENT, othersIn(row.keywords)),
    receivedAt: row.received_at,
    octets: row.size,
    ...(row.digest === null ? {} : { digest: row.digest }),
  }));
}

function* mailboxesOf(ids: readonly string[]): Steps<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>(ids.map((id) => [id, []]));
  for (const { values, places } of slices(ids)) {
    const sql = `SELECT email, mailbox FROM memberships WHERE email IN (${places})`;
    for (const { email, mailbox } of yield* rows<{ email: string; mailbox: number }>(sql, ...values))
      found.get(email)?.push(mailbox);
  }
  return found;
}
