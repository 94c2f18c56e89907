/** The one door (HOUSE P1): a message with its copies, its deliveries and its events, in one transaction. */
import { downgradeHeader, isAsciiOnly } from '../../mime/index.ts';
import type { AcceptParams, NewEmail, QueuedMessage } from '../store.ts';
import { insertEvents } from './event.ts';
import { insertMessage } from './message.ts';
import { insertDeliveries } from './delivery.ts';
import { joinMailbox } from './membership.ts';
import { first, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { countSent } from './submission.ts';

export function* accept(p: AcceptParams): Steps<void> {
  if (!(yield* insertMessage(p.message, p.emails.length + p.deliveries.length))) return;
  const { downgraded, ...message } = p.message;
  const filed = downgraded === undefined ? message : { ...message, downgradedOctets: downgraded.popOctets };
  for (const email of p.emails) yield* insertEmail(email, filed);
  yield* insertDeliveries(p.message.id, p.deliveries);
  yield* insertEvents(p.events);
  if (p.sent !== undefined) yield* countSent(p.sent);
  for (const report of p.reports ?? []) yield* accept(report);
}

const COUNT_IN =
  'UPDATE accounts SET modseq = modseq + 1, used_octets = used_octets + ?, used_messages = used_messages + 1 WHERE id = ? RETURNING modseq';
const INSERT_EMAIL =
  'INSERT INTO emails (id, account, message, n, recipient, delivery_prefix, uidl, received_at, octets, modseq, downgraded_prefix, downgraded_octets, mailboxes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)';

/** What of a message a copy repeats. */
type Filed = Pick<QueuedMessage, 'id' | 'prefix' | 'content' | 'receivedAt' | 'downgradedOctets'>;

/**
 * An account that was closed after its recipient was accepted still takes the copy: it is kept with
 * the rest until the account is purged. One that is gone refuses the whole message: its sender is
 * told to try again, and hears at RCPT that the address is unknown.
 */
export function* insertEmail(email: NewEmail, message: Filed): Steps<void> {
  const octets = email.deliveryPrefix.byteLength + message.prefix.byteLength + message.content.popOctets;
  const downgraded = downgradedCopy(email, message);
  const account = yield* first<{ modseq: number }>(COUNT_IN, octets, email.account);
  if (account === undefined) throw wasRemoved(email, message);
  yield* run(
    INSERT_EMAIL,
    email.id,
    email.account,
    message.id,
    email.n,
    email.recipient,
    email.deliveryPrefix,
    email.uidl,
    message.receivedAt,
    octets,
    account.modseq,
    downgraded.prefix,
    downgraded.octets,
  );
  const place = { account: email.account, role: email.mailbox, modseq: account.modseq };
  const listed = { id: email.id, octets, uidl: email.uidl, downgradedOctets: downgraded.octets };
  if (!(yield* joinMailbox(place, listed))) throw wasRemoved(email, message);
}

function wasRemoved({ account }: NewEmail, { id }: Filed): Error {
  return new Error(`account ${account} was removed while message ${id} came in`);
}

/** What a client gets that can't take UTF-8 in headers: our own lines are downgraded here, the message's come so. */
function downgradedCopy(
  { deliveryPrefix }: NewEmail,
  { prefix, content, downgradedOctets }: Filed,
): { readonly prefix: Uint8Array | null; readonly octets: number | null } {
  const own = isAsciiOnly(deliveryPrefix) ? undefined : downgradeHeader(deliveryPrefix);
  if (own === undefined && downgradedOctets === undefined) return { prefix: null, octets: null };
  const rest = downgradedOctets ?? prefix.byteLength + content.popOctets;
  return { prefix: own ?? null, octets: (own ?? deliveryPrefix).byteLength + rest };
}
