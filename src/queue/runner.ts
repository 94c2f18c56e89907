/**
 * Carries the queue out: claims what is due, has outbound/ make the attempt, settles what came of
 * it. Woken by a change in the store or by the earliest next time, never by polling, so the cost of
 * a wake-up does not grow with the queue.
 *
 * At most one runner works on a state directory: it holds the store's lease "queue", and another
 * process that wants to run the queue waits for it.
 */
import { newTicket } from '../base/index.ts';
import type { Cancel, Logger, ProcessIdentity } from '../base/index.ts';
import type { HeldMail } from '../intake/index.ts';
import type { AttemptResult, Outbound, OutboundMessage } from '../outbound/index.ts';
import type { Claim, NewEmail, QueuedDelivery } from '../store/index.ts';
import { divideHeld, settleFiled } from './held.ts';
import { renderForNextServer } from './render.ts';
import { recordSettlement } from './record.ts';
import type { ReportParts } from './report.ts';
import { longestWait, retryTimes } from './schedule.ts';
import type { RetrySettings } from './schedule.ts';
import { settleAttempt } from './settle.ts';
import type { Settlement } from './settle.ts';
import { withSuppressions } from './suppress.ts';

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
/** After a look that found nothing due, changes are gathered this long before the next look. */
const GATHER = 10;
/** A store that fails is asked again after this. */
const TROUBLE_PAUSE = 5_000;

export function startRunner(parts: RunnerParts): Runner {
  return new QueueRunner(parts);
}

class QueueRunner implements Runner {
  readonly #parts: RunnerParts;
  readonly #token = newTicket();
  readonly #cutOff = new AbortController();
  readonly #busy = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;
  readonly #looping: Promise<void>;
  #stopping = false;
  #wake: (() => void) | undefined;
  #woken = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.store.onChange(({ queue }) => {
      if (queue) this.#wakeUp();
    });
    this.#looping = this.#loop();
  }

  async stop(drainMs: number): Promise<void> {
    const cancel = this.#parts.clock.after(drainMs, () => {
      this.#cutOff.abort(new Error('the server is stopping'));
    });
    this.#stopping = true;
    this.#unsubscribe();
    this.#wakeUp();
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
        if (!(await this.#takeLease())) await this.#rest(LEASE_RETRY);
        else if (!(await this.#claimSome())) await this.#restUntilDue();
      } catch (error) {
        this.#parts.log.error('The queue could not be read; it is looked at again shortly', { cause: error });
        await this.#rest(TROUBLE_PAUSE);
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

  /** Claims as much as there is room for; false when nothing was due or there is no room. */
  async #claimSome(): Promise<boolean> {
    const { store, clock, process, random } = this.#parts;
    const settings = this.#parts.settings();
    const room = settings.most - this.#underWay.size;
    if (room <= 0) return false;
    const now = clock.now();
    const claims = await store.write('claimDue', {
      token: this.#token,
      process,
      now,
      retryAt: retryTimes(settings, now, random()),
      longest: longestWait(settings),
      limit: Math.min(room, settings.mostPerDestination),
      skip: this.#fullDestinations(),
    });
    for (const claim of claims) this.#start(claim);
    return claims.length > 0;
  }

  #fullDestinations(): readonly string[] {
    const { mostPerDestination } = this.#parts.settings();
    return [...this.#busy].filter(([, count]) => count >= mostPerDestination).map(([destination]) => destination);
  }

  #start(claim: Claim): void {
    this.#busy.set(claim.destination, (this.#busy.get(claim.destination) ?? 0) + 1);
    const work = this.#carryOut(claim).finally(() => {
      this.#underWay.delete(work);
      const left = (this.#busy.get(claim.destination) ?? 1) - 1;
      if (left === 0) this.#busy.delete(claim.destination);
      else this.#busy.set(claim.destination, left);
      this.#wakeUp();
    });
    this.#underWay.add(work);
  }

  /** Recipients of different aliases go in transactions of their own: Delivered-To names the alias. */
  async #carryOut(claim: Claim): Promise<void> {
    const left = await this.#fileHeld(claim);
    for (const deliveries of byOriginal(left)) {
      const part = { ...claim, deliveries };
      await this.#orRelease(part, async () => this.#settle(part, await this.#attempt(part)));
    }
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

  #settle(claim: Claim, result: AttemptResult): Promise<void> {
    const settings = this.#parts.settings();
    const now = this.#parts.clock.now();
    const settlement = settleAttempt(claim, result, settings, now);
    return this.#record(claim, withSuppressions(settlement, { claim, result, keep: settings.suppress, now }));
  }

  async #record(claim: Claim, settlement: Settlement & { readonly emails?: readonly NewEmail[] }): Promise<void> {
    const { kind } = await recordSettlement(this.#parts, { token: this.#token, claim }, settlement);
    if (kind === 'lost') {
      this.#parts.log.warn('An attempt ended after its claim was taken away; nothing was recorded', {
        message: claim.message.id,
      });
    }
  }

  /** Puts what is still claimed back to waiting at the time the claim committed. The next server may have got it. */
  async #release(claim: Claim): Promise<void> {
    const deliveries = claim.deliveries.map(({ n, nextAt }) => {
      return { n, state: 'waiting', nextAt, mayHaveLeft: true } as const;
    });
    const putBack = { deliveries, attempts: [], events: [], reports: [] };
    await recordSettlement(this.#parts, { token: this.#token, claim }, putBack).catch((error: unknown) => {
      this.#parts.log.error('A claimed message could not be put back; it is freed at the next start', {
        message: claim.message.id,
        cause: error,
      });
    });
  }

  #attempt(claim: Claim): Promise<AttemptResult> {
    const { message, deliveries, destination } = claim;
    const render = renderForNextServer(this.#parts.store.content, message, deliveries[0]?.original);
    const outgoing: OutboundMessage = {
      id: message.id,
      mailFrom: message.mailFrom,
      submitted: message.account !== undefined,
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
    return this.#parts.outbound.attempt({ destination, message: outgoing, recipients }, this.#cutOff.signal);
  }

  async #restUntilDue(): Promise<void> {
    const { store, clock } = this.#parts;
    const settings = this.#parts.settings();
    if (this.#underWay.size >= settings.most) return this.#rest(undefined);
    const due = await store.read('nextDue', { skip: this.#fullDestinations() });
    if (due === undefined) return this.#rest(undefined);
    return this.#rest(Math.min(Math.max(due - clock.now(), GATHER), longestWait(settings)));
  }

  /** Waits for a change, and for at most `ms`. Changes that came since the last rest end it at once, after a short gathering. */
  #rest(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#parts;
      let cancel: Cancel | undefined;
      const end = (): void => {
        cancel?.();
        this.#wake = undefined;
        this.#woken = false;
        resolve();
      };
      if (this.#stopping) {
        end();
        return;
      }
      if (this.#woken) {
        cancel = clock.after(GATHER, end);
        return;
      }
      if (ms !== undefined) cancel = clock.after(ms, end);
      this.#wake = end;
    });
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake?.();
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
