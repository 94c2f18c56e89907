/**
 * Where a session stands. Each state carries what is known in it and nothing else, so that a
 * transaction without a greeting, or a message without recipients, can't be written down
 * (RFC 5321 §3.1, §3.3, §4.1.4).
 */
import type { Recipient, ReversePath } from '../../mail/index.ts';
import type { MailParameters } from '../grammar/parameters.ts';
import type { BareScan } from './bare-scan.ts';
import type { OpenMessage } from './message.ts';

/** What the peer said of itself in EHLO, HELO or LHLO. */
export interface Hello {
  readonly name: string;
  readonly protocol: 'smtp' | 'esmtp' | 'lmtp';
}

/** What MAIL and RCPT have built up (RFC 5321 §3.3: the reverse-path and forward-path buffers). */
export interface OpenTransaction {
  readonly mailFrom: ReversePath;
  readonly parameters: MailParameters;
  /** Those that were accepted; never more than `maxRecipients`. */
  readonly recipients: Recipient[];
  /** Whether any RCPT was refused: DATA without a recipient is answered accordingly. */
  refusedOne: boolean;
}

/** A message that is coming by BDAT. */
export interface Chunks {
  readonly message: OpenMessage;
  readonly scan: BareScan;
  /** Octets of the chunks so far. */
  octets: number;
}

/**
 * - connected: the banner was sent, no name was said.
 * - turned-away: the banner was 554; only QUIT is left (RFC 5321 §3.1).
 * - greeted: ready for MAIL.
 * - mail: MAIL was accepted; recipients, then the message.
 * - chunks: the message is coming by BDAT; `refused` when a piece of it was, and the rest is thrown away.
 */
export type SessionState =
  | { readonly at: 'connected' }
  | { readonly at: 'turned-away' }
  | { readonly at: 'greeted'; readonly hello: Hello }
  | { readonly at: 'mail'; readonly hello: Hello; readonly transaction: OpenTransaction }
  | {
      readonly at: 'chunks';
      readonly hello: Hello;
      readonly transaction: OpenTransaction;
      readonly chunks: Chunks | 'refused';
    };

export type StateName = SessionState['at'];

/** The states in which the peer has said its name. */
export type GreetedState = Extract<SessionState, { readonly hello: Hello }>;
