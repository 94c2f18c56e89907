/** Domains, accounts, aliases, grants: who is here, and what they sent. Part of the contract of store.ts. */

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

/** A refusal of a change that a person asked for; the caller puts it into words. */
export type Changed = 'done' | 'exists' | 'missing';

/** Each is one transaction; a refusal is for the caller to put into words. */
export interface DirectoryWrites {
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
}

/** What is looked up for each recipient, each login, and by the keeper. */
export interface DirectoryReads {
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
}
