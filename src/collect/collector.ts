/**
 * Visits the remote accounts when they are due, a few at a time, each on a line of its own, and keeps what came of it.
 * One process has the lease for it (HOUSE: one runner on a state directory).
 */
import { describeError } from '../base/index.ts';
import type { Cancel, Clock, Logger } from '../base/index.ts';
import type { DialOptions, Wire } from '../net/index.ts';
import type { Store } from '../store/index.ts';
import { connect } from './connect.ts';
import type { Remote, Remotes } from './remotes.ts';
import { loginOf, remoteOf } from './remotes.ts';
import { dueAfter, standingAfter } from './schedule.ts';
import { storeLedger } from './store-ledger.ts';
import { NO_SECRET, TroubleError, troubleOf } from './trouble.ts';
import type { Trouble } from './trouble.ts';
import { visit } from './visit.ts';
import type { VisitProgress, VisitResult } from './visit.ts';

export interface CollectorParts {
  readonly store: Store;
  readonly remotes: Remotes;
  readonly clock: Clock;
  readonly log: Logger;
  /** The most octets of one message. */
  readonly longest: () => number;
  readonly dialTo?: (options: DialOptions) => Promise<Wire>;
  /** Something that is shown has changed. */
  readonly onChange?: () => void;
  /** A provider that could not be visited can be again. */
  readonly onBack?: () => void;
  /** Whether what is due is visited from here: of several processes on a state directory one does. Default: it is. */
  readonly mayCollect?: () => Promise<boolean>;
}

/** A visit that is under way. */
export interface Visiting {
  readonly since: number;
  readonly progress: VisitProgress | undefined;
}

/** Accounts that are visited at a time. */
const MOST_VISITS = 3;
/** How often is looked, in ms, when nothing is said to be due. */
const LOOK_EVERY = 60_000;
/** How often, where another process collects. */
const LOOK_AGAIN = 10_000;

export class Collector {
  readonly #parts: CollectorParts;
  readonly #under = new Map<
    string,
    {
      readonly visiting: { since: number; progress: VisitProgress | undefined };
      stopped: boolean;
      readonly cut: AbortController;
      readonly done: Promise<void>;
    }
  >();
  /** What a person said about ids that are all new; for the next visit only. */
  readonly #answers = new Map<string, 'same-messages' | 'new-messages'>();
  /** Visits that have ended, counted: what was read while one ended may say that it is still due. */
  #ended = 0;
  /** Accounts of whose visit nothing could be kept (a full disk), and when they are visited by themselves again. */
  readonly #resting = new Map<string, number>();
  #cancel: Cancel | undefined;
  #stopListening: (() => void) | undefined;
  #looking = false;
  #lookAgain = false;
  #closed = false;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** Before it nothing is visited but what {@link check} asks for. */
  start(): void {
    this.#stopListening = this.#parts.store.onChange(() => {
      this.#look();
    });
    this.#look();
  }

  /** The visits that are under way now, by account. */
  visits(): ReadonlyMap<string, Visiting> {
    return new Map([...this.#under].map(([id, { visiting }]) => [id, visiting]));
  }

  /** Visits it now, whatever it waits for. False: there is none, or a visit is under way. */
  async check(id: string, answer?: 'same-messages' | 'new-messages'): Promise<boolean> {
    const remote = await this.#parts.remotes.get(id);
    if (remote === undefined || this.#under.has(id) || this.#closed) return false;
    if (answer !== undefined) this.#answers.set(id, answer);
    this.#begin(remote);
    return true;
  }

  /** Ends a visit that is under way behind the messages that it has asked for; what was marked for removal is removed. */
  stopVisit(id: string): boolean {
    const under = this.#under.get(id);
    if (under === undefined) return false;
    under.stopped = true;
    return true;
  }

  /** Waits until the visit that is under way has ended. */
  async settled(id: string): Promise<void> {
    await this.#under.get(id)?.done;
  }

  /** Ends the visits behind the messages they have asked for, or, after so many ms, where they are. */
  async close(drainMs: number): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    this.#stopListening?.();
    for (const under of this.#under.values()) under.stopped = true;
    const cancel = this.#parts.clock.after(drainMs, () => {
      for (const { cut } of this.#under.values()) cut.abort(new Error('the program is stopping'));
    });
    await Promise.all([...this.#under.values()].map(({ done }) => done));
    cancel();
  }

  #look(): void {
    if (this.#closed || this.#stopListening === undefined) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    this.#lookNow()
      .catch((error: unknown) => {
        this.#parts.log.error('Accounts at other providers could not be looked for', { cause: describeError(error) });
        this.#lookIn(LOOK_EVERY);
      })
      .finally(() => {
        this.#looking = false;
        if (!this.#lookAgain) return;
        this.#lookAgain = false;
        this.#look();
      });
  }

  async #lookNow(): Promise<void> {
    const { store, clock, mayCollect } = this.#parts;
    if ((await mayCollect?.()) === false) {
      this.#lookIn(LOOK_AGAIN);
      return;
    }
    const now = clock.now();
    const free = MOST_VISITS - this.#under.size;
    const ended = this.#ended;
    const due = free <= 0 ? [] : await store.read('dueRemotes', { dueBy: now, limit: free + this.#under.size });
    if (ended !== this.#ended) {
      this.#lookAgain = true;
      return;
    }
    const ready = due.filter(({ id }) => !this.#under.has(id) && (this.#resting.get(id) ?? 0) <= now);
    for (const row of ready.slice(0, free)) this.#begin(remoteOf(row));
    const next = await store.read('nextRemoteDue', {});
    // Those under way stay due until they have ended; their end looks again.
    if (next !== undefined) this.#lookIn(Math.min(LOOK_EVERY, Math.max(1_000, next - now)));
  }

  #lookIn(ms: number): void {
    this.#cancel?.();
    if (this.#closed) return;
    this.#cancel = this.#parts.clock.after(ms, () => {
      this.#look();
    });
  }

  #begin(remote: Remote): void {
    if (this.#closed) return;
    const visiting = { since: this.#parts.clock.now(), progress: undefined };
    const cut = new AbortController();
    let finished = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      finished = resolve;
    });
    this.#under.set(remote.id, { visiting, stopped: false, cut, done });
    this.#parts.onChange?.();
    this.#resting.delete(remote.id);
    this.#visitOne(remote, cut.signal)
      .catch((error: unknown) => {
        // It still stands as due: without a rest its provider would be asked again and again.
        this.#resting.set(remote.id, this.#parts.clock.now() + LOOK_EVERY);
        this.#parts.log.error('What came of collecting could not be kept', {
          remote: remote.id,
          cause: describeError(error),
        });
      })
      .finally(() => {
        this.#under.delete(remote.id);
        this.#ended++;
        finished();
        this.#parts.onChange?.();
        this.#look();
      });
  }

  async #visitOne(remote: Remote, signal: AbortSignal): Promise<void> {
    const { store, clock, log } = this.#parts;
    const since = clock.now();
    const outcome = await this.#outcome(remote, signal);
    const standing = standingAfter(outcome, remote.standing);
    const now = clock.now();
    await store.write('recordVisit', {
      id: remote.id,
      since,
      standing: JSON.stringify(standing),
      at: now,
      dueAt: dueAfter(standing, { now, every: remote.settings.every }),
    });
    if (remote.standing.kind === 'trouble' && standing.kind !== 'trouble') this.#parts.onBack?.();
    if (standing.kind === 'trouble')
      log.warn(`Mail of ${remote.address} could not be collected`, { remote: remote.id, why: standing.trouble.kind });
    else log.info(`Mail of ${remote.address} was collected`, { remote: remote.id, ...standing });
  }

  async #outcome(remote: Remote, signal: AbortSignal): Promise<VisitResult | Trouble> {
    const { remotes } = this.#parts;
    const { pop3 } = remote.settings;
    try {
      const secrets = await remotes.secretsOf(remote.id);
      if (secrets === undefined) throw new TroubleError(NO_SECRET);
      return await this.#visit(remote, { login: loginOf(remote.settings.pop3Login, secrets), signal });
    } catch (error) {
      return troubleOf(error, pop3);
    }
  }

  async #visit(
    remote: Remote,
    { login, signal }: { readonly login: ReturnType<typeof loginOf>; readonly signal: AbortSignal },
  ): Promise<VisitResult> {
    const { store, clock, dialTo, longest } = this.#parts;
    const { pop3, pop3Login, leave, cap } = remote.settings;
    const inbox = (await store.read('listMailboxes', { account: remote.account })).find(({ role }) => role === 'inbox');
    if (inbox === undefined) throw new Error('the account has no Inbox');
    const line = await connect({ server: pop3, login, clock, signal, ...(dialTo === undefined ? {} : { dialTo }) });
    const onAbort = (): void => {
      line.wire.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const under = this.#under.get(remote.id);
    const answer = this.#answers.get(remote.id);
    this.#answers.delete(remote.id);
    const from = { host: pop3.host, port: pop3.port, login: pop3Login };
    const inStep = brokeOff(remote.standing);
    try {
      return await visit({
        pop: line.pop,
        capabilities: line.capabilities,
        ledger: storeLedger({ store, clock, remote: remote.id, account: remote.account, inbox: inbox.id, from }),
        clock,
        rule: leave,
        ...(cap === undefined ? {} : { cap }),
        longest: longest(),
        ...(answer === undefined ? {} : { renumbered: answer }),
        inStep,
        onProgress: (progress) => {
          if (under !== undefined) under.visiting.progress = progress;
        },
        stopped: () => under?.stopped === true,
      });
    } catch (error) {
      // It may have lost its place: the next visit goes step by step, and only if that fails too a person is asked.
      const trouble = troubleOf(error, pop3);
      if (trouble.kind !== 'no-pop3' || inStep) throw error;
      throw new TroubleError({ ...trouble, next: 'again' }, { cause: error });
    } finally {
      signal.removeEventListener('abort', onAbort);
      line.wire.destroy();
    }
  }
}

const BROKE_OFF: ReadonlySet<string> = new Set<Trouble['kind']>(['cut', 'no-pop3', 'no-answer']);

/** A server that says it reads commands ahead, and then loses its place, is asked for one thing at a time. */
function brokeOff(standing: Remote['standing']): boolean {
  return standing.kind === 'trouble' && BROKE_OFF.has(standing.trouble.kind);
}
