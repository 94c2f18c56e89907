/** The queue as a person looks at it: entries, how they stand in groups, the attempts of one message. */
import { DELIVERY_AND_PAUSE, deliveryOf, isEnded, JOIN_PAUSE } from './delivery.ts';
import type { DeliveryRow } from './delivery.ts';
import { places, rows } from './statement.ts';
import type { SqlValue, Steps } from './statement.ts';
import type { DeliveryState } from '../message.ts';
import type { AttemptRecord, QueueEntry, QueueFilter, QueueGroup } from '../queue.ts';
import type { Reads } from '../store.ts';

interface EntryRow extends DeliveryRow {
  readonly mail_from: string;
  readonly octets: number;
  readonly received_at: number;
}

/** Without `states` in the filter: those that have not ended. */
export function* listQueue(p: Parameters<Reads['listQueue']>[0]): Steps<readonly QueueEntry[]> {
  const { clauses, values } = conditions(p.filter);
  if (p.after !== undefined) {
    clauses.push('(d.message, d.n) > (?, ?)');
    values.push(p.after.message, p.after.n);
  }
  const found = yield* rows<EntryRow>(
    `SELECT ${DELIVERY_AND_PAUSE}, m.mail_from, m.octets, m.received_at FROM deliveries d JOIN messages m ON m.id = d.message ${JOIN_PAUSE} ` +
      `WHERE ${clauses.join(' AND ')} ORDER BY d.message, d.n LIMIT ?`,
    ...values,
    p.limit,
  );
  return found.map((row) => ({
    message: row.message,
    mailFrom: row.mail_from,
    octets: row.octets,
    receivedAt: row.received_at,
    delivery: deliveryOf(row),
  }));
}

interface GroupRow {
  readonly state: DeliveryState;
  readonly timed: number;
  readonly reason: string | null;
  readonly count: number;
  readonly oldest_at: number;
  readonly next_at: number | null;
}

/** Ids sort by time: the first one's message is the oldest. Only a filter that asks about messages reads them all. */
export function* queueGroups(p: Parameters<Reads['queueGroups']>[0]): Steps<readonly QueueGroup[]> {
  const { clauses, values } = conditions(p.filter);
  const { sender, receivedBefore } = p.filter;
  const join = sender === undefined && receivedBefore === undefined ? '' : 'JOIN messages m ON m.id = d.message ';
  const found = yield* rows<GroupRow>(
    'SELECT g.state, g.timed, g.reason, g.count, g.next_at, o.received_at AS oldest_at FROM (' +
      "SELECT d.state, d.state = 'held' AND d.next_at > 0 AS timed, d.reason, " +
      'count(*) AS count, min(d.message) AS oldest, min(d.due_at) AS next_at ' +
      `FROM deliveries d ${join}WHERE ${clauses.join(' AND ')} GROUP BY 1, 2, 3) g JOIN messages o ON o.id = g.oldest`,
    ...values,
  );
  return found.map((row) => ({
    state: row.state,
    timed: row.timed === 1,
    ...(row.reason === null ? {} : { reason: row.reason }),
    count: row.count,
    oldestAt: row.oldest_at,
    ...(row.next_at === null ? {} : { nextAt: row.next_at }),
  }));
}

function conditions(filter: QueueFilter): { readonly clauses: string[]; readonly values: SqlValue[] } {
  const clauses: string[] = [];
  const values: SqlValue[] = [];
  const add = (clause: string, ...more: readonly SqlValue[]): void => {
    clauses.push(clause);
    values.push(...more);
  };
  const { message, domain, sender, receivedBefore, states, reason, timed } = filter;
  if (states === undefined || !states.some(isEnded)) add('d.ended_at IS NULL');
  if (states !== undefined) add(states.length === 0 ? '1 = 0' : `d.state IN (${places(states.length)})`, ...states);
  if (message !== undefined) add('d.message = ?', message);
  if (domain !== undefined) add('(d.recipient_domain = ? OR d.destination = ?)', domain, domain);
  if (sender?.startsWith('@') === true)
    add("lower(m.mail_from) LIKE ? ESCAPE '\\'", `%${sender.toLowerCase().replace(/[\\%_]/g, '\\$&')}`);
  else if (sender !== undefined) add('lower(m.mail_from) = ?', sender.toLowerCase());
  if (receivedBefore !== undefined) add('m.received_at < ?', receivedBefore);
  if (reason === null) add('d.reason IS NULL');
  else if (reason !== undefined) add('d.reason = ?', reason);
  if (timed !== undefined) add(timed ? 'd.next_at > 0' : 'd.next_at = 0');
  return { clauses, values };
}

interface AttemptRow {
  readonly n: number;
  readonly attempt: number;
  readonly host: string | null;
  readonly ip: string | null;
  readonly port: number | null;
  readonly tls: string | null;
  readonly reply: string | null;
  readonly started_at: number;
  readonly ended_at: number;
}

/** In the order they were recorded. */
export function* attempts(p: Parameters<Reads['attempts']>[0]): Steps<readonly AttemptRecord[]> {
  const found = yield* rows<AttemptRow>(
    'SELECT n, attempt, host, ip, port, tls, reply, started_at, ended_at FROM attempts WHERE message = ? ORDER BY seq',
    p.message,
  );
  return found.map((row) => ({
    n: row.n,
    attempt: row.attempt,
    ...(row.host === null ? {} : { host: row.host }),
    ...(row.ip === null ? {} : { ip: row.ip }),
    ...(row.port === null ? {} : { port: row.port }),
    ...(row.tls === null ? {} : { tls: row.tls }),
    ...(row.reply === null ? {} : { reply: row.reply }),
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}
