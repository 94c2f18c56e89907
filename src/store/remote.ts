/**
 * Accounts at other providers, whose mail is collected (POP3) and through whose servers is sent: what is set, what came
 * of the last visit, and which messages of their maildrops we have. The store looks into none of the JSON here.
 */
import type { NewEvent } from './events.ts';
import type { AppendParams } from './mail.ts';

export interface RemoteRow {
  readonly id: string;
  /** Ours, in whose mailboxes its mail lies. */
  readonly account: string;
  /** As its owner writes it; one remote of an account has it. */
  readonly address: string;
  /** JSON: servers, names to log in with, rules. */
  readonly settings: string;
  /** Sealed; never a secret in clear. */
  readonly secrets: string;
  readonly createdAt: number;
  /** JSON: what came of the last visit. */
  readonly standing?: string;
  readonly visitedAt?: number;
  /** When it is visited next; absent: not before a person has done something. */
  readonly dueAt?: number;
}

/** Its address, canonical, as grants have it. */
export interface RemoteSender {
  readonly local: string;
  readonly domain: string;
}

/** The id of the identity that came with a remote. */
export function identityOfRemote(remote: string): string {
  return `r-${remote}`;
}

export interface RemoteMessage {
  readonly uidl: string;
  readonly octets: number;
  readonly state: 'whole' | 'headers' | 'kept-there';
  readonly collectedAt: number;
  /** SHA-256 of its header, hex. */
  readonly head: string;
  /** Its email is gone: its owner deleted it here, for good. */
  readonly deletedHere: boolean;
  readonly restWanted: boolean;
  /** It was not listed any more by then, or was deleted there by us. */
  readonly goneAt?: number;
}

/** What an email that was collected is at its provider. */
export interface RemoteOrigin {
  readonly email: string;
  readonly remote: string;
  readonly uidl: string;
  readonly octets: number;
  readonly state: RemoteMessage['state'];
  readonly restWanted: boolean;
  /** It was not listed any more by then. */
  readonly goneAt?: number;
}

export interface RemoteWrites {
  /** Makes it, or sets `settings`, `secrets` and `dueAt` anew where the id is there. 'exists': the account has another with this address. */
  putRemote(
    p: Omit<RemoteRow, 'standing' | 'visitedAt'> & {
      /** Whoever has the mailbox there may write in its name: the address is granted, and is an identity ({@link identityOfRemote}). */
      readonly sender?: RemoteSender & { readonly facts: string };
    },
  ): 'done' | 'exists' | 'missing';
  /** With what is remembered of its maildrop, and what `sender` gave; the mail stays. */
  removeRemote(p: { readonly id: string; readonly sender?: RemoteSender; readonly at: number }): 'done' | 'missing';
  /** A visit that began at `since` has ended. Was another one wished meanwhile, it stays due as it was wished. */
  recordVisit(p: {
    readonly id: string;
    readonly since: number;
    readonly standing: string;
    readonly at: number;
    readonly dueAt: number | null;
  }): 'done' | 'missing';
  /**
   * A message that was collected, and the memory of it, in one commit. Where its header alone was here before, the whole
   * takes its place: same mailboxes, same keywords. What was deleted here comes again where it is asked for. 'known':
   * it is here already, or no more of it could be had; it is not asked for any more.
   */
  collectMessage(p: {
    readonly remote: string;
    readonly memory: Omit<RemoteMessage, 'deletedHere' | 'restWanted'>;
    readonly append: AppendParams;
    readonly events: readonly NewEvent[];
  }): 'done' | 'known' | 'missing' | 'over-quota' | 'no-mailbox';
  /** They are not listed any more, or (null) are again; at most 1,000. */
  remoteMessagesGone(p: {
    readonly remote: string;
    readonly uidls: readonly string[];
    readonly at: number | null;
  }): void;
  /** The same messages under other ids; at most 1,000. A pair whose new id is known already is passed over. */
  renameRemoteMessages(p: {
    readonly remote: string;
    readonly pairs: readonly { readonly from: string; readonly to: string }[];
  }): void;
  /** Of emails whose header alone is here: those that were found. The next visit brings the rest. */
  wantRest(p: { readonly account: string; readonly emails: readonly string[]; readonly at: number }): readonly string[];
  /** The next visit, which is due at once, brings these whole, at most 1,000; what is whole here already is passed over. */
  wantMessages(p: { readonly remote: string; readonly uidls: readonly string[]; readonly at: number }): void;
}

export interface RemoteReads {
  remotes(p: { readonly account?: string }): readonly RemoteRow[];
  remote(p: { readonly id: string }): RemoteRow | undefined;
  /** Those due by then, the longest due first. */
  dueRemotes(p: { readonly dueBy: number; readonly limit: number }): readonly RemoteRow[];
  nextRemoteDue(p: Record<never, never>): number | undefined;
  /** At most `limit` (≤ 1,000) in the order of their ids, after that id. */
  remoteMessages(p: {
    readonly remote: string;
    readonly after: string;
    readonly limit: number;
  }): readonly RemoteMessage[];
  /** Of these emails of the account, at most 1,000, those that were collected. */
  remoteOrigins(p: { readonly account: string; readonly emails: readonly string[] }): readonly RemoteOrigin[];
  /** The same by their ids at a remote of the account. */
  remoteOriginsOf(p: {
    readonly account: string;
    readonly remote: string;
    readonly uidls: readonly string[];
  }): readonly RemoteOrigin[];
}
