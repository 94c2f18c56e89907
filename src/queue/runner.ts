/**
 * Carries the queue out: claims what is due, has outbound/ make the attempt, settles what came of
 * it. Woken by a change in the store or by the earliest next time, never by polling; it looks at
 * destinations, not at deliveries, and at no more of them than there is room for, so the cost of a
 * wake-up does not grow with the queue. Whose turn it is, turns.ts says; how fast a destination takes
 * mail, pace.ts.
 *
 * At most one runner works on a state directory: it holds the store's lease "queue", and another
 * process that wants to run the queue waits for it.
 */
import { newTicket } from '../base/index.ts';
import type { Logger, ProcessIdentity } from '../base/index.ts';
import type { HeldMail } from '../intake/index.ts';
import type { AttemptResult, Job, Outbound, OutboundMessage } from '../outbound/index.ts';
import type { Claim, Learned, QueuedDelivery } from '../store/index.ts';
import { divideHeld, settleFiled } from './held.ts';
import { paceLimits, Paces, signOf, speaksForAll } from './pace.ts';
import type { Moment } from './pace.ts';
import { renderForNextServer } from './render.ts';
import { recordSettlement, unrecorded } from './record.ts';
import type { Recordable } from './record.ts';
import type { ReportParts } from './report.ts';
import { GATHER, Rest } from './rest.ts';
import { longestWait, retryTimes } from './schedule.ts';
import type { RetrySettings } from './schedule.ts';
import { settleAttempt } from './settle.ts';
import { withSuppressions } from './suppress.ts';
import { takeTurns } from './turns.ts';
import type { Turn } from './turns.ts';

export interface QueueSettings extends RetrySettings {
  /** Attempts under way at once, in all and to one destination. */
  readonly most: number;
  readonly mostPerDestination: number;
  /** How long an address that does not exist is remembered, in ms; 0: not at all. */
  readonly suppress: number;
}

export interface RunnerParts extends ReportParts {
  readonly outbound: Outbound;
  readonly held: HeldMail;
  readonly log: Logger;
  readonly process: ProcessIdentity;
  readonly settings: () => QueueSettings;
  /** 0 to 1: spreads retries. */
  readonly random: () => number;
}

export interface Runner {
  /** Stops claiming, waits up to `drainMs` for attempts under way, then cuts them off; gives up the lease. */
  stop(drainMs: number): Promise<void>;
}

const LEASE = 'queue';
/** How long another process's runner is left alone before the lease is asked for again. */
const LEASE_RETRY = 1_000;
/** A store that fails is asked again after this. */
const TROUBLE_PAUSE = 5_000;
/** While attempts are under way it is looked no more often than this whether the clock was set back. */
const CLOCK_WATCH = 10_000;
/** Messages given up at once because their destination has been silent for too long; the next attempt there takes more. */
const MOST_GIVEN_UP = 100;

export function startRunner(parts: RunnerParts): Runner {
  return new QueueRunner(parts);
}

class QueueRunner implements Runner {
  readonly #parts: RunnerParts;
  readonly #token = newTicket();
  readonly #cutOff = new AbortController();
  /** Attempts under way, by destination. */
  readonly #busy = new Map<string, number>();
  readonly #paces = new Paces();
  /** Their pauses are in the store, and may be too late for the look under way. */
  readonly #pausedSinceLook = new Set<string>();
  /** Attempts, and the settlements behind them. */
  readonly #underWay = new Set<Promise<void>>();
  readonly #rest: Rest;
  readonly #unsubscribe: () => void;
  readonly #looping: Promise<void>;
  /** Of claims whose people are asked: those that came to the end of the data. */
  readonly #endSaid = new WeakSet<Claim>();
  #stopping = false;
  #lookedAt = 0;
  #watchedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#rest = new Rest(parts.clock);
    this.#unsubscribe = parts.store.onChange(({ queue }) => {
      if (queue) this.#rest.stir();
    });
    this.#looping = this.#loop();
  }

  async stop(drainMs: number): Promise<void> {
    const cancel = this.#parts.clock.after(drainMs, () => {
      this.#cutOff.abort(new Error('the server is stopping'));
    });
    this.#stopping = true;
    this.#unsubscribe();
    this.#rest.stop();
    await this.#looping;
    await Promise.all(this.#underWay);
    cancel();
    await this.#parts.store.write('dropLease', { name: LEASE, token: this.#token }).catch((error: unknown) => {
      this.#parts.log.warn('The queue lease could not be given up; it ends with this process', { cause: error });
    });
  }

  async #loop(): Promise<void> {
    while (!this.#stopping) {
      try {
        if (!(await this.#takeLease())) await this.#rest.for(LEASE_RETRY);
        else if (this.#room() <= 0) await this.#rest.for(undefined);
        else if (!(await this.#claimSome()) && !(await this.#bringBack())) await this.#restUntilReady();
      } catch (error) {
        this.#parts.log.error('The queue could not be read; it is looked at again shortly', { cause: error });
        await this.#rest.for(TROUBLE_PAUSE);
      }
    }
  }

  #holdsLease = false;

  async #takeLease(): Promise<boolean> {
    if (this.#holdsLease) return true;
    const { store, clock, process } = this.#parts;
    this.#holdsLease = await store.write('takeLease', { name: LEASE, token: this.#token, process, at: clock.now() });
    return this.#holdsLease;
  }

  /** Times written under a clock that has since been set back would never come. */
  async #bringBack(): Promise<boolean> {
    const { store, clock } = this.#parts;
    const isBusy = this.#underWay.size > 0;
    if (isBusy && clock.ticks() - this.#watchedAt < CLOCK_WATCH) return false;
    this.#watchedAt = clock.ticks();
    const times = { now: clock.now(), longest: longestWait(this.#parts.settings()) };
    if (!(await store.read('hasAstray', times))) return false;
    await store.write('bringBack', times);
    return true;
  }

  #room(): number {
    return [...this.#busy.values()].reduce((room, count) => room - count, this.#parts.settings().most);
  }

  /** Claims as much as there is room for; false when nothing was ready that may have it. */
  async #claimSome(): Promise<boolean> {
    const { most, mostPerDestination } = this.#parts.settings();
    const now = this.#parts.clock.now();
    this.#lookedAt = now;
    this.#pausedSinceLook.clear();
    // Those that are full stand in the way, and there are no more of them than are busy.
    const ready = await this.#parts.store.read('readyDestinations', { now, limit: this.#room() + this.#busy.size });
    const turns = takeTurns({
      ready,
      busy: this.#busy,
      most,
      standing: (destination) => this.#paces.standing(destination),
      window: ({ destination, standing }) =>
        this.#pausedSinceLook.has(destination) ? 0 : this.#paces.window(destination, standing, mostPerDestination),
    });
    if (turns.length === 0) return false;
    const claims = await this.#claim(turns, now);
    for (const claim of claims) this.#start(claim);
    return claims.length > 0;
  }

  #claim(from: readonly Turn[], dueBy: number): Promise<readonly Claim[]> {
    const { store, clock, process, random } = this.#parts;
    const retryAt = retryTimes(this.#parts.settings(), clock.now(), random());
    return store.write('claimDue', { token: this.#token, process, dueBy, retryAt, from });
  }

  #start(claim: Claim): void {
    const makeRoom = this.#occupy(claim.destination);
    const work = this.#carryOut(claim, makeRoom).finally(() => {
      this.#underWay.delete(work);
      makeRoom();
    });
    this.#underWay.add(work);
  }

  /** The answer gives the place back, once. */
  #occupy(destination: string): () => void {
    this.#busy.set(destination, (this.#busy.get(destination) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const left = (this.#busy.get(destination) ?? 1) - 1;
      if (left === 0) this.#busy.delete(destination);
      else this.#busy.set(destination, left);
      this.#rest.rouse();
    };
  }

  /**
   * Recipients of different aliases go in transactions of their own: Delivered-To names the alias. The
   * next message may have the place as soon as the last of them has its outcome, unless that outcome
   * makes a pause, which must be in the store before.
   */
  async #carryOut(claim: Claim, makeRoom: () => void): Promise<void> {
    const groups = byOriginal(await this.#fileHeld(claim));
    for (const [i, deliveries] of groups.entries()) {
      const part = { ...claim, deliveries };
      await this.#orRelease(part, async () => {
        const began = this.#parts.clock.ticks();
        const result = await this.#attempt(part);
        const learned = this.#learn(claim.destination, result, began);
        const isPaused = learned !== undefined && learned.notBefore > 0;
        if (i === groups.length - 1 && !isPaused) makeRoom();
        await this.#settle(part, result, learned);
        if (isPaused) this.#pausedSinceLook.add(claim.destination);
        if (isPaused && speaksForAll(result)) await this.#giveUpOld(claim.destination, result);
      });
    }
  }

  #learn(destination: string, result: AttemptResult, began: number): Learned | undefined {
    const { clock } = this.#parts;
    const at: Moment = { ticks: clock.ticks(), now: clock.now() };
    const { mostPerDestination, retry } = this.#parts.settings();
    return this.#paces.learn(destination, signOf(result), began, at, paceLimits(mostPerDestination, retry));
  }

  /**
   * What has been due there for as long as a message may wait is given up with the attempt that has just
   * failed: behind a destination in pauses ten thousand of them would wait for years to find out one by one.
   * What goes by a route of its sender has not failed with it, and has its attempt now.
   */
  async #giveUpOld(destination: string, failed: AttemptResult): Promise<void> {
    const { clock } = this.#parts;
    const [outcome] = failed.outcomes;
    if (outcome === undefined) return;
    const { try: _, ...common } = outcome;
    const dueBy = clock.now() - this.#parts.settings().giveUp;
    const claims = await this.#claim([{ destination, claims: MOST_GIVEN_UP }], dueBy);
    for (const claim of claims) {
      if (this.#goesBySender(claim)) {
        await this.#carryOut(claim, () => undefined);
        continue;
      }
      const own = claim.deliveries.map(({ n }) => ({ ...common, n }));
      await this.#orRelease(claim, () => this.#settle(claim, { ...failed, tries: [], outcomes: own }));
    }
  }

  #goesBySender({ destination, message: { mailFrom, account } }: Claim): boolean {
    const by = account === undefined ? {} : { account };
    return this.#parts.outbound.goesBySender({ destination, mailFrom, submitted: account !== undefined, ...by });
  }

  /** What was held for mailboxes here is filed; whoever is left has to be handed on. */
  async #fileHeld(claim: Claim): Promise<readonly QueuedDelivery[]> {
    let left: readonly QueuedDelivery[] = [];
    await this.#orRelease(claim, async () => {
      const division = await divideHeld(this.#parts.held, claim);
      const { filed, refused } = division;
      if (filed.length > 0) {
        const part = { ...claim, deliveries: filed.map(({ delivery }) => delivery) };
        await this.#orRelease(part, () => this.#record(part, settleFiled(part, filed, this.#parts.clock.now())));
      }
      if (refused.deliveries.length > 0) {
        const part = { ...claim, deliveries: refused.deliveries };
        await this.#orRelease(part, () => this.#settle(part, refused.result));
      }
      ({ left } = division);
    });
    return left;
  }

  async #orRelease(part: Claim, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The next time stands in the store: what is lost is the record of this attempt, not the message.
      this.#parts.log.error('What came of an attempt could not be recorded', {
        message: part.message.id,
        destination: part.destination,
        cause: error,
      });
      await this.#release(part);
    }
  }

  #settle(claim: Claim, result: AttemptResult, learned?: Learned): Promise<void> {
    const settings = this.#parts.settings();
    const now = this.#parts.clock.now();
    const settlement = settleAttempt(claim, result, settings, now);
    const recorded = withSuppressions(settlement, { claim, result, keep: settings.suppress, now });
    return this.#record(claim, { ...recorded, ...(learned === undefined ? {} : { learned }) });
  }

  async #record(claim: Claim, settlement: Recordable): Promise<void> {
    const { kind } = await recordSettlement(this.#parts, { token: this.#token, claim }, settlement);
    if (kind === 'lost') {
      this.#parts.log.warn('An attempt ended after its claim was taken away; nothing was recorded', {
        message: claim.message.id,
      });
    }
  }

  /** Puts back what is still claimed, as soon as the store takes it: nobody else would. */
  async #release(claim: Claim): Promise<void> {
    const putBack = unrecorded(claim, this.#endSaid.has(claim), this.#parts.clock.now());
    const { log } = this.#parts;
    const { signal } = this.#cutOff;
    for (;;) {
      try {
        await recordSettlement(this.#parts, { token: this.#token, claim }, putBack);
        return;
      } catch (error) {
        const when = signal.aborted ? 'it is freed at the next start' : 'it is tried again shortly';
        log.error(`A claimed message could not be put back; ${when}`, { message: claim.message.id, cause: error });
      }
      if (signal.aborted) return;
      await this.#pause(TROUBLE_PAUSE);
    }
  }

  /** Waits so long, and no longer than attempts may last. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#cutOff;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#parts.clock.after(ms, end);
      signal.addEventListener('abort', end);
    });
  }

  #attempt(claim: Claim): Promise<AttemptResult> {
    const { message, deliveries, destination } = claim;
    const render = renderForNextServer(this.#parts.store.content, message, deliveries[0]?.original);
    const outgoing: OutboundMessage = {
      id: message.id,
      mailFrom: message.mailFrom,
      submitted: message.account !== undefined,
      ...(message.account === undefined ? {} : { account: message.account }),
      body: message.body,
      smtputf8: message.smtputf8,
      composed: message.source === 'composed',
      ...(message.ret === undefined ? {} : { ret: message.ret }),
      ...(message.envid === undefined ? {} : { envid: message.envid }),
      octets: render.octets,
      content: render.content,
    };
    const recipients = deliveries.map(({ n, recipient, original, notify, orcpt }) => ({
      n,
      address: recipient,
      ...(notify === undefined ? {} : { notify: original === undefined ? notify : discreet(notify) }),
      ...(orcpt === undefined ? {} : { orcpt }),
    }));
    const takenBack = (): Promise<ReadonlySet<number>> => this.#takenBack(message.id);
    const job = { destination, message: outgoing, recipients, takenBack, ...this.#announcing(claim) };
    return this.#parts.outbound.attempt(job, this.#cutOff.signal);
  }

  /** Whoever is asked when nobody knows whether it left, is asked only then: so it is written down when that begins. */
  #announcing(claim: Claim): Pick<Job, 'beforeEnd'> {
    const { message, deliveries } = claim;
    const numbers = deliveries.filter(({ onUnsure }) => onUnsure === 'ask').map(({ n }) => n);
    if (numbers.length === 0) return {};
    const { store } = this.#parts;
    return {
      beforeEnd: async () => {
        const isOurs = await store.write('announceEnd', { token: this.#token, message: message.id, numbers });
        if (!isOurs) throw new Error('the claim was taken away');
        this.#endSaid.add(claim);
      },
    };
  }

  /** While a store can't be asked, the attempt goes on. */
  async #takenBack(message: string): Promise<ReadonlySet<number>> {
    const deliveries = await this.#parts.store.read('deliveries', { message }).catch(() => []);
    return new Set(deliveries.filter((one) => one.stopRequestedAt !== undefined).map(({ n }) => n));
  }

  async #restUntilReady(): Promise<void> {
    const { store, clock } = this.#parts;
    // What was ready then, and was not claimed, waits for an attempt to end.
    const ready = await store.read('nextReady', { after: this.#lookedAt });
    const wait = ready === undefined ? undefined : Math.max(ready - clock.now(), GATHER);
    return this.#rest.for(wait === undefined ? undefined : Math.min(wait, longestWait(this.#parts.settings())));
  }
}

/** What the server behind an alias is asked to report: its report of success would tell where the alias leads (RFC 3461 §5.2.7.4). */
function discreet(notify: readonly string[]): readonly string[] {
  const left = notify.filter((occasion) => occasion !== 'success');
  return left.length === 0 ? ['never'] : left;
}

function byOriginal(deliveries: readonly QueuedDelivery[]): readonly (readonly QueuedDelivery[])[] {
  const groups = new Map<string, QueuedDelivery[]>();
  for (const delivery of deliveries) {
    const key = delivery.original ?? '';
    groups.set(key, [...(groups.get(key) ?? []), delivery]);
  }
  return [...groups.values()];
}
