/** A message as it is taken in: its content, the copies for mailboxes here, and what is owed to others. */
import type { ContentRef, StoredContent } from './content.ts';
import type { Sent } from './directory.ts';
import type { NewEvent } from './events.ts';

/** Where a form of a message differs from its content. */
export interface Patch {
  /** Octets of the content before it; a line begins there. */
  readonly at: number;
  /** How many octets of the content, whole lines, `with` stands for. */
  readonly replaces: number;
  readonly with: Uint8Array;
}

/** A message with its headers in a form of ASCII, for clients that can't take UTF-8 there (RFC 6857, RFC 6858). */
export interface Downgraded {
  /** Stands for the message's prefix. */
  readonly prefix: Uint8Array;
  /** In order, none over another. */
  readonly patches: readonly Patch[];
  /** Prefix and patched content together, as POP3 sends them. */
  readonly popOctets: number;
}

/** `collected`: it came from another provider's maildrop (POP3). */
export type MessageSource = 'smtp' | 'submission' | 'lmtp' | 'jmap' | 'composed' | 'collected';

export interface NewMessage {
  /** newId(): stands in the 250, the Received field, the log and reports. */
  readonly id: string;
  readonly content: ContentRef;
  /** What we put in front for every recipient: Received, Authentication-Results. CRLF lines. */
  readonly prefix: Uint8Array;
  /** Given where a header of it, or of a part of it, needs UTF-8 (RFC 6531). */
  readonly downgraded?: Downgraded;
  /** The reverse-path as text without angle brackets; '' is the null one. */
  readonly mailFrom: string;
  /** The value of its Message-ID field, whole, where it has one: others' may repeat and be forged. */
  readonly messageId?: string;
  /** Message-IDs by which each copy finds its thread (mail's `threadIdsOf`), the nearest first; at most 100 are looked at. */
  readonly threadIds?: readonly string[];
  readonly body: '7bit' | '8bitmime';
  readonly smtputf8: boolean;
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
  readonly receivedAt: number;
  readonly source: MessageSource;
  /** The account that submitted it. */
  readonly account?: string;
  /** Its sender wants it held until then (RFC 4865); its age in the queue counts from there. */
  readonly releaseAt?: number;
}

/** A copy in a mailbox. */
export interface NewEmail {
  readonly id: string;
  readonly account: string;
  /** The delivery number within the message: `<message>/<n>`. */
  readonly n: number;
  readonly mailbox: 'inbox';
  /** What final delivery puts in front: Return-Path, Delivered-To. CRLF lines. */
  readonly deliveryPrefix: Uint8Array;
  /** The same for clients that can't take UTF-8 in headers, where that is another one. The store makes it, whatever is given. */
  readonly downgradedPrefix?: Uint8Array;
  /** Permanent; newTicket(). */
  readonly uidl: string;
  /** The address it was delivered for. */
  readonly recipient: string;
}

/**
 * - waiting: due at `nextAt`.      - held: until a person releases it, or `nextAt` when that is set.
 * - sending: claimed by a runner.  - relayed, failed, dropped: ended.
 * - filed: ended too, in a mailbox here: the message had been held for it.
 * - unsure: the next server may have taken it; a person decides (policy `ask`).
 */
export type DeliveryState = 'waiting' | 'held' | 'sending' | 'relayed' | 'filed' | 'failed' | 'dropped' | 'unsure';

export interface NewDelivery {
  readonly n: number;
  /** Where it goes. */
  readonly recipient: string;
  /** What the sender wrote, when that was another address (an alias): reports speak of this one only. */
  readonly original?: string;
  /** What the queue groups by: the next domain, in A-labels. */
  readonly destination: string;
  readonly state: 'waiting' | 'held';
  /** Not before this time. */
  readonly nextAt: number;
  readonly notify?: readonly string[];
  readonly orcpt?: string;
  /** After a connection lost behind the final dot (HOUSE P3). */
  readonly onUnsure: 'retry' | 'ask';
  readonly onFailure: 'report' | 'state';
}

export interface AcceptParams {
  readonly message: NewMessage;
  readonly emails: readonly NewEmail[];
  readonly deliveries: readonly NewDelivery[];
  readonly events: readonly NewEvent[];
  /** What is counted for the account that submitted it. */
  readonly sent?: Sent;
  /** Messages of ours about this one (a report of success), filed in the same commit. */
  readonly reports?: readonly AcceptParams[];
}

export interface QueuedDelivery extends Omit<NewDelivery, 'state'> {
  readonly state: DeliveryState;
  /** Attempts begun, the one this claim is for included. */
  readonly attempts: number;
  /** The last answer or problem, as one line. */
  readonly lastReply?: string;
  /** Why the last attempt did not get it there: the id of a reason, of the queue's making. */
  readonly reason?: string;
  readonly delayNotifiedAt?: number;
  readonly endedAt?: number;
  /** It was asked back while it was being sent: unless the attempt hands it on, it ends with it. */
  readonly stopRequestedAt?: number;
  /** An attempt ended without our knowing whether the next server took it. */
  readonly mayHaveLeft?: true;
  /** Its destination is left alone until then, which is later than `nextAt`. Told by listQueue and deliveries. */
  readonly pausedUntil?: number;
}

export interface QueuedMessage extends Omit<NewMessage, 'content' | 'downgraded' | 'threadIds'> {
  readonly content: StoredContent;
  /** {@link Downgraded.popOctets} */
  readonly downgradedOctets?: number;
}
