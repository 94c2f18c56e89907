/**
 * What the keeper of a host does to the queue: try now, hold, release, give up with a report, drop
 * without one. Works beside a running server (both meet in the store) and without one. What is being
 * sent just now is left alone, and the answer says so.
 */
import { newTicket } from '../base/index.ts';
import type { ProcessIdentity } from '../base/index.ts';
import type { DeliveryState, NewEvent, QueueEntry, QueueFilter, Store } from '../store/index.ts';
import { recordSettlement } from './record.ts';
import type { RecordParts } from './record.ts';
import type { QueueReason } from './reason.ts';
import { settleAttempt } from './settle.ts';
import { reasonFor, standingFor, standingOf, summarise } from './summary.ts';
import type { ReasonSummary } from './summary.ts';

export type OperatorAction = 'retry' | 'hold' | 'release' | 'fail' | 'drop';

export interface OperatorParts extends RecordParts {
  readonly process: ProcessIdentity;
}

/** Which deliveries: by filter, and `n` for a single one of a message. */
export interface OperatorSelection extends QueueFilter {
  readonly n?: number;
}

/** What has not ended. */
const OPEN: readonly DeliveryState[] = ['waiting', 'held', 'sending', 'unsure'];

/** The filter for those that are where they are for a reason, by its id, among the states asked for (by default those not ended). */
export function becauseOf(id: string, { states, ...filter }: QueueFilter): QueueFilter {
  const { states: possible = [], ...standing } = standingFor(id);
  return { ...filter, ...standing, states: possible.filter((state) => (states ?? OPEN).includes(state)) };
}

export interface OperatorResult {
  /** The deliveries changed, as `<message>/<n>`, and those left alone because they are being sent or have ended. */
  readonly changed: readonly string[];
  readonly leftAlone: readonly string[];
  /** The reports written (action `fail`), by message id. */
  readonly reports: readonly string[];
}

/** Entries read at a time. */
const SLICE = 500;

/** For a filter that is to find what has ended too. */
export const EVERY_STATE: readonly DeliveryState[] = [
  'waiting',
  'held',
  'sending',
  'relayed',
  'filed',
  'failed',
  'dropped',
  'unsure',
];

/** All entries that are selected, oldest message first, read in slices. */
export async function* selectQueue(store: Store, { n, ...filter }: OperatorSelection): AsyncGenerator<QueueEntry> {
  const slice = (after?: QueueEntry): Promise<readonly QueueEntry[]> => {
    const from = after === undefined ? {} : { after: { message: after.message, n: after.delivery.n } };
    return store.read('listQueue', { filter, limit: SLICE, ...from });
  };
  let next: Promise<readonly QueueEntry[]> | undefined = slice();
  while (next !== undefined) {
    const entries: readonly QueueEntry[] = await next;
    // The store looks for more while these are worked on.
    next = entries.length < SLICE ? undefined : slice(entries.at(-1));
    next?.catch(() => undefined);
    for (const entry of entries) if (n === undefined || entry.delivery.n === n) yield entry;
  }
}

/** Why an entry is where it is. */
export function reasonOfEntry(entry: QueueEntry): QueueReason {
  return reasonFor(standingOf(entry));
}

/** The same entries in groups, by why they are where they are; the largest first. */
export async function summariseQueue(store: Store, filter: QueueFilter): Promise<readonly ReasonSummary[]> {
  return summarise(await store.read('queueGroups', { filter }));
}

export async function changeQueue(
  parts: OperatorParts,
  action: OperatorAction,
  selection: OperatorSelection,
): Promise<OperatorResult> {
  const changed: string[] = [];
  const leftAlone: string[] = [];
  const reports: string[] = [];
  for (const [message, numbers] of await numbersByMessage(parts.store, selection)) {
    const result =
      action === 'fail'
        ? await fail(parts, message, numbers)
        : { numbers: await change(parts, action, message, numbers), reports: [] };
    reports.push(...result.reports);
    for (const n of numbers) (result.numbers.includes(n) ? changed : leftAlone).push(`${message}/${n}`);
  }
  return { changed, leftAlone, reports };
}

async function numbersByMessage(
  store: Store,
  selection: OperatorSelection,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  for await (const { message, delivery } of selectQueue(store, selection)) {
    const numbers = found.get(message);
    if (numbers === undefined) found.set(message, [delivery.n]);
    else numbers.push(delivery.n);
  }
  return found;
}

function change(
  parts: OperatorParts,
  action: Exclude<OperatorAction, 'fail'>,
  message: string,
  numbers: readonly number[],
): Promise<readonly number[]> {
  const at = parts.clock.now();
  return parts.store.write('changeDeliveries', {
    message,
    numbers,
    action,
    at,
    events: operatorEvents(message, numbers, action, at),
  });
}

function operatorEvents(
  message: string,
  numbers: readonly number[],
  action: OperatorAction,
  at: number,
): readonly NewEvent[] {
  return numbers.map((n) => ({ message, n, at, facts: { kind: 'operator', action } }));
}

/** Gives up on deliveries and tells the sender, where it wants to hear, in one commit. */
async function fail(
  parts: OperatorParts,
  message: string,
  numbers: readonly number[],
): Promise<{ readonly numbers: readonly number[]; readonly reports: readonly string[] }> {
  const token = newTicket();
  const claim = await parts.store.write('claimForOperator', { token, process: parts.process, message, numbers });
  if (claim === undefined) return { numbers: [], reports: [] };
  const answer = {
    code: 550,
    enhanced: '5.0.0',
    lines: ['Given up by the keeper of this server'],
    rule: 'operator-fail',
  } as const;
  const outcomes = claim.deliveries.map(
    ({ n }) => ({ n, outcome: 'failed', stage: 'connect', reply: answer, remote: false }) as const,
  );
  const at = parts.clock.now();
  const ended = claim.deliveries.map(({ n }) => n);
  // Who hears of it is no other question than behind an attempt: a sender may have asked for no report (RFC 3461 §4.1).
  const settled = settleAttempt(claim, { considered: [], tries: [], outcomes }, parts.settings(), at);
  const unreported = settled.events.filter(({ facts }) => facts.kind === 'unreported');
  const { kind, reports, stopped } = await recordSettlement(
    parts,
    { token, claim },
    {
      deliveries: ended.map((n) => ({
        n,
        state: 'failed',
        lastReply: answer.lines[0],
        reason: 'given-up',
      })),
      attempts: [],
      events: [...operatorEvents(message, ended, 'fail', at), ...unreported],
      reports: settled.reports,
    },
  );
  if (kind === 'lost') return { numbers: [], reports: [] };
  return { numbers: ended.filter((n) => !stopped.includes(n)), reports };
}
