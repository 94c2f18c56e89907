/** Submissions by what they are (RFC 8621 §7.3): conditions and orders as SQL. */
import type { SendingReads, SubmissionConditions, SubmissionFilter, SubmissionOrder } from '../sending.ts';
import { places, rows } from './statement.ts';
import type { SqlValue, Steps } from './statement.ts';

interface Clause {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const COLUMN: Readonly<Record<SubmissionOrder['property'], string>> = {
  emailId: 'email',
  threadId: 'thread',
  sentAt: 'send_at',
};

export function* querySubmissions(p: Parameters<SendingReads['querySubmissions']>[0]): Steps<readonly string[]> {
  const where = p.filter === undefined ? { sql: '1 = 1', values: [] } : clauseOf(p.filter);
  const order = p.sort.map(({ property, isAscending }) => `${COLUMN[property]} ${isAscending ? 'ASC' : 'DESC'}`);
  const found = yield* rows<{ id: string }>(
    `SELECT id FROM submissions WHERE account = ? AND (${where.sql}) ORDER BY ${[...order, 'id'].join(', ')} LIMIT ?`,
    p.account,
    ...where.values,
    p.limit,
  );
  return found.map(({ id }) => id);
}

function clauseOf(condition: SubmissionConditions): Clause {
  if (!('operator' in condition)) return all(conditionsOf(condition), ' AND ');
  const parts = condition.conditions.map(clauseOf);
  if (condition.operator === 'AND') return all(parts, ' AND ');
  const any = parts.length === 0 ? { sql: '1 = 0', values: [] } : all(parts, ' OR ');
  // NOT: none of them (RFC 8620 §5.5).
  return condition.operator === 'OR' ? any : { sql: `NOT (${any.sql})`, values: any.values };
}

function all(parts: readonly Clause[], joint: ' AND ' | ' OR '): Clause {
  if (parts.length === 0) return { sql: '1 = 1', values: [] };
  return { sql: parts.map(({ sql }) => `(${sql})`).join(joint), values: parts.flatMap(({ values }) => values) };
}

function conditionsOf(filter: SubmissionFilter): readonly Clause[] {
  return [
    ...oneOf('identity', filter.identities),
    ...oneOf('email', filter.emails),
    ...oneOf('thread', filter.threads),
    ...compared('undo = ?', filter.undoStatus),
    ...compared('send_at < ?', filter.before),
    ...compared('send_at >= ?', filter.after),
  ];
}

function oneOf(column: string, ids: readonly string[] | undefined): readonly Clause[] {
  if (ids === undefined) return [];
  return ids.length === 0
    ? [{ sql: '1 = 0', values: [] }]
    : [{ sql: `${column} IN (${places(ids.length)})`, values: ids }];
}

function compared(sql: string, value: SqlValue | undefined): readonly Clause[] {
  return value === undefined ? [] : [{ sql, values: [value] }];
}
