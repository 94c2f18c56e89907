/**
 * Who is logged in with a cookie. A session ends with its account's password: `setCredentials` and `closeAccount`
 * remove all of the account's sessions in their own commit.
 */
import type { Account } from './directory.ts';

export interface WebSession {
  readonly account: Account;
  readonly createdAt: number;
  /** When it was last used, to within what `touchSession` is called. */
  readonly seenAt: number;
}

export interface SessionWrites {
  /**
   * Opens a session, and ends the account's least recently used ones beyond `most`. `verifier` is what the password
   * was checked against: 'stale' when the account has another one by now, or is closed. Without it the account need
   * only be open: who opens the session has proven by another way that it is theirs.
   */
  openSession(p: {
    /** SHA-256 of the token, hex. */
    readonly digest: string;
    readonly account: string;
    readonly verifier?: string;
    readonly at: number;
    readonly most: number;
  }): 'done' | 'stale';
  touchSession(p: { readonly digest: string; readonly at: number }): void;
  endSession(p: { readonly digest: string }): void;
  /** Those last used before that time. True: more is left. */
  sweepSessions(p: { readonly before: number; readonly limit: number }): boolean;
}

export interface SessionReads {
  /** With its account, which is open. */
  session(p: { readonly digest: string }): WebSession | undefined;
}
