/**
 * What the store keeps of sending as JMAP sees it (RFC 8621 §6, §7): identities, submissions, and whom an account
 * writes to. Part of the same contract as store.ts; states and changes are as mail.ts says.
 */
import type { NewEvent } from './events.ts';
import type { ChangesSince, EmailChange, EmailTrouble, MailChanges } from './mail.ts';
import type { AcceptParams } from './message.ts';
import type { TakenBack } from './take-back.ts';

// --- Identities (RFC 8621 §6) ---

export interface IdentityRow {
  readonly id: string;
  /** Never changes. `*@domain` is every address of that domain. */
  readonly email: string;
  /** JSON as jmap wrote it: name, addresses and signatures; bounded by who writes it. */
  readonly facts: string;
}

// --- Submissions (RFC 8621 §7) ---

/**
 * - pending: nobody has the message yet, and it can still be stopped.
 * - final: somebody has it or may have it, or it was given up.
 * - canceled: nobody got it and nobody will.
 */
export type UndoStatus = 'pending' | 'final' | 'canceled';

export interface NewSubmission {
  /** The id of the message that goes out: one id from the outbox to the Received field. */
  readonly id: string;
  readonly account: string;
  readonly identity: string;
  /** The email it was made from. */
  readonly email: string;
  readonly thread: string;
  /** JSON as jmap wrote it: the envelope of RFC 8621 §7. */
  readonly envelope: string;
  /** The recipients' addresses as they were written, each once. */
  readonly recipients: readonly string[];
  readonly sendAt: number;
}

export interface SubmissionRow extends NewSubmission {
  readonly undoStatus: UndoStatus;
  readonly createdAt: number;
  /** Emails of the account that are reports about it: of delivery (DSN), and of reading (MDN). */
  readonly reports: readonly { readonly email: string; readonly kind: ReportOf; readonly facts?: string }[];
}

export type ReportOf = 'delivery' | 'disposition';

/** What an owner wants changed of emails together with a submission (RFC 8621 §7.5: onSuccessUpdateEmail). */
export interface Aftermath {
  readonly changes: readonly EmailChange[];
  readonly destroy: readonly string[];
}

/** What became of the {@link Aftermath}, as changeEmails tells it. */
export interface AftermathResult {
  readonly before: number;
  readonly after: number;
  readonly troubles: readonly { readonly email: string; readonly trouble: EmailTrouble }[];
}

export interface SubmissionFilter {
  readonly identities?: readonly string[];
  readonly emails?: readonly string[];
  readonly threads?: readonly string[];
  readonly undoStatus?: UndoStatus;
  /** Of sendAt: before this time, and at or after that. */
  readonly before?: number;
  readonly after?: number;
}

export type SubmissionConditions =
  | { readonly operator: 'AND' | 'OR' | 'NOT'; readonly conditions: readonly SubmissionConditions[] }
  | SubmissionFilter;

export interface SubmissionOrder {
  readonly property: 'emailId' | 'threadId' | 'sentAt';
  readonly isAscending: boolean;
}

// --- Correspondents ---

/** Somebody the account wrote to or had a letter from. */
export interface Correspondent {
  readonly id: string;
  readonly address: string;
  readonly name?: string;
  readonly lastAt: number;
}

export interface Meeting {
  /** As {@link canonicalAddress} gives it: what makes it one person. */
  readonly key: string;
  readonly id: string;
  readonly address: string;
  readonly name?: string;
  readonly at: number;
  /** Writing to somebody says more than a letter from them. */
  readonly weight: number;
}

// --- The operations ---

export interface SendingReads {
  /** Those that were made or changed; the one that comes with the account only once it was changed. */
  identities(p: { readonly account: string }): readonly IdentityRow[];
  identityChanges(p: ChangesSince): MailChanges<string> | undefined;
  /** In no order; those that are not the account's, or gone, are missing. At most 1,000. */
  submissions(p: { readonly account: string; readonly ids: readonly string[] }): readonly SubmissionRow[];
  /** The ids, in order; the id breaks ties. At most `limit`. */
  querySubmissions(p: {
    readonly account: string;
    readonly filter?: SubmissionConditions;
    readonly sort: readonly SubmissionOrder[];
    readonly limit: number;
  }): readonly string[];
  submissionChanges(p: ChangesSince): MailChanges<string> | undefined;
  /** Submissions with a recipient that waits, is held, is being sent, is in doubt, or failed since a time; newest first. */
  outbox(p: { readonly account: string; readonly failedSince: number; readonly limit: number }): readonly string[];
  /** The submissions of an account that a report may be about: by envelope id, else Message-ID, newest first, at most 20. */
  submissionsOf(p: {
    readonly account: string;
    readonly envid?: string;
    readonly messageId?: string;
  }): readonly string[];
  /** Prefixes of words of name or address, most used first; those that turned out not to exist are left out. */
  correspondents(p: {
    readonly account: string;
    readonly words: readonly string[];
    readonly limit: number;
  }): readonly Correspondent[];
}

export interface SendingWrites {
  /** `identity` undefined: gone. 'missing' for one that isn't there; `isNew`: it is made. 'too-many' beyond `most`. */
  putIdentity(p: {
    readonly account: string;
    readonly id: string;
    readonly identity?: Omit<IdentityRow, 'id'>;
    /** made: it must not be there; kept: it must; own: the account's own, that is there without a row. */
    readonly how: 'made' | 'kept' | 'own';
    readonly most: number;
    readonly at: number;
  }): 'done' | 'missing' | 'too-many';

  /**
   * Sending is one commit: the message that goes out with its copies, deliveries and events, the submission, whom it
   * was written to, and what becomes of the email it was made from. 'missing': that email is not (any more) the
   * account's, and nothing happened. Again with the same message id: nothing new.
   */
  submit(p: {
    readonly accept: AcceptParams;
    readonly submission: NewSubmission;
    readonly meetings: readonly Meeting[];
    readonly after?: Aftermath;
    readonly at: number;
  }): 'missing' | { readonly aftermath?: AftermathResult };

  /**
   * Takes a submission back, whole: all its deliveries are dropped in the commit that also carries out `after`.
   * 'cannot-unsend': a recipient has it or may have it, or an attempt is under way; nothing happened.
   */
  cancelSubmission(p: {
    readonly account: string;
    readonly id: string;
    readonly after?: Aftermath;
    readonly at: number;
    readonly by: Pick<Extract<NewEvent['facts'], { kind: 'taken-back' }>, 'by' | 'name'>;
  }): 'missing' | 'cannot-unsend' | { readonly aftermath?: AftermathResult };

  /** Ends what is known of it; its deliveries go on. 'missing': it is not there. */
  forgetSubmission(p: { readonly account: string; readonly id: string; readonly at: number }): 'done' | 'missing';

  /** Links an email of the account, a report, to the submission it is about. False: it was linked before, either is gone, or there are 500 of it. */
  linkReport(p: {
    readonly account: string;
    readonly submission: string;
    readonly email: string;
    readonly kind: ReportOf;
    /** JSON: what it says of whom, as jmap wrote it. */
    readonly facts: string;
    /** Keys of addresses that it says don't exist. */
    readonly unknown: readonly string[];
  }): boolean;

  /** Counts letters exchanged; the account keeps at most `most` people, the least used go. */
  meet(p: { readonly account: string; readonly meetings: readonly Meeting[]; readonly most: number }): void;
  /** The ids that were there. */
  forgetCorrespondents(p: { readonly account: string; readonly ids: readonly string[] }): readonly string[];
}

export type { TakenBack };
