/** Accounts at other providers, as the server tells of them (docs/jmap.md, urn:posthorn:remotes). */
export const REMOTES = 'urn:posthorn:remotes';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly protection: 'implicit' | 'starttls' | 'clear';
  readonly pinned: string | null;
}

export interface Certificate {
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly validFrom: string;
  readonly validTo: string;
}

export interface Trouble {
  readonly kind: string;
  readonly what: string;
  readonly why: string;
  readonly you: string;
  readonly next: 'again' | 'ask';
  readonly words?: string;
  readonly certificate?: Certificate;
}

export type LeaveRule =
  | { readonly kind: 'for-ever' | 'until-deleted-here' }
  | { readonly kind: 'days'; readonly days: number };

export type Standing =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'done';
      readonly collected: number;
      readonly headersOnly: number;
      readonly removed: number;
      readonly left: number;
      readonly withoutIds: boolean;
    }
  | { readonly kind: 'renumbered'; readonly vanished: number; readonly appeared: number; readonly alike: number }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

/** What can be changed of one. */
export interface RemoteSettings {
  readonly pop3: Server;
  readonly smtp: Server;
  readonly pop3Login: string;
  readonly smtpLogin: string;
  readonly leave: LeaveRule;
  readonly cap: number | null;
  readonly every: number;
}

export interface Remote extends RemoteSettings {
  readonly id: string;
  readonly address: string;
  readonly largest: number | null;
  readonly standing: Standing;
  readonly visitedAt: string | null;
  readonly dueAt: string | null;
  readonly visiting: {
    readonly since: string;
    readonly done?: number;
    readonly of?: number;
    readonly octets?: number;
    readonly ofOctets?: number;
  } | null;
}

/** A message at the provider. */
export interface Seen {
  readonly uidl: string;
  readonly size: number;
  readonly hasHeader: boolean;
  readonly subject: string;
  readonly from: { readonly name: string | null; readonly email: string } | null;
}

export interface MessageThere extends Seen {
  readonly state: 'new' | 'whole' | 'headers' | 'deleted-here';
  /** The whole was asked for, and has not come yet. */
  readonly isWanted: boolean;
  readonly goesAt: string | null;
}

export interface Tried {
  readonly pop3: Trouble | null;
  readonly smtp: Trouble | null;
}

interface Candidate {
  readonly server: Server;
  readonly login: string;
  readonly doubt: string | null;
}

export interface Rung {
  readonly id: string;
  readonly asked: string;
  readonly said: 'found' | 'nothing' | 'failed' | 'not-asked';
  readonly words: string;
  readonly pop3: Candidate | null;
  readonly smtp: Candidate | null;
}

/** Why a change was not made. */
export interface Refusal {
  readonly type: string;
  readonly description?: string;
  readonly pop3?: Trouble | null;
  readonly smtp?: Trouble | null;
  readonly count?: number;
  readonly octets?: number;
  readonly sample?: readonly Seen[];
}
