/**
 * Addresses that are not written to for a while, because a server (or the DNS) said that they do not
 * exist, or because the keeper said so. Only submission asks; docs/decisions/0006-suppression.md says why it is so.
 */

export interface Suppression {
  /** Whose mail is stopped; absent: everybody's. */
  readonly account?: string;
  /** As `canonicalAddress` writes it. */
  readonly address: string;
  /** `answer`: an attempt of ours was answered so. `keeper`: a person with the keys made it. */
  readonly madeBy: 'answer' | 'keeper';
  readonly at: number;
  /** It ends at this time; absent: when somebody removes it. */
  readonly until?: number;
  /** The answer on one line, who gave it (absent: our own finding in the DNS), and about which message. */
  readonly reply?: string;
  readonly host?: string;
  readonly message?: string;
  /** When the account was last told. */
  readonly toldAt?: number;
}

export interface SuppressionWrites {
  /** Made anew, with nobody told yet. What the keeper made stays when an answer comes that says the same. */
  suppress(p: { readonly entries: readonly Suppression[] }): void;
  /** The account was told at RCPT; nothing where the keeper made the entry, or there is none. */
  toldSuppressed(p: { readonly account: string; readonly address: string; readonly at: number }): void;
  /** Of one account, or with `account` absent all of that address. How many there were. */
  removeSuppressions(p: { readonly address: string; readonly account?: string }): number;
  /** Those that ended before. True: more is left. */
  sweepSuppressions(p: { readonly before: number; readonly limit: number }): boolean;
}

export interface SuppressionReads {
  /** What stops this account's mail to an address now: the keeper's word before an answer. */
  suppressionOf(p: {
    readonly account: string;
    readonly address: string;
    readonly now: number;
  }): Suppression | undefined;
  /** By address; `account` null: those for everybody. At most `limit` after `after`. */
  listSuppressions(p: {
    readonly now: number;
    readonly account?: string | null;
    readonly after?: { readonly address: string; readonly account?: string };
    readonly limit: number;
  }): readonly Suppression[];
}
