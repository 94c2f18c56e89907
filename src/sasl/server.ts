/**
 * The server's side of SASL as pure exchanges (RFC 4422): bytes in, a step out. No I/O of its own;
 * who the person is, the backend says. SMTP (RFC 4954) and POP3 (RFC 5034) frame the same steps.
 */
import type { ScramVerifier } from './scram.ts';

/** Who somebody says they are, as a mechanism learned it. */
export interface LoginClaim {
  readonly mechanism: string;
  /** Who logs in (the authentication identity), NFC. */
  readonly name: string;
  /** Whom they want to act as, where the mechanism can say so; '' for themselves. */
  readonly actAs: string;
}

/** A claim with its password. Never logged as a whole. */
export interface PasswordLogin extends LoginClaim {
  readonly password: string;
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

export interface SaslPeer {
  readonly address: string;
  readonly sessionId: string;
}

/** A login by proof that has begun: what the proof is checked against, and who says what follows from it. */
export type ProofAttempt<Login> =
  | {
      readonly kind: 'verifier';
      readonly verifier: ScramVerifier;
      /** Called once, with what became of the proof; a wrong one counts as a wrong password. */
      conclude(proven: boolean): Promise<LoginVerdict<Login>>;
    }
  | Extract<LoginVerdict<Login>, { readonly kind: 'busy' }>;

/** Where logins are checked; one for each listener, bound to its service and counted per peer address. */
export interface SaslBackend<Login> {
  password(login: PasswordLogin, peer: SaslPeer): Promise<LoginVerdict<Login>>;
  /**
   * For mechanisms that prove the password without sending it. A name that nobody has gets a verifier too, always
   * the same one, and fails only in the end. A backend without it offers no such mechanism.
   */
  proof?(claim: LoginClaim, peer: SaslPeer): Promise<ProofAttempt<Login>>;
  /** Logins are not bound to their TLS connection here, and not offered to be. Default: they are where that can be. */
  readonly unbound?: boolean;
}

export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: Buffer }
  /** The exchange is over: the name and password it carried are to be checked. */
  | { readonly kind: 'password'; readonly login: PasswordLogin }
  /** The exchange goes on when the backend has said what a proof of this claim is checked against. */
  | { readonly kind: 'claim'; readonly claim: LoginClaim; resume(verifier: ScramVerifier): SaslStep }
  /** The proof came. Where it fits, `last` is to be sent as a challenge and answered with nothing; then all is proven. */
  | { readonly kind: 'proof'; readonly proven: boolean; readonly last: Buffer }
  /** The exchange must fail whatever the password is: 535 5.7.8, -ERR [AUTH]. */
  | { readonly kind: 'refused'; readonly rule: string; readonly text: string }
  /** The client broke the mechanism's rules: 501 5.5.2, -ERR. */
  | { readonly kind: 'malformed'; readonly text: string };

export interface SaslExchange {
  /** Feeds the decoded response; the first call gets the initial response, or undefined when there was none. */
  next(response: Buffer | undefined): SaslStep;
}
