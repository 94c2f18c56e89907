/**
 * What a session is and in which state (RFC 1939 §3): a union that carries what only that state has, so that a
 * maildrop before the login, or marks after the end, can't be written down.
 */
import type { Clock } from '../../base/index.ts';
import type { LineRead, Wire } from '../../net/index.ts';
import type { DeletionMarks } from './marks.ts';
import type { Maildrop, Pop3Client, Pop3Login, Pop3Refusal, Pop3SessionContext } from './policy.ts';

/** Before the login (RFC 1939 §4). */
export interface Authorization {
  readonly kind: 'authorization';
  /** What USER said; PASS must follow at once. */
  readonly user?: string;
}

/** After the login, until QUIT (RFC 1939 §5). */
export interface Transaction {
  readonly kind: 'transaction';
  readonly login: Pop3Login;
  readonly maildrop: Maildrop;
  readonly marks: DeletionMarks;
}

/** QUIT was said after a login and the maildrop is being changed (RFC 1939 §6); no command is taken any more. */
export interface Update {
  readonly kind: 'update';
}

/** Nothing more is read; the connection closes when what was answered has left. */
export interface Ended {
  readonly kind: 'ended';
  readonly why: string;
}

/** The states in which commands are taken. */
export type OpenState = Authorization | Transaction;

export type SessionState = OpenState | Update | Ended;

export interface Pop3ServerContext extends Pop3SessionContext {
  readonly clock: Clock;
  /**
   * Aborted when the program stops: a session that waits for a command ends, a message on its way is finished
   * first. A wire that knows of the stop itself (WireError 'shutdown') needs no signal.
   */
  readonly shutdown?: AbortSignal;
}

/** What a verb may see and change of the session it runs in. */
export interface Session {
  readonly context: Pop3ServerContext;
  readonly wire: Wire;
  readonly client: Pop3Client;
  state: SessionState;
  /** Wrong passwords so far. */
  loginFailures: number;
  /**
   * The next line from the peer. Throws SessionEnd when the peer left, said nothing for too long, or the program
   * stops.
   */
  readLine(limit: number): Promise<Exclude<LineRead, { readonly kind: 'end' }>>;
  /** UTF8: from here on the client takes messages as they are (RFC 6856 §2.1). */
  speakUtf8(): void;
  /** STLS: everything known of the client but its address is forgotten (RFC 2595 §4). */
  startTls(): Promise<void>;
}

/** The session is over, for a reason that is no command's doing. */
export class SessionEnd extends Error {
  readonly why: string;
  /** Said to the peer before closing; without it the connection is dropped in silence (RFC 1939 §3, autologout). */
  readonly farewell: Pop3Refusal | undefined;

  constructor(why: string, farewell?: Pop3Refusal) {
    super(why);
    this.name = 'SessionEnd';
    this.why = why;
    this.farewell = farewell;
  }
}
