/**
 * A Wire is one connection as a protocol session sees it: lines in, bytes out, deadlines kept,
 * memory bounded. A session never sees a socket, so tests and fuzzers need none.
 *
 * Output is batched: `write` only collects, and everything collected leaves in one write when the
 * session next waits for input that is not yet here, when much is collected, or at `flush`. So the
 * replies to a pipelined group leave together (RFC 2920 §3.2) without the session knowing of groups.
 */

export interface Endpoint {
  /** IPv4 in dots or IPv6 in lower case without zone and brackets; an IPv4-mapped one is given as IPv4. */
  readonly address: string;
  readonly port: number;
}

export interface TlsState {
  /** "TLSv1.3". */
  readonly version: string;
  /** The standard name, "TLS_AES_256_GCM_SHA384". */
  readonly cipher: string;
  /** The name the client asked for (server side) or we asked for (client side). */
  readonly serverName?: string;
  /** Client side: whether the peer's certificate is valid for that name by the trusted authorities. */
  readonly verified: boolean;
  /** Client side, when not verified: why, in OpenSSL's word ("DEPTH_ZERO_SELF_SIGNED_CERT"). */
  readonly problem?: string;
  /** Client side: what the peer showed. */
  readonly certificate?: PeerCertificate;
}

/** A certificate as a person can compare it. */
export interface PeerCertificate {
  /** Of the whole certificate, in hex with colons, upper case. */
  readonly sha256: string;
  /** The common name, or the first name it is for. */
  readonly subject: string;
  readonly issuer: string;
  /** The names and addresses it is for. */
  readonly names: readonly string[];
  readonly validFrom: number;
  readonly validTo: number;
}

/** One line without its CRLF. */
export interface Line {
  readonly kind: 'line';
  readonly bytes: Buffer;
}

/**
 * What a line ended in:
 * - `line`: octets up to a CRLF, which is taken off. A bare CR or LF inside is part of the octets,
 *   so a grammar that knows neither refuses the line.
 * - `too-long`: more than `limit` octets came before CRLF; they were thrown away up to that CRLF.
 * - `end`: the peer closed before another line was complete.
 */
export type LineRead = Line | { readonly kind: 'too-long' } | { readonly kind: 'end' };

/** The octets that a message may not contain on their own (RFC 5321 §2.3.8, §4.1.1.4), the first one seen. */
export type BareOctet = 'cr' | 'lf' | 'nul';

export interface DottedRead {
  /** Octets of the text with its line ends, dots unstuffed, the final dot line left out. Counted on past the limit. */
  readonly octets: number;
  /** More than the limit came; what is beyond it was counted and thrown away. */
  readonly tooBig: boolean;
  /** Set when the text held a bare CR, LF or NUL: it must be refused, now that its true end is known. */
  readonly bare?: BareOctet;
}

/** Takes a piece of a message; a promise holds the reader back until it settles (back-pressure). */
export type ChunkSink = (chunk: Buffer) => void | Promise<void>;

/** RFC 9266, RFC 5929 §4; by their registered names. */
export type ChannelBindingType = 'tls-exporter' | 'tls-server-end-point';

export interface Wire {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** Undefined while the connection is in clear. */
  readonly tls: TlsState | undefined;
  /** What both ends know of this TLS connection and nobody else has (RFC 5056); undefined in clear, and where there is none of that type. */
  channelBinding?(type: ChannelBindingType): Buffer | undefined;
  /** Bytes received and not yet read: more than zero means the peer did not wait for our answer. */
  readonly buffered: number;
  /** The peer has ended its side, or the connection is gone: what is not buffered will never come. */
  readonly peerLeft: boolean;
  /**
   * The longest wait in milliseconds, from now on: for a whole line (so that a peer that sends an
   * octet now and then doesn't stay for ever), for the next octets of a text, for room at each flush. A
   * text as a whole may keep us waiting for three such times and four milliseconds for each octet.
   */
  timeout: number;

  /**
   * The next line of at most `limit` octets, CRLF not counted. Flushes before it waits. Rejects with
   * WireError 'timeout', 'shutdown', or 'closed' when the connection broke; lines that came before are read first.
   */
  readLine(limit: number): Promise<LineRead>;

  /**
   * A text that ends at CRLF.CRLF and at nothing else, in pieces, with byte-stuffing undone
   * (RFC 5321 §4.5.2, RFC 1939 §3). Must be called at the start of a line. At most `limit` octets
   * are handed out. Rejects with WireError 'closed' when the peer leaves before the end.
   * When `sink` rejects, the rest is still read up to the end, thrown away, and then the error is thrown.
   */
  readDotted(limit: number, sink: ChunkSink): Promise<DottedRead>;

  /** Exactly `count` octets (BDAT, RFC 3030), in pieces. Same errors as readDotted. */
  readBytes(count: number, sink: ChunkSink): Promise<void>;

  /** Collects output; a buffer belongs to the wire from then on. Strings are sent as UTF-8. Throws nothing: a broken connection shows at the next read or flush. */
  write(data: Buffer | string): void;

  /** Octets collected by `write` and not yet taken by the peer. */
  readonly unsent: number;

  /** Sends what is collected; resolves when the transport has room again (back-pressure), not when the peer has read. */
  flush(): Promise<void>;

  /**
   * Turns the connection into a TLS one. What was received and not read is thrown away first, so
   * that nothing said in clear counts after it (RFC 3207 §4.2, RFC 2595 §4). Rejects with WireError 'tls'.
   */
  startTls(options: StartTls): Promise<TlsState>;

  /** Sends what is collected, then ends our side; gives the peer a moment to leave. Never rejects. */
  close(): Promise<void>;

  /** Ends the connection at once; pending reads reject with WireError 'closed'. */
  destroy(): void;
}

export type StartTls =
  | { readonly role: 'server'; readonly context: TlsServerContext }
  | { readonly role: 'client'; readonly serverName: string; readonly verify: boolean; readonly authorities?: string };

/** Key and certificate of a server; replaced as a whole when the files change. */
export interface TlsServerContext {
  readonly secureContext: import('node:tls').SecureContext;
}

/** `shutdown`: we are stopping; a session that waits for a command is told so, one in the middle of a text is not. */
export type WireErrorKind = 'closed' | 'timeout' | 'tls' | 'refused' | 'unreachable' | 'shutdown';

/**
 * The connection failed. After `timeout` and `shutdown` a last reply may still be written, and
 * `close` sends it; after the other kinds nothing more will come or go.
 */
export class WireError extends Error {
  readonly kind: WireErrorKind;

  constructor(kind: WireErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WireError';
    this.kind = kind;
  }
}
