/**
 * Taking a message back: what has left, has left; what has not, stops. One commit, so that the answer
 * and what a runner may claim afterwards can't differ.
 */
import type { NewEvent } from './events.ts';
import type { DeliveryState } from './message.ts';

/**
 * - stopped: it never left, and never will.
 * - leaving: an attempt is under way. Unless that hands it on, it stops with it.
 * - left: handed on, or filed in a mailbox here.
 * - unknown: it goes no further from here; whether an earlier attempt handed it on, nobody knows.
 * - failed: it had been given up before, and its sender was told.
 */
export type TakenBack = 'stopped' | 'leaving' | 'left' | 'unknown' | 'failed';

export interface TakenBackDelivery {
  readonly n: number;
  readonly recipient: string;
  /** What the sender wrote, where that was another address. */
  readonly original?: string;
  readonly answer: TakenBack;
  /** What it was before. */
  readonly was: DeliveryState;
  /** When it ended, where it had. */
  readonly endedAt?: number;
}

export interface TakeBackWrites {
  /**
   * Waiting, held and unsure deliveries end as dropped; for those being sent a stop is noted, which `settle`
   * and `freeProcesses` honour. Nobody is told. Again: the same answers, as far as they are known by then.
   * 'not-yours': `account` is given, and another one submitted it.
   */
  takeBack(p: {
    readonly message: string;
    readonly account?: string;
    /** Absent: all of them. */
    readonly numbers?: readonly number[];
    readonly at: number;
    /** Written for each delivery that changes; `answer` and `n` are put in. */
    readonly by: Pick<Extract<NewEvent['facts'], { kind: 'taken-back' }>, 'by' | 'name'>;
  }): 'missing' | 'not-yours' | readonly TakenBackDelivery[];
}
