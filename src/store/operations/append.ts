/** An email of one's own: a draft, an import, a sent copy. No envelope, no journey of its own. */
import type { MailWrites } from '../mail.ts';
import { boxesOf, isOpen } from './change.ts';
import { MOST_MAILBOXES_OF_AN_EMAIL } from './email-change.ts';
import { insertCopy } from './filing.ts';
import { packed } from './keyword.ts';
import { insertMessage } from './message.ts';
import { first } from './statement.ts';
import type { Steps } from './statement.ts';
import { threadId } from './thread.ts';

const NO_PREFIX = new Uint8Array();

export function* append(p: Parameters<MailWrites['append']>[0]): Steps<ReturnType<MailWrites['append']>> {
  const { account, message, email } = p;
  const known = yield* first<{ thread: number }>(
    'SELECT thread FROM emails WHERE id = ? AND account = ?',
    email.id,
    account,
  );
  if (known !== undefined) return { thread: threadId(known.thread) };
  const boxes = yield* boxesOf(account);
  const mailboxes = [...new Set(email.mailboxes)];
  if (mailboxes.length === 0 || mailboxes.length > MOST_MAILBOXES_OF_AN_EMAIL) return 'no-mailbox';
  if (mailboxes.some((id) => !isOpen(boxes, id))) return 'no-mailbox';
  if (yield* isFull(account, message.prefix.byteLength + message.content.popOctets)) return 'over-quota';
  if (!(yield* insertMessage(message, 1))) throw new Error(`message ${message.id} is there already, as another email`);
  const { downgraded, ...others } = message;
  const filed = downgraded === undefined ? others : { ...others, downgradedOctets: downgraded.popOctets };
  const copy = {
    id: email.id,
    account,
    n: 1,
    deliveryPrefix: NO_PREFIX,
    uidl: email.uidl,
    recipient: '',
    receivedAt: email.receivedAt,
    keywords: packed(email.keywords),
  };
  const thread = yield* insertCopy(copy, { message: filed, names: message.threadIds ?? [], mailboxes });
  if (thread === undefined) throw new Error(`account ${account} was removed while message ${message.id} came in`);
  return { thread: threadId(thread) };
}

/** Mail that is received may go over the quota by one message; what one files oneself has to fit. */
function* isFull(account: string, octets: number): Steps<boolean> {
  const row = yield* first<{ quota: number | null; used_octets: number }>(
    'SELECT quota, used_octets FROM accounts WHERE id = ?',
    account,
  );
  return row?.quota !== undefined && row.quota !== null && row.used_octets + octets > row.quota;
}
