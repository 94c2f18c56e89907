/**
 * Notes to the postmaster about mail that failed and of which nobody could be told. They are rare: what
 * comes between two of them is counted, and told of in the next.
 */
import type { NewEvent } from './events.ts';
import type { AcceptParams } from './message.ts';

export interface LastNote {
  readonly at: number;
  /** Deliveries that failed since, and that no note has told of. */
  readonly untold: number;
}

/** Goes with a settlement, in its commit. */
export interface NewNote {
  /** What was read before it was composed. Where another note was written meanwhile, this one is not: what it tells of is counted. */
  readonly since: LastNote | undefined;
  /** Absent: it is too early for one. */
  readonly accept?: AcceptParams;
  /** Deliveries of this settlement that it is about. */
  readonly count: number;
  /** Events that say so, written with it. */
  readonly told: readonly NewEvent[];
}
