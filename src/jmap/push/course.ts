/**
 * One push subscription on its way (RFC 8620 §7.2): the code first, and once its owner has brought that back, what
 * changed. One message at a time; whatever changes meanwhile is one message more. What was told is kept, so a restart
 * tells what it missed. A service that takes nothing is tried again later and later, and at last given up.
 */
import { describeError } from '../../base/index.ts';
import type { Cancel, Clock, Logger } from '../../base/index.ts';
import type { PushSubscription, Store } from '../../store/index.ts';
import type { DataType } from '../registry.ts';
import { encrypted } from './encrypt.ts';
import type { PushKeys } from './encrypt.ts';
import type { PushMessage, PushOutcome, PushParts } from './post.ts';
import { changeSince, statesOf, watchedBy } from './states.ts';
import type { States } from './states.ts';

export interface CourseParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly types: readonly DataType[];
  readonly push: Omit<PushParts, 'isPostable'>;
  readonly stopping: AbortSignal;
  /** Reads all subscriptions anew: one was removed, or was changed while it was being posted to. */
  look(): void;
}

const MINUTE = 60_000;
/** Pauses after failures in a row; after one more the subscription is given up. About three days in all. */
export const PAUSES: readonly number[] = [1, 2, 5, 15, 60, 180, 360, 720, 1440, 1440].map((n) => n * MINUTE);
/** No service is asked to take more than one message in that time. */
const GAP = 1_000;
/** How soon it is asked again whether it is this process that posts. */
const ASK_AGAIN = 15_000;
/** However long a service wants to be left alone. */
const LONGEST_PAUSE = 24 * 60 * MINUTE;
const LONGEST_TIMER = LONGEST_PAUSE;

interface Message {
  readonly content: object;
  /** What is true once it was taken. */
  readonly taken: { readonly stage: 'asked' } | { readonly told: PushSubscription['told'] };
}

export class Course {
  readonly #parts: CourseParts;
  #row: PushSubscription;
  #isUnderWay: Promise<void> | undefined;
  #again = false;
  #isStale = false;
  #written = 0;
  #hasEnded = false;
  #cancel: Cancel = () => undefined;

  constructor(parts: CourseParts, row: PushSubscription) {
    this.#parts = parts;
    this.#row = row;
  }

  get account(): string {
    return this.#row.account;
  }

  /** Grows with each write of its own: what was read before one says nothing any more. */
  get written(): number {
    return this.#written;
  }

  /**
   * As it stood in the store when it was read.
   * @param written what {@link written} said when that reading began
   */
  update(row: PushSubscription, written: number): void {
    if (this.#isUnderWay !== undefined) this.#isStale = true;
    else if (written === this.#written) this.#row = row;
    else this.#parts.look();
    this.nudge();
  }

  /** Something may have to be told. */
  nudge(): void {
    if (this.#hasEnded) return;
    this.#again = true;
    this.#isUnderWay ??= this.#run().finally(() => {
      this.#isUnderWay = undefined;
      if (this.#isStale && !this.#hasEnded) this.#parts.look();
      this.#isStale = false;
      if (this.#again) this.nudge();
    });
  }

  /** What is under way is waited for. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#cancel();
    await this.#isUnderWay;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#hasEnded) {
      this.#again = false;
      this.#cancel();
      try {
        this.#wakeIn(await this.#once());
      } catch (error) {
        this.#parts.log.warn('A push subscription could not be looked at; it is tried again', {
          account: this.account,
          cause: describeError(error),
        });
        this.#wakeIn(MINUTE);
      }
    }
  }

  #wakeIn(ms: number): void {
    if (this.#hasEnded) return;
    this.#cancel = this.#parts.clock.after(Math.min(ms, LONGEST_TIMER), () => {
      this.nudge();
    });
  }

  /** In how many ms it is to be looked at again, if nothing happens before. */
  async #once(): Promise<number> {
    const { clock, push, stopping } = this.#parts;
    const { expiresAt, dueAt } = this.#row;
    const now = clock.now();
    if (now >= expiresAt) return await this.#remove();
    // One further away than any pause was written under a clock that has been set back since.
    if (now < dueAt && dueAt - now <= LONGEST_PAUSE) return dueAt - now;
    const message = await this.#next();
    if (message === undefined) return expiresAt - clock.now();
    if (!(await push.mayPost())) return ASK_AGAIN;
    const outcome = await push.post({ ...this.#sealed(message.content), signal: stopping });
    return stopping.aborted ? 0 : await this.#settle(message, outcome);
  }

  async #next(): Promise<Message | undefined> {
    const { id, account, code, stage, types, told } = this.#row;
    if (stage === 'asked') return undefined;
    if (stage === 'new') {
      const content = { '@type': 'PushVerification', pushSubscriptionId: id, verificationCode: code };
      return { content, taken: { stage: 'asked' } };
    }
    const now = await statesOf(watchedBy(this.#parts.types, types ?? '*'), account);
    const content = changeSince(account, new Map(Object.entries(told)), now);
    return content && { content, taken: { told: { ...told, ...plain(now) } } };
  }

  #sealed(content: object): Omit<PushMessage, 'signal'> {
    const { url, keys } = this.#row;
    const text = Buffer.from(JSON.stringify(content));
    return keys === undefined
      ? { url, octets: text, isEncrypted: false }
      : { url, octets: encrypted(text, JSON.parse(keys) as PushKeys), isEncrypted: true };
  }

  async #settle({ taken }: Message, outcome: PushOutcome): Promise<number> {
    const { store, clock } = this.#parts;
    if (outcome.kind === 'gone') return await this.#giveUp('The push service does not know it any more');
    const { id, failures: before } = this.#row;
    const failures = outcome.kind === 'taken' ? 0 : before + 1;
    const pause = outcome.kind === 'taken' ? GAP : PAUSES[failures - 1];
    if (pause === undefined) return await this.#giveUp(`It failed ${failures} times`);
    const asked = outcome.kind === 'failed' ? Math.min(outcome.retryAfter ?? 0, LONGEST_PAUSE) : 0;
    const dueAt = clock.now() + Math.max(pause, asked);
    const note = { failures, dueAt, ...(outcome.kind === 'taken' ? taken : {}) };
    await store.write('notePush', { id, ...note });
    this.#written++;
    this.#row = { ...this.#row, ...note };
    if (outcome.kind === 'failed') this.#tell(outcome.why, failures);
    // There may be more by then, though nobody says so.
    return dueAt - clock.now();
  }

  #tell(why: string, failures: number): void {
    const { log } = this.#parts;
    log.info('A push was not taken; it is tried again later', { account: this.account, why, failures });
  }

  async #giveUp(why: string): Promise<number> {
    this.#parts.log.info('A push subscription was given up', { account: this.account, why });
    return await this.#remove();
  }

  async #remove(): Promise<number> {
    const { id, account } = this.#row;
    await this.#parts.store.write('removePushSubscription', { account, id });
    this.#hasEnded = true;
    this.#parts.look();
    return 0;
  }
}

export function plain(states: States): PushSubscription['told'] {
  return Object.fromEntries(states);
}
