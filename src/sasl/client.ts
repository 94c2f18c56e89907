/** The client's side of SASL (RFC 4422) as pure exchanges: challenges in, responses out. */
import type { SaslLine } from './line.ts';

export interface ClientLogin {
  readonly name: string;
  readonly password: string;
}

/** Where a client's exchange takes place. */
export interface ClientPlace {
  readonly line: SaslLine;
  /** The server offered this mechanism's -PLUS form too: not to take it is then a choice of ours (RFC 5802 §6). */
  readonly plusOffered: boolean;
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
  /**
   * Whether a success that comes now may be believed. False as long as a server that must prove that it knows the
   * password too has not done so: then it is somebody else, and the login has failed (RFC 5802 §5).
   */
  mayEnd(): boolean;
}
