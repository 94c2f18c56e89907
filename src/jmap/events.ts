/** Push (RFC 8620 §7): what has changed for an account, as the event source tells it (§7.3). */
import type { Cancel, Clock } from '../base/index.ts';
import type { Store } from '../store/index.ts';
import type { JmapAccount } from './method.ts';
import { changeSince, statesOf, watchedBy } from './push/states.ts';
import type { StateChange, States } from './push/states.ts';
import type { DataType } from './registry.ts';

export type PushEvent =
  | { readonly event: 'state'; readonly id: string; readonly data: StateChange }
  | { readonly event: 'ping'; readonly data: { readonly interval: number } };

export interface EventWishes {
  /** Names of types, or '*': all. Names that are not known are passed over. */
  readonly types: readonly string[] | '*';
  /** 'state': it ends behind the first state event. */
  readonly closeafter: 'state' | 'no';
  /** Seconds between pings where nothing else is sent; 0: none. */
  readonly ping: number;
  /** The `Last-Event-ID` of a client that comes back: what it missed is told at once. */
  readonly lastEventId?: string;
  /** Ends it: nothing else does while it waits. */
  readonly signal: AbortSignal;
}

/** RFC 8620 §7.3: a least interval above 30 s or a longest below 300 s is not allowed. */
const PING = { least: 1, most: 3_600 };

interface EventParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly types: readonly DataType[];
}

/** One state event for whatever changed since the one before, however often; and pings. */
export async function* events(
  parts: EventParts,
  account: JmapAccount,
  wishes: EventWishes,
): AsyncGenerator<PushEvent, void, undefined> {
  const watched = watchedBy(parts.types, wishes.types);
  const bell = new Bell(parts, watched, account.id, wishes);
  try {
    const now = await statesOf(watched, account.id);
    let known = fromId(wishes.lastEventId, now);
    bell.changed ||= known !== now;
    while (!wishes.signal.aborted) {
      if (bell.changed) {
        bell.changed = false;
        const states = await statesOf(watched, account.id);
        const data = changeSince(account.id, known, states);
        known = states;
        if (data === undefined) continue;
        yield { event: 'state', id: toId(states), data };
        if (wishes.closeafter === 'state') return;
        bell.wind();
      } else if (bell.pingDue) {
        bell.wind();
        yield { event: 'ping', data: { interval: bell.interval } };
      } else await bell.rings();
    }
  } finally {
    bell.close();
  }
}

/** RFC 8620 §7.3: the id "encodes the entire server state visible to the user". */
function toId(states: States): string {
  return [...states].map(([name, state]) => `${name}:${state}`).join(',');
}

/** What the client knew; the states of now where it says nothing that can be read. */
function fromId(id: string | undefined, now: States): States {
  if (id === undefined || !/^\w+:[\w-]+(,\w+:[\w-]+)*$/.test(id)) return now;
  return new Map(id.split(',').map((one) => one.split(':') as [string, string]));
}

/** Rings when the store changed, when a ping is due, and at the end. */
class Bell {
  changed = false;
  pingDue = false;
  /** Seconds; 0: no pings. */
  readonly interval: number;

  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #unsubscribe: () => void;
  #wake: () => void = () => undefined;
  #cancel: Cancel = () => undefined;

  constructor(
    { store, clock }: EventParts,
    watched: readonly DataType[],
    account: string,
    { ping, signal }: EventWishes,
  ) {
    this.interval = ping > 0 ? Math.min(Math.max(Math.ceil(ping), PING.least), PING.most) : 0;
    this.#clock = clock;
    this.#signal = signal;
    this.#unsubscribe = store.onChange((change) => {
      if (!watched.some((type) => type.mayChange(account, change))) return;
      this.changed = true;
      this.#wake();
    });
    signal.addEventListener('abort', this.#aborted, { once: true });
    this.wind();
  }

  /** The next ping is a whole interval away. */
  wind(): void {
    this.#cancel();
    this.pingDue = false;
    if (this.interval === 0) return;
    this.#cancel = this.#clock.after(this.interval * 1_000, () => {
      this.pingDue = true;
      this.#wake();
    });
  }

  rings(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#cancel();
    this.#unsubscribe();
    this.#signal.removeEventListener('abort', this.#aborted);
  }

  #aborted = (): void => this.#wake();
}
