/**
 * What JMAP asks of the store (RFC 8620, RFC 8621): mailboxes, emails and threads as their owner sees them, with
 * what changed since a state; identities, submissions and uploads. Part of the same contract as store.ts.
 *
 * States. An account has one `modseq`, taken anew in the transaction of each change, and an `epoch`; a JMAP state is
 * `<epoch>-<modseq>`. Everything that can change carries the modseq at which it was made and at which it last changed;
 * what is gone leaves a tombstone with both, kept 90 days. The state of a type is the modseq of its last change, so it
 * moves when something of that type did and at no other time (RFC 8620 §5.1). Any modseq that the account has had can be
 * asked from.
 */
import type { StoredContent } from './content.ts';
import type { MailboxRole } from './mailbox-role.ts';
import type { AcceptParams } from './message.ts';

// --- Mailboxes (RFC 8621 §2) ---

export interface MailboxRow {
  readonly id: number;
  readonly name: string;
  readonly parent?: number;
  readonly role?: MailboxRole;
  readonly sortOrder: number;
  readonly isSubscribed: boolean;
  readonly totalEmails: number;
  /** Neither `$seen` nor `$draft`. */
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
}

export interface MailboxFacts {
  readonly name: string;
  readonly parent: number | null;
  readonly role: MailboxRole | null;
  readonly sortOrder: number;
  readonly isSubscribed: boolean;
}

/** Why a mailbox can't be made, changed or removed (RFC 8621 §2.5 has the words). */
export type MailboxTrouble =
  | 'missing'
  | 'no-parent'
  | 'circle'
  | 'name-taken'
  | 'role-taken'
  | 'has-child'
  | 'has-email'
  | 'is-inbox'
  | 'too-many';

// --- Emails (RFC 8621 §4) ---

/** What was read from an email's octets, off the accept path. The store keeps it, and searches `words` and `sort`. */
export interface EmailCard {
  readonly email: string;
  /** JSON as jmap wrote it; at most 256 KiB. */
  readonly card: string;
  readonly words: {
    readonly subject: string;
    readonly from: string;
    readonly to: string;
    readonly cc: string;
    readonly bcc: string;
    /** Text of the body, HTML without its tags; bounded by who writes it. */
    readonly body: string;
    /** Names of attachments. */
    readonly attachments: string;
    /** Every field of the header, a line each: `name: value`, the name in lower case, unfolded and decoded. */
    readonly header: string;
  };
  readonly sort: {
    /** RFC 5256 §2.1 base subject. */
    readonly subject: string;
    readonly from: string;
    readonly to: string;
    /** The Date field; absent where it can't be read. */
    readonly sentAt?: number;
    readonly hasAttachment: boolean;
  };
}

export interface EmailRow {
  readonly id: string;
  readonly message: string;
  readonly n: number;
  readonly thread: string;
  /** Ids of its mailboxes; one at least. */
  readonly mailboxes: readonly number[];
  /** Lower case, in no order. */
  readonly keywords: readonly string[];
  readonly receivedAt: number;
  /** Octets of delivery prefix, message prefix and content as received: the size of its blob. */
  readonly octets: number;
  /** {@link EmailCard.card}; absent until somebody has read it. */
  readonly card?: string;
}

/** An email as one keeps it elsewhere, and knows it again. */
export interface FiledEmail {
  /** Counts up in the order in which the account was given its emails. */
  readonly place: number;
  readonly id: string;
  readonly uidl: string;
  /** As in {@link EmailRow}. */
  readonly mailboxes: readonly number[];
  readonly keywords: readonly string[];
  readonly receivedAt: number;
  readonly octets: number;
  /** SHA-256 of all its octets, hex, where nothing was put in front of what came. */
  readonly digest?: string;
}

export interface EmailCondition {
  readonly inMailbox?: number;
  readonly inMailboxOtherThan?: readonly number[];
  readonly before?: number;
  readonly after?: number;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly allInThreadHaveKeyword?: string;
  readonly someInThreadHaveKeyword?: string;
  readonly noneInThreadHaveKeyword?: string;
  readonly hasKeyword?: string;
  readonly notKeyword?: string;
  readonly hasAttachment?: boolean;
  /** Words, and "phrases in quotes"; a word matches as a prefix when it ends in `*` (RFC 8621 §4.4.1). */
  readonly text?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly subject?: string;
  readonly body?: string;
  /** A field's name, and text that its value contains. */
  readonly header?: readonly [name: string, value?: string];
}

export type EmailFilter =
  | { readonly operator: 'AND' | 'OR' | 'NOT'; readonly conditions: readonly EmailFilter[] }
  | EmailCondition;

export interface EmailOrder {
  readonly property:
    | 'receivedAt'
    | 'size'
    | 'from'
    | 'to'
    | 'subject'
    | 'sentAt'
    | 'hasKeyword'
    | 'allInThreadHaveKeyword'
    | 'someInThreadHaveKeyword';
  readonly keyword?: string;
  readonly isAscending: boolean;
}

export interface EmailQuery {
  readonly account: string;
  readonly filter?: EmailFilter;
  /** The email's id breaks ties, so that the order is total. */
  readonly sort: readonly EmailOrder[];
  readonly collapseThreads: boolean;
  /** RFC 8620 §5.5: from the end when negative. */
  readonly position: number;
  /** Counts from this email instead. */
  readonly anchor?: { readonly email: string; readonly offset: number };
  readonly limit: number;
  readonly calculateTotal: boolean;
}

/** What an owner wants changed of an email. A patch names what is added and removed; `is` replaces all. */
export interface EmailChange {
  readonly email: string;
  readonly keywords?:
    | { readonly is: readonly string[] }
    | { readonly add: readonly string[]; readonly remove: readonly string[] };
  readonly mailboxes?:
    | { readonly is: readonly number[] }
    | { readonly add: readonly number[]; readonly remove: readonly number[] };
}

export type EmailTrouble = 'missing' | 'no-mailbox' | 'in-no-mailbox' | 'too-many-keywords' | 'too-many-mailboxes';

/** How an email of one's own comes in, without an envelope: a draft, an import, a sent copy. */
export interface AppendParams {
  readonly account: string;
  readonly message: AcceptParams['message'];
  readonly email: {
    readonly id: string;
    readonly uidl: string;
    readonly mailboxes: readonly number[];
    readonly keywords: readonly string[];
    readonly receivedAt: number;
  };
}

/** What changed after a modseq, at most so many ids; `upTo` is the modseq that the answer reaches. */
export interface MailChanges<Id> {
  readonly created: readonly Id[];
  readonly updated: readonly Id[];
  readonly destroyed: readonly Id[];
  readonly upTo: number;
  readonly more: boolean;
}

// --- Uploads (RFC 8620 §6.1) ---

export interface Upload {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly content: StoredContent;
}

// --- The operations ---

/** What has states. That of 'delivery' counts the emails that ever came to lie in the account (RFC 8621 §1.5). */
export type MailType = 'mailbox' | 'thread' | 'email' | 'identity' | 'submission' | 'delivery';

export interface MailReads {
  /** Of a type; without one of the account, which is at least as high as any of its types'. */
  mailState(p: {
    readonly account: string;
    readonly type?: MailType;
  }): { readonly epoch: number; readonly modseq: number } | undefined;
  listMailboxes(p: { readonly account: string }): readonly MailboxRow[];
  /** undefined: `since` is older than the tombstones, or newer than now: a client must begin anew. */
  mailboxChanges(p: ChangesSince): (MailChanges<number> & { readonly onlyCounts: boolean }) | undefined;
  emailChanges(p: ChangesSince): MailChanges<string> | undefined;
  threadChanges(p: ChangesSince): MailChanges<string> | undefined;
  /** In no order; those that are not the account's, or gone, are missing. At most 1,000. */
  emailRows(p: { readonly account: string; readonly ids: readonly string[] }): readonly EmailRow[];
  /** All emails of an account, at most `limit` (≤ 1,000) behind a place; 0 is before the first. */
  filedEmails(p: { readonly account: string; readonly after: number; readonly limit: number }): readonly FiledEmail[];
  /** The emails of each thread, oldest first (RFC 8621 §3). */
  threads(p: {
    readonly account: string;
    readonly ids: readonly string[];
  }): readonly { readonly id: string; readonly emails: readonly string[] }[];
  /** 'no-anchor': the anchor is not in the results. */
  queryEmails(
    p: EmailQuery,
  ): { readonly ids: readonly string[]; readonly position: number; readonly total?: number } | 'no-anchor';
  /** Emails that nobody has read yet ({@link EmailCard}), newest first. */
  unreadCards(p: {
    readonly account?: string;
    readonly limit: number;
  }): readonly { readonly account: string; readonly email: string }[];
  upload(p: { readonly account: string; readonly id: string }): Upload | undefined;
}

export interface ChangesSince {
  readonly account: string;
  readonly since: number;
  readonly limit: number;
}

export interface MailWrites {
  /** The new id, or why not. */
  createMailbox(p: { readonly account: string; readonly at: number } & MailboxFacts): number | MailboxTrouble;
  updateMailbox(
    p: { readonly account: string; readonly mailbox: number; readonly at: number } & Partial<MailboxFacts>,
  ): 'done' | MailboxTrouble;
  /**
   * With `removeEmails`, its emails leave it first, at most `limit` at a time ('more': ask again), and what lies only
   * there is destroyed.
   */
  destroyMailbox(p: {
    readonly account: string;
    readonly mailbox: number;
    readonly removeEmails: boolean;
    readonly limit: number;
    readonly at: number;
  }): 'done' | 'more' | MailboxTrouble;

  /**
   * At most 1,000 emails. Each change happens whole or not at all, all that can in one transaction. With `ifModseq`,
   * nothing happens when the state of the account's emails is another one ('state-mismatch').
   */
  changeEmails(p: {
    readonly account: string;
    readonly changes: readonly EmailChange[];
    readonly destroy: readonly string[];
    readonly ifModseq?: number;
    readonly at: number;
  }):
    | 'state-mismatch'
    | {
        /** States of the account's emails. */
        readonly before: number;
        readonly after: number;
        /** Ids of those that could not be changed or destroyed. */
        readonly troubles: readonly { readonly email: string; readonly trouble: EmailTrouble }[];
      };
  /** 'over-quota', 'no-mailbox', or the id of the thread it joined. Again with the same message id: nothing new. */
  append(p: AppendParams): { readonly thread: string } | 'over-quota' | 'no-mailbox';
  putCards(p: { readonly cards: readonly EmailCard[] }): void;

  /** The account's oldest uploads go where they would be more than it may have; 'too-many': this one alone is. */
  putUpload(p: {
    readonly account: string;
    readonly id: string;
    readonly type: string;
    readonly content: AcceptParams['message']['content'];
    readonly at: number;
    readonly most: { readonly octets: number; readonly number: number };
  }): 'done' | 'too-many';
  /** Uploads made before that time. True: more is left. */
  sweepUploads(p: { readonly before: number; readonly limit: number }): boolean;
}
