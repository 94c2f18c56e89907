/** Emails as their owner sees them. */
import type { EmailRow, MailReads } from '../mail.ts';
import { HAS_ATTACHMENT, othersIn, unpacked } from './keyword.ts';
import { slices } from './slices.ts';
import { rows } from './statement.ts';
import type { Steps } from './statement.ts';
import { threadId } from './thread.ts';

const MOST_READ = 1_000;

interface Row {
  readonly id: string;
  readonly message: string;
  readonly n: number;
  readonly thread: number;
  readonly flags: number;
  readonly keywords: string | null;
  readonly received_at: number;
  readonly size: number;
  readonly card: string | null;
}

export function* emailRows(p: Parameters<MailReads['emailRows']>[0]): Steps<readonly EmailRow[]> {
  const found: EmailRow[] = [];
  for (const { values, places } of slices([...new Set(p.ids)].slice(0, MOST_READ))) {
    const emails = yield* rows<Row>(
      'SELECT e.id, e.message, e.n, e.thread, e.flags, e.keywords, e.received_at, e.size, c.card FROM emails e ' +
        `LEFT JOIN cards c ON c.seq = e.seq WHERE e.id IN (${places}) AND e.account = ? AND e.hidden = 0`,
      ...values,
      p.account,
    );
    const lies = yield* rows<{ email: string; mailbox: number }>(
      `SELECT email, mailbox FROM memberships WHERE email IN (${places})`,
      ...values,
    );
    const mailboxes = new Map<string, number[]>(emails.map(({ id }) => [id, []]));
    for (const { email, mailbox } of lies) mailboxes.get(email)?.push(mailbox);
    found.push(...emails.map((row) => emailOf(row, mailboxes.get(row.id) ?? [])));
  }
  return found;
}

function emailOf(row: Row, mailboxes: readonly number[]): EmailRow {
  return {
    id: row.id,
    message: row.message,
    n: row.n,
    thread: threadId(row.thread),
    mailboxes,
    keywords: unpacked(row.flags & ~HAS_ATTACHMENT, othersIn(row.keywords)),
    receivedAt: row.received_at,
    octets: row.size,
    ...(row.card === null ? {} : { card: row.card }),
  };
}
