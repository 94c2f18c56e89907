/** The one door (HOUSE P1): a message with its copies, its deliveries and its events, in one transaction. */
import type { AcceptParams, NewEmail, QueuedMessage } from '../message.ts';
import { insertEvents } from './event.ts';
import { insertMessage } from './message.ts';
import { insertDeliveries } from './delivery.ts';
import { changeFrom, endChange, insertKeywords, insertListings } from './change.ts';
import { othersColumn } from './keyword.ts';
import type { Packed } from './keyword.ts';
import { insertMembership } from './membership.ts';
import { joinThread, seqOf } from './thread.ts';
import { first, run } from './statement.ts';
import type { Steps } from './statement.ts';
import { countSent } from './submission.ts';

export function* accept(p: AcceptParams): Steps<void> {
  if (!(yield* insertMessage(p.message, p.emails.length + p.deliveries.length))) return;
  const { downgraded, ...message } = p.message;
  const filed = downgraded === undefined ? message : { ...message, downgradedOctets: downgraded.popOctets };
  for (const email of p.emails) yield* insertEmail(email, filed, p.message.threadIds ?? []);
  yield* insertDeliveries(p.message.id, p.deliveries);
  yield* insertEvents(p.events);
  if (p.sent !== undefined) yield* countSent(p.sent);
  for (const report of p.reports ?? []) yield* accept(report);
}

const COUNT_IN =
  'UPDATE accounts SET modseq = modseq + 1, numbered = numbered + 1, used_octets = used_octets + ?, used_messages = used_messages + 1 ' +
  'WHERE id = ? RETURNING number, numbered, modseq, inbox, trash';
const INSERT_EMAIL =
  'INSERT INTO emails (seq, id, account, message, n, recipient, delivery_prefix, uidl, flags, keywords, thread, received_at, octets, size, ' +
  'created, modseq, mailboxes, downgraded_prefix, downgraded_octets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

/** What of a message a copy repeats. */
type Filed = Pick<QueuedMessage, 'id' | 'prefix' | 'content' | 'receivedAt' | 'downgradedOctets'>;

/** What of an email is the same wherever it comes from. */
export interface Copy extends Omit<NewEmail, 'mailbox'> {
  readonly receivedAt: number;
  readonly keywords: Packed;
}

/**
 * An account that was closed after its recipient was accepted still takes the copy: it is kept with
 * the rest until the account is purged. One that is gone refuses the whole message: its sender is
 * told to try again, and hears at RCPT that the address is unknown.
 */
export function* insertEmail(email: NewEmail, message: Filed, names: readonly string[]): Steps<void> {
  const copy = { ...email, receivedAt: message.receivedAt, keywords: NO_KEYWORDS };
  const filed = yield* insertCopy(copy, { message, names, mailboxes: 'inbox' });
  if (filed === undefined) throw wasRemoved(email, message);
}

const NO_KEYWORDS: Packed = { flags: 0, others: [] };

interface Filing {
  readonly message: Filed;
  /** Message-IDs by which its thread is found. */
  readonly names: readonly string[];
  readonly mailboxes: readonly number[] | 'inbox';
}

/** Its thread; undefined: the account is gone. */
export function* insertCopy(copy: Copy, { message, names, mailboxes }: Filing): Steps<number | undefined> {
  const { account, n, deliveryPrefix, uidl, receivedAt, keywords } = copy;
  const prefixes = deliveryPrefix.byteLength + message.prefix.byteLength;
  const octets = prefixes + message.content.popOctets;
  const counted = yield* first<CountedRow>(COUNT_IN, octets, account);
  if (counted === undefined) return undefined;
  const { number, modseq, trash } = counted;
  const places = mailboxes === 'inbox' ? [counted.inbox] : mailboxes;
  const seq = seqOf(number, counted.numbered);
  const { thread, fresh } = yield* joinThread(number, seq, names);
  const downgraded = downgradedCopy(copy, message);
  yield* run(
    INSERT_EMAIL,
    seq,
    copy.id,
    account,
    message.id,
    n,
    copy.recipient,
    deliveryPrefix,
    uidl,
    keywords.flags,
    othersColumn(keywords.others),
    thread,
    receivedAt,
    octets,
    prefixes + message.content.octets,
    modseq,
    modseq,
    places.length,
    downgraded.prefix,
    downgraded.octets,
  );
  const located = { seq, thread, received_at: receivedAt, flags: keywords.flags };
  yield* insertListings([-number, ...places], located);
  yield* insertKeywords(number, seq, keywords.others);
  const change = changeFrom({ account, number, at: receivedAt, base: modseq - 1, taken: modseq, trash });
  const { tally } = change;
  if (fresh) tally.fresh.add(thread);
  for (const mailbox of places) tally.joined.set(mailbox, 0);
  tally.note(located, { mailboxes: [], flags: 0 }, { mailboxes: places, flags: keywords.flags }, trash);
  yield* endChange(change);
  const listed = { id: copy.id, octets, uidl, downgradedOctets: downgraded.octets };
  for (const [mailbox, uid] of tally.joined) yield* insertMembership({ mailbox, uid }, modseq, listed);
  return thread;
}

interface CountedRow {
  readonly number: number;
  readonly numbered: number;
  readonly modseq: number;
  readonly inbox: number;
  readonly trash: number;
}

function wasRemoved({ account }: NewEmail, { id }: Filed): Error {
  return new Error(`account ${account} was removed while message ${id} came in`);
}

/** What a client gets that can't take UTF-8 in headers: our own lines and the message's come in that form too. */
function downgradedCopy(
  { deliveryPrefix, downgradedPrefix }: Pick<NewEmail, 'deliveryPrefix' | 'downgradedPrefix'>,
  { prefix, content, downgradedOctets }: Filed,
): { readonly prefix: Uint8Array | null; readonly octets: number | null } {
  if (downgradedPrefix === undefined && downgradedOctets === undefined) return { prefix: null, octets: null };
  const rest = downgradedOctets ?? prefix.byteLength + content.popOctets;
  return { prefix: downgradedPrefix ?? null, octets: (downgradedPrefix ?? deliveryPrefix).byteLength + rest };
}
