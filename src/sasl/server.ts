/**
 * The server's side of SASL as pure exchanges (RFC 4422): bytes in, a step out. No I/O of its own;
 * who the person is, the backend says. SMTP (RFC 4954) and POP3 (RFC 5034) frame the same steps.
 */

/** A login as a mechanism learned it. Never logged as a whole: it holds the password. */
export interface PasswordLogin {
  readonly mechanism: string;
  /** Who logs in (the authentication identity), NFC. */
  readonly name: string;
  readonly password: string;
  /** Whom they want to act as, where the mechanism can say so; '' for themselves. */
  readonly actAs: string;
}

/**
 * - `accepted`: proven.
 * - `refused`: wrong name or password (535 5.7.8, -ERR [AUTH]); the same for an unknown name.
 * - `busy`: could not be checked now (454 4.7.0, -ERR [SYS/TEMP]).
 */
export type LoginVerdict<Login> =
  | { readonly kind: 'accepted'; readonly login: Login }
  | { readonly kind: 'refused'; readonly rule: string; readonly text: string }
  | { readonly kind: 'busy'; readonly rule: string; readonly text: string };

/** Where passwords are checked; one for each listener, bound to its service and counted per peer address. */
export interface SaslBackend<Login> {
  password(
    login: PasswordLogin,
    peer: { readonly address: string; readonly sessionId: string },
  ): Promise<LoginVerdict<Login>>;
}

export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: Buffer }
  /** The exchange is over: the name and password it carried are to be checked. */
  | { readonly kind: 'password'; readonly login: PasswordLogin }
  /** The client broke the mechanism's rules: 501 5.5.2, -ERR. */
  | { readonly kind: 'malformed'; readonly text: string };

export interface SaslExchange {
  /** Feeds the decoded response; the first call gets the initial response, or undefined when there was none. */
  next(response: Buffer | undefined): SaslStep;
}
