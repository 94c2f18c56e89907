/** An account’s Inbox as POP3 has it: locked, listed, read, and thinned out at QUIT. Part of the contract of store.ts. */
import type { ProcessIdentity } from '../base/index.ts';
import type { StoredContent } from './content.ts';
import type { NewEvent } from './events.ts';
import type { MailboxRole } from './mailbox-role.ts';
import type { Downgraded } from './message.ts';

/** Who holds a maildrop; a contender that finds the process gone takes the lock at once. */
export interface MaildropHolder {
  readonly token: string;
  readonly process: ProcessIdentity;
  readonly since: number;
  /** The client's address, for the [IN-USE] sentence. */
  readonly peer: string;
}

/** A slice of the listing: parallel arrays, in the order of arrival. */
export interface MaildropSlice {
  readonly uids: readonly number[];
  readonly emails: readonly string[];
  readonly octets: readonly number[];
  /** What a client gets that can't take UTF-8 in headers; the same number where that makes no difference. */
  readonly downgradedOctets: readonly number[];
  readonly uidls: readonly string[];
}

/** An email as POP3 sends it: delivery prefix, message prefix, then the content. */
export interface EmailToRead {
  readonly email: string;
  readonly account: string;
  readonly message: string;
  readonly n: number;
  readonly prefix: Uint8Array;
  readonly content: StoredContent;
  /** All three together, as POP3 sends them. */
  readonly popOctets: number;
  /** Where it differs: the form for clients that can't take UTF-8 in headers; `prefix` has the delivery prefix too. */
  readonly downgraded?: Downgraded;
}

/** Of a session, and of an owner who removes mail elsewhere meanwhile. */
export interface MaildropWrites {
  /** Takes the lock, or says who has it; `breaking` is the token of a holder known to be gone. */
  lockMaildrop(p: {
    readonly account: string;
    readonly token: string;
    readonly process: ProcessIdentity;
    readonly at: number;
    readonly peer: string;
    readonly breaking?: string;
  }):
    | { readonly kind: 'locked'; readonly mailbox: number }
    | { readonly kind: 'in-use'; readonly holder: MaildropHolder }
    | { readonly kind: 'missing' };
  /**
   * QUIT: ends the memberships, writes the events and one 'removed' event (by pop3, of this session) for
   * each membership ended, gives up the lock. An email without memberships is gone, its content with its
   * last reference. 'lost': the lock is not ours, nothing changed.
   * Large removals commit one mark here and are carried out in slices before the next login sees the maildrop.
   */
  quitMaildrop(p: {
    readonly account: string;
    readonly token: string;
    readonly at: number;
    readonly sessionId: string;
    readonly remove: readonly number[];
    readonly events: readonly NewEvent[];
  }): 'done' | 'lost';

  /**
   * Where the owner wants these emails (at most 1,000) to lie from now on: they leave every other mailbox; without
   * roles they are removed. An email keeps its ticket (UIDL) wherever it goes. While a POP3 session has the maildrop
   * open, what is removed is hidden at once and can still be read by that session; it goes when the session ends.
   * Ids that are not the account's are passed over; those that were found are given back.
   */
  placeEmails(p: {
    readonly account: string;
    readonly emails: readonly string[];
    readonly roles: readonly MailboxRole[];
    readonly at: number;
  }): readonly string[];
}

/** The listing, and what a message is made of. */
export interface MaildropReads {
  /** At most `limit` (≤ 1,000) messages of the maildrop after the uid, in order of arrival. */
  maildropSlice(p: { readonly mailbox: number; readonly afterUid: number; readonly limit: number }): MaildropSlice;
  email(p: { readonly id: string }): EmailToRead | undefined;
}
