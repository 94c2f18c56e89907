/**
 * The seam between the protocol and the decisions: a session knows SMTP and no policy, a policy
 * knows addresses and mailboxes and no SMTP. `servers/mx`, `servers/submission` and `servers/lmtp`
 * are policies, so there is no `if (submission)` in this room.
 *
 * A method that answers a Reply refuses with it; `undefined` means yes. A method that throws a
 * ReplyError refuses with its reply; any other error becomes 451 4.3.0 in the session.
 */
import type { Logger } from '../../base/index.ts';
import type { Envelope, Recipient, Reply, ReversePath } from '../../mail/index.ts';
import type { BareOctet, Endpoint, TlsServerContext, TlsState } from '../../net/index.ts';
import type { SaslBackend } from '../../sasl/index.ts';

/** What is known of the peer; grows as the session goes on. */
export interface SmtpClient {
  /** Random id of this connection, for the log and the journey. */
  readonly sessionId: string;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  /** What it called itself in EHLO, HELO or LHLO: claimed, not proven. */
  readonly greeted?: string;
  readonly protocol: 'smtp' | 'esmtp' | 'lmtp';
  readonly tls?: TlsState;
  /** The login that succeeded. */
  readonly login?: SmtpLogin;
}

export interface SmtpLogin {
  /** The account's id, as the store knows it. */
  readonly account: string;
  /** The login name it is known by: the account's address. */
  readonly name: string;
  readonly mechanism: string;
}

/** Fixed for the life of a listener's configuration. */
export interface SmtpServerSettings {
  /** Our name, for the banner, EHLO and Received. */
  readonly hostname: string;
  readonly protocol: 'smtp' | 'lmtp';
  /** Largest message in octets (SIZE, RFC 1870). */
  readonly maxMessage: number;
  /** Recipients of one transaction; RFC 5321 §4.5.3.1.8 wants at least 100. */
  readonly maxRecipients: number;
  /** Errors after which a session is ended with 421. */
  readonly maxErrors: number;
  /** Waiting for a command, and for the next octets of a message, in ms (RFC 5321 §4.5.3.2: 5 min, 3 min). */
  readonly commandTimeout: number;
  readonly dataTimeout: number;
  /** After this the session is ended with 421 whatever it does, in ms. */
  readonly sessionTimeout: number;
  /** All work after the final dot ends within this, or 451 (RFC 1047; HOUSE P1: 60 s). */
  readonly acceptTimeout: number;
  /** Offered and allowed when set; asked anew for each handshake, so that a reload takes effect. */
  readonly tls?: () => TlsServerContext;
  /** AUTH is known on this listener when set (RFC 4954); otherwise it is answered 503. */
  readonly sasl?: SaslBackend<SmtpLogin>;
  /** AUTH in clear is allowed from this peer. */
  readonly plainLogin?: (peer: Endpoint) => boolean;
  /** DSN (RFC 3461) is offered: the policy keeps RET, ENVID, NOTIFY and ORCPT and acts on them. Default false. */
  readonly dsn?: boolean;
  /** FUTURERELEASE (RFC 4865) is offered when set: how long a message may be held, in ms. */
  readonly longestHold?: number;
  /** What becomes of a client that talks before the banner (RFC 5321 §3.1). Default 'refuse' for SMTP; LMTP always allows it. */
  readonly earlyTalkers?: 'refuse' | 'allow';
  /** How long the banner waits for a client that talks first, in ms. Default 0: what has been read by then counts. */
  readonly bannerWait?: (peer: Endpoint) => number;
}

export interface SmtpTransaction {
  readonly client: SmtpClient;
  /** The recipients accepted so far; complete when the message is opened. */
  readonly envelope: Envelope;
}

/** Where the octets of one message go. Exactly one of `finish` and `abort` ends it. */
export interface MessageSink {
  /** Content as it came, dots unstuffed, CRLF line ends. A promise holds the peer back. */
  write(chunk: Buffer): void | Promise<void>;
  /**
   * The message is complete. SMTP: one reply, whose 250 means that we have taken responsibility
   * (RFC 5321 §6.1). LMTP: one reply for each accepted recipient, in order (RFC 2033 §4.2).
   */
  finish(): Promise<Reply | readonly Reply[]>;
  /** The message will not come to an end, or was refused by the session; nothing of it is kept. */
  abort(reason: AbortReason): Promise<void>;
}

/**
 * `lost`: the client left, or reset the transaction. `too-big`, `bare`: refused for what it holds.
 * `timeout`: nothing more came, or the session's time was up. `failed`: the sink itself failed.
 */
export type AbortReason =
  | { readonly kind: 'lost' }
  | { readonly kind: 'too-big' }
  | { readonly kind: 'bare'; readonly octet: BareOctet }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'failed' };

export interface SmtpPolicy {
  /** Before the banner. A Reply (421 or 554) is sent instead of it (RFC 5321 §3.1). */
  connected(client: SmtpClient): Promise<Reply | undefined>;
  /** MAIL FROM, its parameters already checked against what this server offers. */
  sender(
    client: SmtpClient,
    from: ReversePath,
    parameters: Omit<Envelope, 'mailFrom' | 'recipients'>,
  ): Promise<Reply | undefined>;
  /** RCPT TO. The session has already checked the count. */
  recipient(transaction: SmtpTransaction, recipient: Recipient): Promise<Reply | undefined>;
  /** DATA or the first BDAT: opens the sink for the content, or refuses before a single octet of it is read. */
  message(transaction: SmtpTransaction): Promise<MessageSink | Reply>;
  /** A refusal was sent (by the policy or by the session); for counting and the log. `verb` is one we know, or ''. Must not throw. */
  refused(client: SmtpClient, verb: string, answer: Reply): void;
  /** A transaction is over, completed or not: what was held for it can go. Must not throw. */
  reset(client: SmtpClient): void;
  /** The connection has ended. Must not throw. */
  closed(client: SmtpClient, why: string): void;
}

export interface SmtpSessionContext {
  readonly settings: SmtpServerSettings;
  readonly policy: SmtpPolicy;
  readonly log: Logger;
}
