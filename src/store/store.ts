/**
 * What "store" means: the terms, the operations and their promises. Engines (sqlite/, later
 * postgres/) carry the same operations out; one contract suite (contract.test.ts) holds each
 * engine to what stands here.
 *
 * An operation is one transaction: it happens whole or not at all, and when its promise resolves
 * it has happened durably (fsync). It may be run again from the start (a failed batch, a lost
 * answer to COMMIT), so ids, UIDLs and times are its parameters and it changes nothing outside.
 * Times are milliseconds since the epoch. Octets are counted as a wire would carry them.
 */
import type { ProcessIdentity } from '../base/index.ts';
import type { EventFacts, NewEvent, StoredEvent } from './events.ts';
import type { MailReads, MailWrites } from './mail.ts';
import type { LastNote, NewNote } from './note.ts';
import type { SendingReads, SendingWrites } from './sending.ts';
import type { SessionReads, SessionWrites } from './session.ts';
import type { RemoteReads, RemoteWrites } from './remote.ts';
import type { Suppression, SuppressionReads, SuppressionWrites } from './suppression.ts';
import type { TakeBackWrites } from './take-back.ts';

// ---------------------------------------------------------------------------------------------
// Content: the octets of a message, immutable once written.

/** Where written content lies; handed to the operation that files it. */
export interface ContentRef {
  readonly place:
    | { readonly kind: 'inline'; readonly bytes: Uint8Array }
    | { readonly kind: 'file'; readonly name: string };
  /** Octets as received. */
  readonly octets: number;
  /** Octets as POP3 sends them: every line ends in CRLF, the last one too. Equal to `octets` for mail that came over SMTP. */
  readonly popOctets: number;
  /** SHA-256 of the octets as received, hex. */
  readonly digest: string;
}

/** Takes one message's octets. Small ones stay in memory, larger ones go to a file as they come. */
export interface ContentWriter {
  /** A promise holds the source back. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** The content is complete and durable where it lies outside the database (file and directory synced). */
  finish(): Promise<ContentRef>;
  /** Throws away what was written. Never rejects. */
  abort(): Promise<void>;
}

export interface ContentStore {
  create(): ContentWriter;
  /** The octets as received, in pieces of at most 64 KiB; `range` is start (included) and end (excluded). */
  read(ref: StoredContent, range?: { readonly start: number; readonly end: number }): AsyncIterable<Buffer>;
}

/** Content as an operation gives it back: the same shape, found again by its row. */
export type StoredContent = Omit<ContentRef, 'digest'>;

// ---------------------------------------------------------------------------------------------
// Directory: domains, accounts, aliases.

export interface Account {
  readonly id: string;
  /** Lower-case NFC; unique with the domain among accounts that are open. */
  readonly local: string;
  /** A-labels. */
  readonly domain: string;
  readonly createdAt: number;
  /** A closed account takes no mail and no login; its mail is kept until it is purged. */
  readonly closedAt?: number;
  /** Octets of mail it may hold; absent: no limit. */
  readonly quota?: number;
  readonly usedOctets: number;
  readonly usedMessages: number;
}

export interface Credential {
  readonly kind: 'argon2id' | 'scram-sha-256';
  /** The verifier in its textual form; never a password. */
  readonly value: string;
}

/** `local` "*" is the domain's catch-all. */
export interface Alias {
  readonly local: string;
  readonly domain: string;
  /** Addresses, here or elsewhere, as text. */
  readonly targets: readonly string[];
  readonly createdAt: number;
}

/** An address that an account may send as besides its own; `local` "*" is every address of the domain. */
export interface Grant {
  readonly local: string;
  readonly domain: string;
  readonly createdAt: number;
}

/** A message to be counted for the account that submitted it. */
export interface Sent {
  readonly account: string;
  /** Days since the epoch, in UTC. */
  readonly day: number;
  /** Whom it was written to: a digest for each address. */
  readonly who: readonly string[];
}

// ---------------------------------------------------------------------------------------------
// Messages, emails, deliveries.

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
  /** What final delivery puts in front: Return-Path, Delivered-To. CRLF lines; the store downgrades them itself. */
  readonly deliveryPrefix: Uint8Array;
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

/** Work for one connection: due recipients of one message at one destination. */
export interface Claim {
  readonly message: QueuedMessage;
  readonly destination: string;
  readonly deliveries: readonly QueuedDelivery[];
}

/** What is known of a destination: that it takes mail, that it lately did not, or nothing. */
export type Standing = 'well' | 'unknown' | 'troubled';

export interface ReadyDestination {
  readonly destination: string;
  readonly standing: Standing;
  /** Since when there is something due, and no pause. */
  readonly readyAt: number;
}

export interface Learned {
  readonly destination: string;
  readonly standing: Standing;
  /** Nothing is to be tried there before this time; 0: at any time. */
  readonly notBefore: number;
}

export interface AttemptRecord {
  readonly n: number;
  readonly attempt: number;
  readonly host?: string;
  readonly ip?: string;
  readonly port?: number;
  readonly tls?: string;
  /** The whole reply, a line each: "550 5.1.1 No such user", or what went wrong where no server answered. */
  readonly reply?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface SettledDelivery {
  readonly n: number;
  readonly state: Exclude<DeliveryState, 'sending'>;
  /** For waiting: when it is due again. */
  readonly nextAt?: number;
  readonly lastReply?: string;
  readonly reason?: string;
  readonly delayNotifiedAt?: number;
  /** Nobody knows whether the next server has it. */
  readonly mayHaveLeft?: true;
}

export interface QueueFilter {
  readonly message?: string;
  /** The recipient's domain, or the destination. */
  readonly domain?: string;
  /** The reverse-path, or its domain as "@a.test". */
  readonly sender?: string;
  /** Received before this time. */
  readonly receivedBefore?: number;
  /** Absent: those that have not ended. */
  readonly states?: readonly DeliveryState[];
  /** {@link QueuedDelivery.reason}; null: nobody has tried yet. */
  readonly reason?: string | null;
  /** Whether it has a next time: held until then, or else until somebody releases it. */
  readonly timed?: boolean;
}

export interface QueueEntry {
  readonly message: string;
  readonly mailFrom: string;
  readonly octets: number;
  readonly receivedAt: number;
  readonly delivery: QueuedDelivery;
}

/** Deliveries that stand alike: in one state, for one reason. */
export interface QueueGroup {
  readonly state: DeliveryState;
  /** For held ones: until a time, else until somebody releases them. */
  readonly timed: boolean;
  /** {@link QueuedDelivery.reason} */
  readonly reason?: string;
  readonly count: number;
  /** When the oldest of their messages (by id) was taken in. */
  readonly oldestAt: number;
  /** The earliest time at which one is due. */
  readonly nextAt?: number;
}

// ---------------------------------------------------------------------------------------------
// Maildrops.

/** Who holds a maildrop; a contender that finds the process gone takes the lock at once. */
export interface MaildropHolder {
  readonly token: string;
  readonly process: ProcessIdentity;
  readonly since: number;
  /** The client's address, for the [IN-USE] sentence. */
  readonly peer: string;
}

/** A mailbox by what it is for (RFC 8621 §2). */
export type MailboxRole = 'inbox' | 'archive' | 'drafts' | 'sent' | 'junk' | 'trash';

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

// ---------------------------------------------------------------------------------------------
// The operations.

/** A refusal of a change that a person asked for; the caller puts it into words. */
export type Changed = 'done' | 'exists' | 'missing';

/** Operations that change something. Each is one transaction; many share one commit. */
export interface Writes
  extends RemoteWrites, SessionWrites, SendingWrites, SuppressionWrites, TakeBackWrites, MailWrites {
  addDomain(p: { readonly name: string; readonly at: number }): Changed;
  /** Refuses ('in-use') while an open account or an alias lies in it. */
  removeDomain(p: { readonly name: string }): Changed | 'in-use';

  /** With its Inbox. 'exists' when an open account or an alias has the address. */
  addAccount(p: {
    readonly id: string;
    readonly local: string;
    readonly domain: string;
    readonly credentials: readonly Credential[];
    readonly quota?: number;
    readonly at: number;
  }): Changed;
  setCredentials(p: { readonly account: string; readonly credentials: readonly Credential[] }): Changed;
  setQuota(p: { readonly account: string; readonly quota: number | null }): Changed;
  closeAccount(p: { readonly account: string; readonly at: number }): Changed;
  /** Removes up to `limit` emails of a closed account, and the account itself with the last one ('done': nothing is left). */
  purgeAccount(p: {
    readonly account: string;
    readonly at: number;
    readonly limit: number;
  }): 'done' | 'more' | 'missing';

  /** Replaces the targets when `replace`; else 'exists'. */
  putAlias(p: {
    readonly local: string;
    readonly domain: string;
    readonly targets: readonly string[];
    readonly at: number;
    readonly replace: boolean;
  }): Changed;
  removeAlias(p: { readonly local: string; readonly domain: string }): Changed;

  /** 'missing': there is no such open account. */
  putGrant(p: {
    readonly account: string;
    readonly local: string;
    readonly domain: string;
    readonly at: number;
  }): Changed;
  removeGrant(p: { readonly account: string; readonly local: string; readonly domain: string }): Changed;

  /** P1: content row, message, emails, deliveries and events in one commit. Again with the same message id: nothing. */
  accept(p: AcceptParams): void;

  /**
   * Takes deliveries that are due by a time: from each destination at most so many claims, oldest due
   * first, each of at most 100 recipients of one message. Attempt count and the time of the next attempt
   * (`retryAt[attempts before this one]`, or its last entry) are committed with it (P3).
   */
  claimDue(p: {
    readonly token: string;
    readonly process: ProcessIdentity;
    readonly dueBy: number;
    readonly retryAt: readonly number[];
    readonly from: readonly { readonly destination: string; readonly claims: number }[];
  }): readonly Claim[];
  /** What `hasAstray` speaks of is due now; at most 1,000 deliveries at a time. */
  bringBack(p: { readonly now: number; readonly longest: number }): void;
  /**
   * Ends claimed deliveries and files the report in the same commit. 'lost': the lease is not ours any more, nothing
   * changed. `stop`: these were asked back meanwhile, nothing changed either; they can be settled as relayed, filed or
   * dropped only.
   */
  settle(p: {
    readonly token: string;
    readonly message: string;
    readonly at: number;
    readonly deliveries: readonly SettledDelivery[];
    readonly attempts: readonly AttemptRecord[];
    readonly events: readonly NewEvent[];
    readonly reports: readonly AcceptParams[];
    /** Copies for the mailboxes of those that end as `filed`. */
    readonly emails?: readonly NewEmail[];
    /** Addresses that turned out not to exist. */
    readonly suppress?: readonly Suppression[];
    /** Addresses that mail of this account got to: an answer that said otherwise is forgotten. */
    readonly lift?: { readonly account: string; readonly addresses: readonly string[] };
    readonly note?: NewNote;
    /** What the attempt says about its destination. */
    readonly learned?: Learned;
    /** The account that submitted it. */
    readonly submitter?: string;
  }): 'done' | 'lost' | { readonly stop: readonly number[] };
  /** Claims particular deliveries that nobody is sending, whatever their time (an operator's `fail`); counts no attempt. */
  claimForOperator(p: {
    readonly token: string;
    readonly process: ProcessIdentity;
    readonly message: string;
    readonly numbers: readonly number[];
  }): Claim | undefined;
  /** retry: due now (and its destination not in a pause), but for what is held until a time; hold (without a time), release, drop as {@link DeliveryState} says. Those being sent, and ended ones, are left alone. The numbers changed. */
  changeDeliveries(p: {
    readonly message: string;
    readonly numbers: readonly number[];
    readonly action: 'retry' | 'hold' | 'release' | 'drop';
    /** Those in other states are left alone. */
    readonly only?: readonly DeliveryState[];
    readonly at: number;
    readonly events: readonly NewEvent[];
  }): readonly number[];

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

  /** Adds to the bounded ring of refused strangers; the oldest rows beyond `keep` go. */
  recordRefusals(p: { readonly rows: readonly Refusal[]; readonly keep: number }): void;

  registerProcess(p: {
    readonly process: ProcessIdentity;
    readonly roles: readonly string[];
    readonly at: number;
  }): void;
  unregisterProcess(p: { readonly process: ProcessIdentity }): void;
  /** Frees what processes known to be gone held: maildrop locks, claims (back to waiting; to dropped, where a stop was noted), the runner's lease, their registration. */
  freeProcesses(p: { readonly gone: readonly ProcessIdentity[]; readonly at: number }): {
    readonly maildrops: number;
    readonly deliveries: number;
  };
  /** At most one queue runner on a state directory. True: `process` has the lease now (again). */
  takeLease(p: {
    readonly name: string;
    readonly token: string;
    readonly process: ProcessIdentity;
    readonly at: number;
  }): boolean;
  dropLease(p: { readonly name: string; readonly token: string }): void;

  setSetting(p: { readonly name: string; readonly value: string }): void;
  removeSetting(p: { readonly name: string }): void;
  /** Forgets what was learned, before that time, of destinations where nothing is due. True: more is left. */
  forgetDestinations(p: { readonly before: number; readonly limit: number }): boolean;
  /** Journeys that ended before `before`: events, attempts, deliveries and messages nobody holds any more. True: more is left. */
  sweepJourney(p: { readonly before: number; readonly at: number; readonly limit: number }): boolean;
}

export interface Refusal {
  readonly at: number;
  readonly service: string;
  readonly address: string;
  readonly rule: string;
  /** How many of this rule and address since the last write. */
  readonly count: number;
  /** One of them: verb and reply as sent. */
  readonly sample: string;
}

/** Operations that only look. They see everything committed before they were called. */
export interface Reads extends RemoteReads, SessionReads, SendingReads, SuppressionReads, MailReads {
  listDomains(p: Record<never, never>): readonly { readonly name: string; readonly createdAt: number }[];
  listAccounts(p: { readonly domain?: string; readonly closed: boolean }): readonly Account[];
  account(p: { readonly id: string }): Account | undefined;
  /** The open account at this address, with its credentials. */
  accountAt(p: {
    readonly local: string;
    readonly domain: string;
  }): { readonly account: Account; readonly credentials: readonly Credential[] } | undefined;
  /** The open accounts with this local part, at most two: a bare login name must be unambiguous. */
  accountsNamed(p: {
    readonly local: string;
  }): readonly { readonly account: Account; readonly credentials: readonly Credential[] }[];
  /** The account opened first: the default postmaster. */
  firstAccount(p: Record<never, never>): Account | undefined;
  /** What stands at any of these local parts of a domain ("*" included by the caller), and whether the domain was added. */
  addressesAt(p: { readonly domain: string; readonly locals: readonly string[] }): {
    readonly domain: boolean;
    readonly accounts: readonly Account[];
    readonly aliases: readonly Alias[];
  };
  listAliases(p: { readonly domain?: string }): readonly Alias[];
  listGrants(p: { readonly account: string }): readonly Grant[];
  /** Whether any of these local parts of a domain ("*" included by the caller) is granted to the account. */
  isGranted(p: { readonly account: string; readonly domain: string; readonly locals: readonly string[] }): boolean;
  /** What the account has sent on a day, and whether it has ever written to `who`. */
  sentBy(p: { readonly account: string; readonly day: number; readonly who?: string }): {
    readonly messages: number;
    readonly newcomers: number;
    readonly known: boolean;
  };

  /** At most `limit` (≤ 1,000) messages of the maildrop after the uid, in order of arrival. */
  maildropSlice(p: { readonly mailbox: number; readonly afterUid: number; readonly limit: number }): MaildropSlice;
  email(p: { readonly id: string }): EmailToRead | undefined;

  /** Destinations with something due that are not in a pause: of each standing at most `limit`, the earliest first. */
  readyDestinations(p: { readonly now: number; readonly limit: number }): readonly ReadyDestination[];
  /** When, after that time, the next destination is ready. */
  nextReady(p: { readonly after: number }): number | undefined;
  /** Whether a delivery waits, or a pause lasts, beyond `now + longest`: the clock was set back since (HOUSE, time). */
  hasAstray(p: { readonly now: number; readonly longest: number }): boolean;
  listQueue(p: {
    readonly filter: QueueFilter;
    readonly after?: { readonly message: string; readonly n: number };
    readonly limit: number;
  }): readonly QueueEntry[];
  /** The same entries, counted. In no order. */
  queueGroups(p: { readonly filter: QueueFilter }): readonly QueueGroup[];
  attempts(p: { readonly message: string }): readonly AttemptRecord[];
  lastNote(p: Record<never, never>): LastNote | undefined;

  /** By our id, or by a Message-ID field (all that carry it, newest first, at most 100). */
  findMessages(p: { readonly id?: string; readonly messageId?: string }): readonly QueuedMessage[];
  deliveries(p: { readonly message: string }): readonly QueuedDelivery[];
  events(p: { readonly message: string }): readonly StoredEvent[];
  refusals(p: { readonly limit: number }): readonly Refusal[];

  processes(
    p: Record<never, never>,
  ): readonly { readonly process: ProcessIdentity; readonly roles: readonly string[]; readonly startedAt: number }[];
  /** Who is registered, who has a lease, and who has claimed deliveries: commands are not registered. */
  holders(p: Record<never, never>): readonly ProcessIdentity[];
  setting(p: { readonly name: string }): string | undefined;
}

export type WriteName = keyof Writes;
export type ReadName = keyof Reads;

/** What may have changed. */
export interface StoreChange {
  /** Domains, accounts, aliases, quotas. */
  readonly directory: boolean;
  /** Deliveries that wait or are held. */
  readonly queue: boolean;
  /** Accounts whose emails, threads or mailboxes are other ones now. */
  readonly mail: 'all' | ReadonlySet<string>;
}

export interface Store {
  write<N extends WriteName>(name: N, params: Parameters<Writes[N]>[0]): Promise<ReturnType<Writes[N]>>;
  read<N extends ReadName>(name: N, params: Parameters<Reads[N]>[0]): Promise<ReturnType<Reads[N]>>;
  readonly content: ContentStore;
  /**
   * Calls `listener` after each batch of changes, by this process or another on the same state
   * directory (noticed within about 100 ms; of those everything may have changed).
   */
  onChange(listener: (change: StoreChange) => void): () => void;
  /** Waits for what is under way, then closes. */
  close(): Promise<void>;
}

/** The store can't do this now and nothing was done: a full disk, a failed sync. The words are for the log. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

export type { EventFacts, NewEvent, StoredEvent };
