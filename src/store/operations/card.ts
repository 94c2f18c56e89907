/** Cards: what was read from an email's octets, and the words that searches look into. */
import type { EmailCard, MailReads, MailWrites } from '../mail.ts';
import { HAS_ATTACHMENT } from './keyword.ts';
import { searchable } from '../words.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

const MOST_LISTED = 1_000;

/** What was removed meanwhile is passed over; a card that is there already is replaced. */
export function* putCards(p: Parameters<MailWrites['putCards']>[0]): Steps<void> {
  for (const card of p.cards) {
    const email = yield* first<CardedRow>(
      'SELECT seq, account, flags, received_at, is_read FROM emails WHERE id = ? AND hidden = 0',
      card.email,
    );
    if (email === undefined) continue;
    if (email.is_read === 1) yield* forgetCard(email.seq);
    yield* insertCard(email.seq, card);
    const flags = (email.flags & ~HAS_ATTACHMENT) | (card.sort.hasAttachment ? HAS_ATTACHMENT : 0);
    yield* run('UPDATE emails SET is_read = 1, flags = ? WHERE seq = ?', flags, email.seq);
    if (flags !== email.flags) yield* markListings(email, flags);
  }
}

interface CardedRow {
  readonly seq: number;
  readonly account: string;
  readonly flags: number;
  readonly received_at: number;
  readonly is_read: number;
}

function* insertCard(seq: number, { card, words, sort }: EmailCard): Steps<void> {
  yield* run('INSERT INTO cards (seq, card, header) VALUES (?, ?, ?)', seq, card, words.header);
  yield* run(
    'INSERT INTO card_sorts (seq, subject, sender, receiver, sent_at) VALUES (?, ?, ?, ?, ?)',
    seq,
    sort.subject,
    sort.from,
    sort.to,
    sort.sentAt ?? null,
  );
  const { subject, from, to, cc, bcc, body, attachments, header } = words;
  yield* run(
    'INSERT INTO words (rowid, subject, sender, receiver, cc, bcc, body, attachments, header) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    seq,
    ...[subject, from, to, cc, bcc, body, attachments, header].map(searchable),
  );
}

/** In each mailbox where it lies, and among all mail. */
function* markListings(email: CardedRow, flags: number): Steps<void> {
  yield* run(
    'UPDATE listings SET flags = ? WHERE received_at = ? AND seq = ? AND ' +
      'mailbox IN (SELECT id FROM mailboxes WHERE account = ? UNION ALL SELECT -number FROM accounts WHERE id = ?)',
    flags,
    email.received_at,
    email.seq,
    email.account,
    email.account,
  );
}

export function* forgetCard(seq: number): Steps<void> {
  const known = yield* first('DELETE FROM card_sorts WHERE seq = ? RETURNING seq', seq);
  if (known === undefined) return;
  yield* run('DELETE FROM cards WHERE seq = ?', seq);
  yield* run('DELETE FROM words WHERE rowid = ?', seq);
}

export function* unreadCards(p: Parameters<MailReads['unreadCards']>[0]): Steps<ReturnType<MailReads['unreadCards']>> {
  const [where, values] = p.account === undefined ? ['', []] : ['AND account = ?', [p.account]];
  const found = yield* rows<{ account: string; id: string }>(
    `SELECT account, id FROM emails WHERE is_read = 0 ${where} ORDER BY received_at DESC LIMIT ?`,
    ...values,
    Math.min(p.limit, MOST_LISTED),
  );
  return found.map(({ account, id: email }) => ({ account, email }));
}
