/**
 * The seam between POP3 and mailboxes: a session knows RFC 1939 and no store, a policy knows who
 * may log in and what lies in the maildrop, and no POP3.
 */
import type { Logger } from '../../base/index.ts';
import type { Endpoint, TlsServerContext, TlsState } from '../../net/index.ts';
import type { SaslBackend } from '../../sasl/index.ts';

export interface Pop3Client {
  readonly sessionId: string;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  readonly tls?: TlsState;
  /** It said UTF8 (RFC 6856 §2): the maildrop opened for it gives messages as they are, with their sizes; else in ASCII form. */
  readonly utf8?: true;
}

export interface Pop3Login {
  readonly account: string;
  readonly name: string;
  readonly mechanism: string;
}

/** A negative answer: "-ERR [IN-USE] text" (RFC 2449 §8). */
export interface Pop3Refusal {
  /** Without brackets: "IN-USE", "AUTH", "SYS/TEMP", "LOGIN-DELAY". */
  readonly code?: string;
  readonly text: string;
  /** The rule id, for the log. */
  readonly rule: string;
}

export interface Pop3ServerSettings {
  readonly hostname: string;
  /** Autologout, in ms: at least ten minutes (RFC 1939 §3). */
  readonly idleTimeout: number;
  /** A connection that has not logged in is ended after this, in ms. */
  readonly loginTimeout: number;
  /** Wrong passwords after which the connection is closed. */
  readonly maxLoginFailures: number;
  readonly maxErrors: number;
  readonly tls?: () => TlsServerContext;
  readonly sasl: SaslBackend<Pop3Login>;
  readonly plainLogin: (peer: Endpoint) => boolean;
}

/**
 * The snapshot a session works on: numbers, sizes and UIDLs stand still from login to QUIT
 * (RFC 1939 §5). Indexes start at 0; the session adds the protocol's 1 and keeps the deletion marks.
 */
export interface Maildrop {
  readonly count: number;
  /** Octets as RETR sends them in the mode of the session (UTF8 or not), byte-stuffing not counted, final CRLF counted. */
  octets(index: number): number;
  /** 1 to 70 characters 0x21 to 0x7E (RFC 1939 §7). */
  uidl(index: number): string;
  /** The message in pieces, CRLF line ends, ending with CRLF, not byte-stuffed; exactly `octets(index)` octets. */
  read(index: number): AsyncIterable<Buffer>;
  /** RETR or TOP of it was sent to the end: told to the journey when the session ends. */
  retrieved(index: number, how: 'retr' | 'top'): void;
  /**
   * QUIT: removes the marked messages and records what was retrieved in one commit, then gives up
   * the lock. A holder that lost its lock removes nothing. Resolves to a refusal when it could not.
   */
  quit(marked: readonly number[]): Promise<Pop3Refusal | undefined>;
  /** The session ended without QUIT: removes nothing, records what was retrieved, gives up the lock. Never rejects. */
  abandon(): Promise<void>;
}

export interface Pop3Policy {
  /** Before the greeting. A refusal is sent instead of it and the connection ends. */
  connected(client: Pop3Client): Promise<Pop3Refusal | undefined>;
  /** A login was proven: locks and lists the maildrop, or refuses ([IN-USE]). */
  open(client: Pop3Client, login: Pop3Login): Promise<Maildrop | Pop3Refusal>;
  /** A refusal was sent; for counting and the log. Must not throw. */
  refused(client: Pop3Client, verb: string, refusal: Pop3Refusal): void;
  /** The connection has ended. Must not throw. */
  closed(client: Pop3Client, why: string): void;
}

export interface Pop3SessionContext {
  readonly settings: Pop3ServerSettings;
  readonly policy: Pop3Policy;
  readonly log: Logger;
}
