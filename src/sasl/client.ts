/** The client's side of SASL (RFC 4422) as pure exchanges: challenges in, responses out. */

export interface ClientLogin {
  readonly name: string;
  readonly password: string;
}

export interface SaslClient {
  /** The name to ask for. */
  readonly mechanism: string;
  /** What may go along with the AUTH command itself; undefined when the server speaks first. */
  readonly initial: Buffer | undefined;
  /**
   * The response to a challenge. Where `initial` was sent, only later challenges come here. Undefined: there is
   * nothing left to say, so the exchange is to be cancelled ("*") and the login has failed.
   */
  next(challenge: Buffer): Buffer | undefined;
}
