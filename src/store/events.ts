/**
 * What the journey of a message is told from: events, written in the commit of the thing they
 * tell of. They are kept as JSON with a version, so that a later release can read the past.
 * No event holds a password or a message body. A field that is not known is left out, never guessed.
 */

/** Raised when the meaning of a field changes; readers know every version there was. */
export const EVENT_VERSION = 1;

export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
  /** How the server's name was proven; 'none' for an encrypted line to somebody unproven. */
  readonly verified: 'pkix' | 'dane' | 'mta-sts' | 'none';
}

export interface HostFacts {
  /** The name it is known by: what a client called itself, or the host name we dialled. */
  readonly name?: string;
  readonly ip?: string;
  readonly port?: number;
}

export interface LoginFacts {
  readonly name: string;
  readonly mechanism: string;
}

/** A server's answer as it came: "550", "5.1.1", the text. */
export interface ReplyFacts {
  readonly code: number;
  readonly enhanced?: string;
  readonly text: string;
}

/** Every kind of event with its own fields; `at` and whom it concerns stand in {@link NewEvent}. */
export type EventFacts =
  /** The message came in; client and server of this hop, and the answer that took responsibility. */
  | {
      readonly kind: 'received';
      readonly service: 'smtp' | 'submission' | 'lmtp' | 'jmap';
      readonly client: HostFacts;
      readonly server: HostFacts;
      /** The keyword of the Received field: "ESMTPSA" (RFC 3848); or "JMAP". */
      readonly protocol: string;
      readonly tls?: TlsFacts;
      readonly login?: LoginFacts;
      readonly sessionId: string;
      readonly mailFrom: string;
      /** Octets of the message as it came. */
      readonly octets: number;
      /** When the connection, MAIL and the final dot came, in ms since the epoch. */
      readonly connectedAt: number;
      readonly startedAt: number;
      readonly endedAt: number;
      readonly reply: ReplyFacts;
    }
  /** We fetched it from a maildrop at another provider (POP3): we were the client. */
  | {
      readonly kind: 'collected';
      readonly server: HostFacts;
      /** The name we logged in with. */
      readonly login: string;
      /** What it is called there. */
      readonly uidl: string;
      /** Only its header came: it is larger than the limit. */
      readonly headOnly: boolean;
    }
  /** We wrote the message ourselves: a report, or a note to the postmaster. */
  | { readonly kind: 'composed'; readonly what: 'bounce' | 'delay' | 'success' | 'note'; readonly about?: string }
  /** A change a rule demanded, made once while the bytes streamed in. */
  | { readonly kind: 'edited'; readonly rule: string; readonly what: string }
  /** A recipient was decided on: by which rule, and what follows from it. */
  | {
      readonly kind: 'routed';
      readonly recipient: string;
      readonly rule: string;
      readonly decision: 'file' | 'relay';
      readonly via?: readonly string[];
    }
  | {
      readonly kind: 'filed';
      readonly recipient: string;
      readonly account: string;
      readonly mailbox: string;
      readonly uidl: string;
    }
  | {
      readonly kind: 'queued';
      readonly recipient: string;
      readonly destination: string;
      readonly nextAt: number;
      readonly why: string;
    }
  /** One attempt to hand it on: we were the client. */
  | {
      readonly kind: 'attempt';
      readonly attempt: number;
      readonly recipient: string;
      readonly destination: string;
      readonly server: HostFacts;
      /** The route of the configuration that was taken: "from alice@a.test to b.test". */
      readonly route?: string;
      readonly considered?: readonly string[];
      readonly protocol?: 'smtp' | 'esmtp' | 'lmtp';
      readonly tls?: TlsFacts;
      readonly login?: LoginFacts;
      /** The message was re-encoded in 7 bits for this server. `dkim`: its DKIM signature does not survive that. */
      readonly reencoded?: { readonly dkim: boolean };
      /** The connection was open from a message before. */
      readonly reused?: true;
      /** Where it ended: 'dns', 'connect', 'greeting', 'ehlo', 'tls', 'auth', 'mail', 'rcpt', 'data', 'dot'. */
      readonly stage: string;
      readonly outcome: 'relayed' | 'deferred' | 'failed' | 'unsure';
      readonly reply?: ReplyFacts;
      /** What went wrong when no server answered. */
      readonly problem?: string;
      readonly rule?: string;
      readonly startedAt: number;
      readonly endedAt: number;
      readonly nextAt?: number;
    }
  /**
   * The process that made an attempt ended before it recorded what came of it: the next server may
   * have taken the message (the one window that can't be closed). Without `nextAt` a person decides.
   */
  | {
      readonly kind: 'interrupted';
      readonly attempt: number;
      readonly recipient: string;
      readonly destination: string;
      readonly nextAt?: number;
      /** It is known that the attempt had not come to the end of the data. */
      readonly mayHaveLeft?: false;
    }
  /** The sender was told: `report` is the id of the report. */
  | {
      readonly kind: 'reported';
      readonly what: 'bounce' | 'delay' | 'success' | 'note';
      readonly report: string;
      readonly to: string;
    }
  /** Nobody could be told (null sender), or nobody wanted to be. */
  | { readonly kind: 'unreported'; readonly why: string }
  /** Somebody with the keys did something: hold, release, retry, fail, drop; or its sender: release, retry. */
  | { readonly kind: 'operator'; readonly action: string; readonly why?: string; readonly by?: 'sender' }
  /** The message was asked back, by whoever keeps this server or by its sender: what that did to this delivery. */
  | {
      readonly kind: 'taken-back';
      readonly by: 'keeper' | 'sender';
      /** Who it was, where that is known. */
      readonly name?: string;
      readonly answer: 'stopped' | 'leaving' | 'left' | 'unknown' | 'failed';
    }
  /** An attempt was under way when the message was asked back, and has ended without handing it on. */
  | { readonly kind: 'stopped'; readonly mayHaveLeft: boolean }
  /** The address is not written to for a while: it turned out not to exist. */
  | { readonly kind: 'suppressed'; readonly address: string; readonly until: number }
  | {
      readonly kind: 'retrieved';
      readonly how: 'retr' | 'top';
      readonly service: 'pop3';
      readonly client: HostFacts;
      readonly tls?: TlsFacts;
      readonly login: LoginFacts;
      readonly sessionId: string;
    }
  | { readonly kind: 'removed'; readonly by: 'pop3' | 'owner' | 'account-removed'; readonly sessionId?: string };

export interface NewEvent {
  /** The message it belongs to. */
  readonly message: string;
  /** The delivery `<message>/<n>` it concerns; absent for the message as a whole. */
  readonly n?: number;
  /** The account whose copy it concerns, where it is one. */
  readonly account?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly facts: EventFacts;
}

export interface StoredEvent extends NewEvent {
  /** Grows in the order of commits. */
  readonly seq: number;
  readonly version: number;
}
