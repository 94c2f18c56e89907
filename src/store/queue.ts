/** What we owe to other servers, claimed and settled by one runner (HOUSE P3). Part of the contract of store.ts. */
import type { ProcessIdentity } from '../base/index.ts';
import type { NewEvent } from './events.ts';
import type { AcceptParams, DeliveryState, NewEmail, QueuedDelivery, QueuedMessage } from './message.ts';
import type { LastNote, NewNote } from './note.ts';
import type { Suppression } from './suppression.ts';

/** Work for one connection: due recipients of one message at one destination. */
export interface Claim {
  readonly message: QueuedMessage;
  readonly destination: string;
  readonly deliveries: readonly QueuedDelivery[];
}

/** What is known of a destination: that it takes mail, that it lately did not, or nothing. */
export type Standing = 'well' | 'unknown' | 'troubled';

export interface ReadyDestination {
  readonly destination: string;
  readonly standing: Standing;
  /** Since when there is something due, and no pause. */
  readonly readyAt: number;
}

export interface Learned {
  readonly destination: string;
  readonly standing: Standing;
  /** Nothing is to be tried there before this time; 0: at any time. */
  readonly notBefore: number;
}

export interface AttemptRecord {
  readonly n: number;
  readonly attempt: number;
  readonly host?: string;
  readonly ip?: string;
  readonly port?: number;
  readonly tls?: string;
  /** The whole reply, a line each: "550 5.1.1 No such user", or what went wrong where no server answered. */
  readonly reply?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface SettledDelivery {
  readonly n: number;
  readonly state: Exclude<DeliveryState, 'sending'>;
  /** For waiting: when it is due again. */
  readonly nextAt?: number;
  readonly lastReply?: string;
  readonly reason?: string;
  readonly delayNotifiedAt?: number;
  /** Nobody knows whether the next server has it. */
  readonly mayHaveLeft?: true;
}

export interface QueueFilter {
  readonly message?: string;
  /** The recipient's domain, or the destination. */
  readonly domain?: string;
  /** The reverse-path, or its domain as "@a.test". */
  readonly sender?: string;
  /** Received before this time. */
  readonly receivedBefore?: number;
  /** Absent: those that have not ended. */
  readonly states?: readonly DeliveryState[];
  /** {@link QueuedDelivery.reason}; null: nobody has tried yet. */
  readonly reason?: string | null;
  /** Whether it has a next time: held until then, or else until somebody releases it. */
  readonly timed?: boolean;
}

export interface QueueEntry {
  readonly message: string;
  readonly mailFrom: string;
  readonly octets: number;
  readonly receivedAt: number;
  readonly delivery: QueuedDelivery;
}

/** Deliveries that stand alike: in one state, for one reason. */
export interface QueueGroup {
  readonly state: DeliveryState;
  /** For held ones: until a time, else until somebody releases them. */
  readonly timed: boolean;
  /** {@link QueuedDelivery.reason} */
  readonly reason?: string;
  readonly count: number;
  /** When the oldest of their messages (by id) was taken in. */
  readonly oldestAt: number;
  /** The earliest time at which one is due. */
  readonly nextAt?: number;
}

/** Of a runner, and of the person who keeps the queue. */
export interface QueueWrites {
  /**
   * Takes deliveries that are due by a time: from each destination at most so many claims, oldest due
   * first, each of at most 100 recipients of one message. Attempt count and the time of the next attempt
   * (`retryAt[attempts before this one]`, or its last entry) are committed with it (P3).
   */
  claimDue(p: {
    readonly token: string;
    readonly process: ProcessIdentity;
    readonly dueBy: number;
    readonly retryAt: readonly number[];
    readonly from: readonly { readonly destination: string; readonly claims: number }[];
  }): readonly Claim[];
  /**
   * The end of the data is said next: from here to `settle` nobody knows whether the next server has the message. False:
   * the claim is not ours any more, and it must not be said. The commit is not synced: it outlives this process, and what
   * a power cut takes of it, `freeProcesses` takes for said.
   */
  announceEnd(p: { readonly token: string; readonly message: string; readonly numbers: readonly number[] }): boolean;
  /** What `hasAstray` speaks of is due now; at most 1,000 deliveries at a time. */
  bringBack(p: { readonly now: number; readonly longest: number }): void;
  /**
   * Ends claimed deliveries and files the report in the same commit. 'lost': the lease is not ours any more, nothing
   * changed. `stop`: these were asked back meanwhile, nothing changed either; they can be settled as relayed, filed or
   * dropped only.
   */
  settle(p: {
    readonly token: string;
    readonly message: string;
    readonly at: number;
    readonly deliveries: readonly SettledDelivery[];
    readonly attempts: readonly AttemptRecord[];
    readonly events: readonly NewEvent[];
    readonly reports: readonly AcceptParams[];
    /** Copies for the mailboxes of those that end as `filed`. */
    readonly emails?: readonly NewEmail[];
    /** Addresses that turned out not to exist. */
    readonly suppress?: readonly Suppression[];
    /** Addresses that mail of this account got to: an answer that said otherwise is forgotten. */
    readonly lift?: { readonly account: string; readonly addresses: readonly string[] };
    readonly note?: NewNote;
    /** What the attempt says about its destination. */
    readonly learned?: Learned;
    /** The account that submitted it. */
    readonly submitter?: string;
  }): 'done' | 'lost' | { readonly stop: readonly number[] };
  /** Claims particular deliveries that nobody is sending, whatever their time (an operator's `fail`); counts no attempt. */
  claimForOperator(p: {
    readonly token: string;
    readonly process: ProcessIdentity;
    readonly message: string;
    readonly numbers: readonly number[];
  }): Claim | undefined;
  /** retry: due now (and its destination not in a pause), but for what is held until a time; hold (without a time), release, drop as {@link DeliveryState} says. Those being sent, and ended ones, are left alone. The numbers changed. */
  changeDeliveries(p: {
    readonly message: string;
    readonly numbers: readonly number[];
    readonly action: 'retry' | 'hold' | 'release' | 'drop';
    /** Those in other states are left alone. */
    readonly only?: readonly DeliveryState[];
    readonly at: number;
    readonly events: readonly NewEvent[];
  }): readonly number[];
  /** Forgets what was learned, before that time, of destinations where nothing is due. True: more is left. */
  forgetDestinations(p: { readonly before: number; readonly limit: number }): boolean;
}

/** What is due, what is owed, and what came of it. */
export interface QueueReads {
  /** Destinations with something due that are not in a pause: of each standing at most `limit`, the earliest first. */
  readyDestinations(p: { readonly now: number; readonly limit: number }): readonly ReadyDestination[];
  /** When, after that time, the next destination is ready. */
  nextReady(p: { readonly after: number }): number | undefined;
  /** Whether a delivery waits, or a pause lasts, beyond `now + longest`: the clock was set back since (HOUSE, time). */
  hasAstray(p: { readonly now: number; readonly longest: number }): boolean;
  listQueue(p: {
    readonly filter: QueueFilter;
    readonly after?: { readonly message: string; readonly n: number };
    readonly limit: number;
  }): readonly QueueEntry[];
  /** The same entries, counted. In no order. */
  queueGroups(p: { readonly filter: QueueFilter }): readonly QueueGroup[];
  attempts(p: { readonly message: string }): readonly AttemptRecord[];
  lastNote(p: Record<never, never>): LastNote | undefined;
  deliveries(p: { readonly message: string }): readonly QueuedDelivery[];
}
