/**
 * Taking a message back, by whoever keeps the host or by its sender. What has left, has left; what has
 * not, stops; what is leaving just now is known when the attempt has ended. The answer says which, for
 * each recipient, and nobody gets a bounce.
 */
import type { Clock } from '../base/index.ts';
import type { Store, TakenBack, TakenBackDelivery } from '../store/index.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
}

export interface TakeBackOrder {
  readonly message: string;
  /** Absent: all its deliveries. */
  readonly numbers?: readonly number[];
  /** Only if this account submitted it. */
  readonly account?: string;
  readonly by: { readonly by: 'keeper' | 'sender'; readonly name?: string };
  /** How long to wait for attempts that are under way, in ms. */
  readonly patience: number;
}

export interface TakenBackRecipient {
  readonly n: number;
  readonly recipient: string;
  /** What the sender wrote, where that was another address. */
  readonly original?: string;
  readonly answer: TakenBack;
  /** For what has left: where to, and when. */
  readonly to?: string;
  readonly at?: number;
}

/** 'missing': there is no such message, or nothing is known of it any more. 'not-yours': another account submitted it. */
export async function takeBack(
  parts: Parts,
  order: TakeBackOrder,
): Promise<'missing' | 'not-yours' | readonly TakenBackRecipient[]> {
  const until = parts.clock.ticks() + order.patience;
  let answer = await ask(parts, order);
  if (typeof answer === 'string') return answer;
  if (order.patience > 0 && answer.some((one) => one.answer === 'leaving')) {
    await attemptsEnded(parts, order, until);
    answer = await ask(parts, order);
  }
  return typeof answer === 'string' ? answer : tell(parts.store, order, answer);
}

async function attemptsEnded(parts: Parts, { message, numbers }: TakeBackOrder, until: number): Promise<void> {
  for (;;) {
    const deliveries = await parts.store.read('deliveries', { message });
    const leaving = deliveries.some(({ n, state }) => state === 'sending' && (numbers?.includes(n) ?? true));
    const left = until - parts.clock.ticks();
    if (!leaving || left <= 0) return;
    await change(parts, Math.min(left, LOOK_AGAIN));
  }
}

/** In case that a change goes unnoticed. */
const LOOK_AGAIN = 1_000;

function ask(
  { store, clock }: Parts,
  { message, numbers, account, by }: TakeBackOrder,
): Promise<'missing' | 'not-yours' | readonly TakenBackDelivery[]> {
  return store.write('takeBack', {
    message,
    at: clock.now(),
    by,
    ...(numbers === undefined ? {} : { numbers }),
    ...(account === undefined ? {} : { account }),
  });
}

/** Until the queue changes, or for `ms`. */
function change({ store, clock }: Parts, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      unsubscribe();
      resolve();
    };
    const cancel = clock.after(ms, end);
    const unsubscribe = store.onChange(({ queue }) => {
      if (queue) end();
    });
  });
}

/** With the copies for mailboxes here that never were in the queue, and where things went. */
async function tell(
  store: Store,
  { message, numbers }: TakeBackOrder,
  answer: readonly TakenBackDelivery[],
): Promise<readonly TakenBackRecipient[]> {
  const [events, attempts] = await Promise.all([
    store.read('events', { message }),
    store.read('attempts', { message }),
  ]);
  const filed = events.flatMap(({ n, at, facts }): readonly TakenBackRecipient[] => {
    if (facts.kind !== 'filed' || n === undefined || numbers?.includes(n) === false) return [];
    return [{ n, recipient: facts.recipient, answer: 'left', to: 'a mailbox here', at }];
  });
  const queued = answer.map(({ n, recipient, original, answer: what, was, endedAt }): TakenBackRecipient => {
    const host = attempts.findLast((one) => one.n === n && one.host !== undefined)?.host;
    const to = was === 'filed' ? 'a mailbox here' : was === 'relayed' ? host : undefined;
    return {
      n,
      recipient,
      ...(original === undefined ? {} : { original }),
      answer: what,
      ...(to === undefined ? {} : { to }),
      ...(endedAt === undefined ? {} : { at: endedAt }),
    };
  });
  const known = new Set(queued.map(({ n }) => n));
  return [...queued, ...filed.filter(({ n }) => !known.has(n))].toSorted((a, b) => a.n - b.n);
}
