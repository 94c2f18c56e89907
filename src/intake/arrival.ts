/**
 * What is known of a message when its content begins: who hands it to us, the envelope, and what
 * was decided about each recipient. Structural, so that any door (SMTP, later collecting and
 * importing) can bring one.
 */
import type { Target } from '../accounts/index.ts';
import type { Envelope, Recipient, Reply } from '../mail/index.ts';
import type { AcceptParams, HostFacts, LoginFacts, NewDelivery, Sent, TlsFacts } from '../store/index.ts';
import type { Author } from './author.ts';

/** A recipient that was accepted, with everything it stands for. */
export interface RoutedRecipient {
  readonly recipient: Recipient;
  /** The rule that accepted it: of routing for our own addresses, of relaying for others. */
  readonly rule: string;
  /** Never empty. */
  readonly targets: readonly Target[];
}

export interface Arrival {
  readonly service: 'smtp' | 'submission' | 'lmtp' | 'jmap';
  readonly sessionId: string;
  readonly client: HostFacts;
  readonly server: HostFacts;
  readonly protocol: 'smtp' | 'esmtp' | 'lmtp' | 'jmap';
  readonly tls?: TlsFacts;
  readonly login?: LoginFacts & { readonly account: string };
  /** When the connection came and when the transaction began. */
  readonly connectedAt: number;
  readonly startedAt: number;
  readonly envelope: Envelope;
  readonly recipients: readonly RoutedRecipient[];
  /** Submission: whose name may stand on the message. */
  readonly author?: Author;
  /** What is counted for the account that submits it. */
  readonly sent?: Sent;
  /** What follows when nobody knows whether the next server has it; 'retry' where it isn't said. */
  readonly onUnsure?: NewDelivery['onUnsure'];
  /** Whether a failure is reported in a letter or only shown with the message; 'report' where it isn't said. */
  readonly onFailure?: NewDelivery['onFailure'];
  /** Takes the message instead of the store's `accept`, with more in the same commit; a reply: it was not taken. */
  readonly commit?: (message: AcceptParams) => Promise<Reply | undefined>;
}

/** Where the octets of one arriving message go; the shape of smtp/server's MessageSink. */
export interface ArrivalSink {
  write(chunk: Buffer): void | Promise<void>;
  /** SMTP: one reply. LMTP: one for each recipient of the arrival, in order (RFC 2033 §4.2). */
  finish(): Promise<Reply | readonly Reply[]>;
  abort(): Promise<void>;
}
