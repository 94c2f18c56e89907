/**
 * What "store" means: the terms, the operations and their promises. Engines (sqlite/, later
 * postgres/) carry the same operations out; one contract suite (contract.test.ts) holds each
 * engine to what stands here and in the files that it names.
 *
 * An operation is one transaction: it happens whole or not at all, and when its promise resolves
 * it has happened durably (fsync). It may be run again from the start (a failed batch, a lost
 * answer to COMMIT), so ids, UIDLs and times are its parameters and it changes nothing outside.
 * Times are milliseconds since the epoch. Octets are counted as a wire would carry them.
 */
import type { ContentStore } from './content.ts';
import type { DirectoryReads, DirectoryWrites } from './directory.ts';
import type { EventFacts, NewEvent, StoredEvent } from './events.ts';
import type { MailReads, MailWrites } from './mail.ts';
import type { MaildropReads, MaildropWrites } from './maildrop.ts';
import type { AcceptParams, QueuedMessage } from './message.ts';
import type { ProcessReads, ProcessWrites } from './process.ts';
import type { QueueReads, QueueWrites } from './queue.ts';
import type { RemoteReads, RemoteWrites } from './remote.ts';
import type { PushReads, PushWrites } from './push.ts';
import type { SendingReads, SendingWrites } from './sending.ts';
import type { SessionReads, SessionWrites } from './session.ts';
import type { SuppressionReads, SuppressionWrites } from './suppression.ts';
import type { TakeBackWrites } from './take-back.ts';

/** Operations that change something. Each is one transaction; many share one commit. */
export interface Writes
  extends
    DirectoryWrites,
    QueueWrites,
    MaildropWrites,
    MailWrites,
    SendingWrites,
    TakeBackWrites,
    SuppressionWrites,
    PushWrites,
    RemoteWrites,
    SessionWrites,
    ProcessWrites {
  /** P1: content row, message, emails, deliveries and events in one commit. Again with the same message id: nothing. */
  accept(p: AcceptParams): void;

  /** Adds to the bounded ring of refused strangers; the oldest rows beyond `keep` go. */
  recordRefusals(p: { readonly rows: readonly Refusal[]; readonly keep: number }): void;

  setSetting(p: { readonly name: string; readonly value: string }): void;
  removeSetting(p: { readonly name: string }): void;
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
export interface Reads
  extends
    DirectoryReads,
    QueueReads,
    MaildropReads,
    MailReads,
    SendingReads,
    SuppressionReads,
    PushReads,
    RemoteReads,
    SessionReads,
    ProcessReads {
  /** By our id, or by a Message-ID field (all that carry it, newest first, at most 100). */
  findMessages(p: { readonly id?: string; readonly messageId?: string }): readonly QueuedMessage[];
  events(p: { readonly message: string }): readonly StoredEvent[];
  refusals(p: { readonly limit: number }): readonly Refusal[];
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
