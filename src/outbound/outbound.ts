/**
 * One attempt to hand a message on: destination → hosts → connection → smtp/client → an outcome for
 * each recipient. No storage here: what follows from an outcome, queue/ decides.
 */
import type { Reply } from '../mail/index.ts';
import type { TlsState } from '../net/index.ts';

/** Instead of MX; which one a message takes, routes.ts says. */
export interface Route {
  /** In A-labels, or "*" for every domain. */
  readonly domain: string;
  /** Only for this sender: "alice@a.test", canonical, or every sender of a domain, "@a.test". */
  readonly sender?: string;
  /** A name, an IP address, or "unix:/path" for a socket of this machine. */
  readonly host: string;
  /** 0 where `host` is a socket. */
  readonly port: number;
  /** LMTP (RFC 2033): a store that answers for each recipient. */
  readonly protocol: 'smtp' | 'lmtp';
  /** `implicit`: TLS from the first octet. `required`: STARTTLS and a proven certificate, or no delivery. */
  readonly tls: 'never' | 'opportunistic' | 'required' | 'implicit';
  readonly login?:
    | { readonly user: string; readonly password: string }
    | { readonly user: string; readonly token: string };
  /** What is needed to log in can't be had just now (a keyring that is locked): nothing is tried. */
  readonly locked?: true;
  /** Only for mail that this account of ours handed in: the login is its own. */
  readonly account?: string;
  /** SHA-256 of the one certificate to be taken, whatever authorities say of it, as PeerCertificate has it. */
  readonly pinned?: string;
  /** Certificate authorities for this server, besides those of {@link OutboundSettings}, PEM. */
  readonly authorities?: string;
}

export interface OutboundSettings {
  /** Our name in EHLO. */
  readonly hostname: string;
  /** Where next servers listen (25; a test world uses another). */
  readonly port: number;
  /** An MX that resolves to loopback or a private address is used. */
  readonly allowPrivate: boolean;
  readonly routes: readonly Route[];
  /** Exact addresses and ports of our own listeners, to see that a message would come back to us (RFC 5321 §5.1). */
  readonly ownEndpoints: readonly { readonly address: string; readonly port: number }[];
  /** In ms (RFC 5321 §4.5.3.2). */
  readonly timeouts: {
    readonly connect: number;
    readonly greeting: number;
    readonly command: number;
    /** After DATA, for the 354. */
    readonly data: number;
    /** For each block of the message. */
    readonly block: number;
    /** After the final dot. */
    readonly dot: number;
  };
  /** Additional certificate authorities, PEM. */
  readonly authorities?: string;
  /** No MX is asked: what no route fits stays here (a person's computer, whose mail leaves through providers). */
  readonly routesOnly?: boolean;
}

export interface OutboundMessage {
  readonly id: string;
  /** '' is the null reverse-path. */
  readonly mailFrom: string;
  /** Who handed it in had logged in here, so the sender's own routes hold; see routes.ts. */
  readonly submitted: boolean;
  /** Of ours, who handed it in. */
  readonly account?: string;
  readonly body: '7bit' | '8bitmime';
  readonly smtputf8: boolean;
  /** We wrote it ourselves: a line that is too long is ours to mend (RFC 5322 §2.1.1). */
  readonly composed?: boolean;
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
  /** Octets with our prefix. */
  readonly octets: number;
  /** The octets that leave: our prefix, then the content; CRLF lines. Read anew for each try. */
  content(): AsyncIterable<Buffer>;
}

export interface OutboundRecipient {
  readonly n: number;
  readonly address: string;
  readonly notify?: readonly string[];
  readonly orcpt?: string;
}

/** The message left in another encoding than it came in: the server takes 7 bits only. */
export interface Reencoded {
  /** It carries a DKIM signature, which no longer holds. */
  readonly dkim: boolean;
}

/** Where a try ended. */
export type Stage = 'dns' | 'connect' | 'greeting' | 'ehlo' | 'tls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'dot';

/** One connection that was tried, for the journey and the attempts table. */
export interface Try {
  readonly host?: string;
  readonly ip?: string;
  readonly port?: number;
  readonly tls?: TlsState;
  readonly protocol?: 'smtp' | 'esmtp' | 'lmtp';
  readonly login?: { readonly name: string; readonly mechanism: string };
  /** The server offered DSN, so it was told what the sender wants to hear (RFC 3461). */
  readonly dsn?: boolean;
  /** The connection was open from a message before (RFC 5321 §4.5.4.1). */
  readonly reused?: true;
  readonly stage: Stage;
  readonly reencoded?: Reencoded;
  /** The server's answer that ended it, or its 250 to the final dot. */
  readonly reply?: Reply;
  /** What went wrong when no server answered; a sentence. */
  readonly problem?: string;
  /** When this message's turn on the connection began. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * - relayed: the next server has taken responsibility.
 * - deferred: not now; try again later.
 * - failed: for good.
 * - unsure: the connection was lost behind the final dot: the server may have taken it.
 */
export interface RecipientOutcome {
  readonly n: number;
  readonly outcome: 'relayed' | 'deferred' | 'failed' | 'unsure';
  readonly stage: Stage;
  /** The answer about this recipient: of the server, or ours where no server was reached ("5.1.10 takes no mail"). */
  readonly reply: Reply;
  /** Whether `reply` is a server's own words (a report then says "smtp;", RFC 3464 §2.3.6). */
  readonly remote: boolean;
  /** The try that decided, an index into `tries`. */
  readonly try?: number;
}

export interface AttemptResult {
  /** It went by a route of its sender: what came of it says nothing about other mail for the destination. */
  readonly bySender?: true;
  /** The route that was taken, "from alice@a.test to b.test"; absent where the MX decided. */
  readonly route?: string;
  /** The hosts that were considered, in the order they would be tried. */
  readonly considered: readonly string[];
  readonly tries: readonly Try[];
  /** One for each recipient of the job. */
  readonly outcomes: readonly RecipientOutcome[];
}

/** One message for recipients at one destination. */
export interface Job {
  /** A domain in A-labels, or an address literal. */
  readonly destination: string;
  readonly message: OutboundMessage;
  readonly recipients: readonly OutboundRecipient[];
  /** Awaited before the end of the data is said to a server, each time; rejects: it is not said, and nothing has left. */
  readonly beforeEnd?: () => Promise<void>;
  /** Asked before another host is tried: the recipients for whom the message was taken back meanwhile. */
  readonly takenBack?: () => Promise<ReadonlySet<number>>;
}

export interface Outbound {
  /** Never rejects: whatever goes wrong is an outcome. After `signal` aborts, what is not decided is deferred. */
  attempt(job: Job, signal: AbortSignal): Promise<AttemptResult>;
  /** Whether such mail takes a route of its sender: what comes of other mail for the destination says nothing of it. */
  goesBySender(mail: {
    readonly destination: string;
    readonly mailFrom: string;
    readonly submitted: boolean;
    readonly account?: string;
  }): boolean;
  /** Takes leave of idle connections, and cuts off who does not answer soon; none is kept from then on. */
  close(): Promise<void>;
}
