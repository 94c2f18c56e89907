/**
 * Processes on one state directory: who is here, who holds which lease, and what those who died left
 * behind. Whether a process is gone the caller knows; here stand identities only.
 */
import type { ProcessIdentity } from '../../base/index.ts';
import type { NewEvent } from '../events.ts';
import type { DeliveryState } from '../message.ts';
import type { Reads, Writes } from '../store.ts';
import { dueAt } from './delivery.ts';
import { refreshDestinations } from './destination.ts';
import { insertEvents } from './event.ts';
import { holderOf, processOf } from './holder.ts';
import { releaseMessage } from './message.ts';
import { touchSubmissions } from './outbox.ts';
import { first, rows, run } from './statement.ts';
import type { Steps } from './statement.ts';

export function* registerProcess(p: Parameters<Writes['registerProcess']>[0]): Steps<void> {
  yield* run(
    'INSERT INTO processes (process, roles, started_at) VALUES (?, ?, ?) ON CONFLICT (process) DO UPDATE SET roles = excluded.roles',
    holderOf(p.process),
    JSON.stringify(p.roles),
    p.at,
  );
}

export function* unregisterProcess(p: Parameters<Writes['unregisterProcess']>[0]): Steps<void> {
  yield* run('DELETE FROM processes WHERE process = ?', holderOf(p.process));
}

export function* freeProcesses(p: Parameters<Writes['freeProcesses']>[0]): Steps<ReturnType<Writes['freeProcesses']>> {
  let [maildrops, deliveries] = [0, 0];
  for (const process of p.gone) {
    const holder = holderOf(process);
    const isWhole = p.boot !== undefined && p.boot !== '' && process.boot === p.boot;
    maildrops += (yield* rows('DELETE FROM maildrop_locks WHERE holder = ? RETURNING account', holder)).length;
    deliveries += yield* freeDeliveries(holder, p.at, isWhole);
    yield* run('DELETE FROM leases WHERE holder = ?', holder);
    yield* run('DELETE FROM processes WHERE process = ?', holder);
  }
  return { maildrops, deliveries };
}

interface HeldRow {
  readonly message: string;
  readonly n: number;
  readonly recipient: string;
  readonly destination: string;
  readonly attempts: number;
  readonly next_at: number;
  readonly on_unsure: 'retry' | 'ask';
  readonly freed_state: DeliveryState;
  readonly stop_requested_at: number | null;
  /** The next server may have the message. */
  readonly in_doubt: number;
}

/**
 * Each is again what it was before the claim, due at the time that the claim committed (HOUSE P3); one that was asked
 * back meanwhile ends, and one whose sender wants to be asked is in doubt. An attempt that was cut off is told of: the next server may have the message.
 * Those who are asked have the end of their data announced: where that had not happened, it has nothing.
 *
 * @param isWhole nothing that the holder wrote is lost
 */
function* freeDeliveries(holder: string, at: number, isWhole: boolean): Steps<number> {
  const held = yield* rows<HeldRow>(
    'SELECT message, n, recipient, destination, attempts, next_at, on_unsure, freed_state, stop_requested_at, ' +
      "attempts > 0 AND NOT (? AND on_unsure = 'ask' AND end_said = 0) AS in_doubt FROM deliveries WHERE holder = ?",
    isWhole ? 1 : 0,
    holder,
  );
  for (const row of held) {
    const stopped = row.stop_requested_at !== null;
    const state = stopped ? 'dropped' : freedState(row);
    yield* run(FREE, state, dueAt(state, row.next_at), stopped ? at : null, row.in_doubt, row.message, row.n);
    if (stopped) yield* releaseMessage(row.message, 1, at);
  }
  yield* insertEvents(held.flatMap((row) => whatWasCutOff(row, at)));
  yield* refreshDestinations(held.map(({ destination }) => destination));
  yield* touchSubmissions(held.map(({ message }) => message));
  return held.length;
}

/** Whoever wants to be asked is: the next server may have it. */
function freedState({ on_unsure: policy, freed_state: state, in_doubt: doubt }: HeldRow): DeliveryState {
  return policy === 'ask' && state === 'waiting' && doubt === 1 ? 'unsure' : state;
}

const FREE =
  'UPDATE deliveries SET state = ?, due_at = ?, ended_at = ?, may_have_left = CASE WHEN ? = 1 THEN 1 ELSE may_have_left END, ' +
  'lease = NULL, holder = NULL, freed_state = NULL WHERE message = ? AND n = ?';

function whatWasCutOff(row: HeldRow, at: number): readonly NewEvent[] {
  const { message, n, attempts } = row;
  if (row.stop_requested_at !== null)
    return [{ message, n, at, facts: { kind: 'stopped', mayHaveLeft: row.in_doubt === 1 } }];
  return attempts === 0 ? [] : [interrupted(row, at)];
}

function interrupted(row: HeldRow, at: number): NewEvent {
  const { message, n, recipient, destination, attempts, next_at: nextAt } = row;
  const next = freedState(row) === 'unsure' ? {} : { nextAt };
  const left = row.in_doubt === 1 ? {} : { mayHaveLeft: false as const };
  return {
    message,
    n,
    at,
    facts: { kind: 'interrupted', attempt: attempts, recipient, destination, ...next, ...left },
  };
}

export function* takeLease(p: Parameters<Writes['takeLease']>[0]): Steps<boolean> {
  const taken = yield* first(
    'INSERT INTO leases (name, token, holder, since) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET since = excluded.since ' +
      'WHERE leases.token = excluded.token RETURNING name',
    p.name,
    p.token,
    holderOf(p.process),
    p.at,
  );
  return taken !== undefined;
}

export function* dropLease(p: Parameters<Writes['dropLease']>[0]): Steps<void> {
  yield* run('DELETE FROM leases WHERE name = ? AND token = ?', p.name, p.token);
}

export function* processes(): Steps<ReturnType<Reads['processes']>> {
  const found = yield* rows<{ process: string; roles: string; started_at: number }>(
    'SELECT process, roles, started_at FROM processes ORDER BY started_at',
  );
  return found.map((row) => ({
    process: processOf(row.process),
    roles: JSON.parse(row.roles) as string[],
    startedAt: row.started_at,
  }));
}

/** From one holder of claims to the next: there may be many claims, and few hold them. */
const HOLDERS =
  'WITH RECURSIVE holding (holder) AS (SELECT min(holder) FROM deliveries WHERE holder IS NOT NULL UNION ALL ' +
  'SELECT (SELECT min(d.holder) FROM deliveries d WHERE d.holder > holding.holder) FROM holding WHERE holding.holder IS NOT NULL) ' +
  'SELECT process AS holder FROM processes UNION SELECT holder FROM leases UNION SELECT holder FROM holding WHERE holder IS NOT NULL';

export function* holders(): Steps<readonly ProcessIdentity[]> {
  return (yield* rows<{ holder: string }>(HOLDERS)).map(({ holder }) => processOf(holder));
}

/** Whether anybody but this process is registered: then a gap is left between batches. */
export function* hasNeighbours(p: { readonly process: ProcessIdentity }): Steps<boolean> {
  return (yield* first('SELECT process FROM processes WHERE process <> ? LIMIT 1', holderOf(p.process))) !== undefined;
}
