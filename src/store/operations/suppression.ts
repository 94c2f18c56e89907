/** Addresses that are not written to for a while: made, told of, asked for, removed. */
import type { Suppression, SuppressionReads, SuppressionWrites } from '../suppression.ts';
import { rows, run } from './statement.ts';
import type { SqlValue, Steps } from './statement.ts';

/** In the column: everybody. */
const EVERYBODY = '';

const PUT =
  'INSERT INTO suppressions (account, address, made_by, at, until, reply, host, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ' +
  'ON CONFLICT (account, address) DO UPDATE SET made_by = excluded.made_by, at = excluded.at, until = excluded.until, ' +
  'reply = excluded.reply, host = excluded.host, message = excluded.message, told_at = NULL ' +
  "WHERE suppressions.made_by = 'answer' OR excluded.made_by = 'keeper'";

export function* suppress({ entries }: Parameters<SuppressionWrites['suppress']>[0]): Steps<void> {
  for (const { account, address, madeBy, at, until, reply, host, message } of entries) {
    const said = [reply ?? null, host ?? null, message ?? null];
    yield* run(PUT, account ?? EVERYBODY, address, madeBy, at, until ?? null, ...said);
  }
}

export function* toldSuppressed(p: Parameters<SuppressionWrites['toldSuppressed']>[0]): Steps<void> {
  yield* run(
    "UPDATE suppressions SET told_at = ? WHERE account = ? AND address = ? AND made_by = 'answer'",
    p.at,
    p.account,
    p.address,
  );
}

export function* removeSuppressions(p: Parameters<SuppressionWrites['removeSuppressions']>[0]): Steps<number> {
  const removed =
    p.account === undefined
      ? yield* rows('DELETE FROM suppressions WHERE address = ? RETURNING account', p.address)
      : yield* rows(
          'DELETE FROM suppressions WHERE account = ? AND address = ? RETURNING account',
          p.account,
          p.address,
        );
  return removed.length;
}

/** Mail got there: what an earlier answer said is not true any more. */
export function* liftSuppressions(account: string, addresses: readonly string[]): Steps<void> {
  for (const address of addresses)
    yield* run("DELETE FROM suppressions WHERE account = ? AND address = ? AND made_by = 'answer'", account, address);
}

export function* sweepSuppressions(p: Parameters<SuppressionWrites['sweepSuppressions']>[0]): Steps<boolean> {
  const old = yield* rows<{ account: string; address: string }>(
    'SELECT account, address FROM suppressions WHERE until IS NOT NULL AND until < ? ORDER BY until LIMIT ?',
    p.before,
    p.limit,
  );
  for (const { account, address } of old)
    yield* run('DELETE FROM suppressions WHERE account = ? AND address = ?', account, address);
  return old.length >= p.limit;
}

interface SuppressionRow {
  readonly account: string;
  readonly address: string;
  readonly made_by: Suppression['madeBy'];
  readonly at: number;
  readonly until: number | null;
  readonly reply: string | null;
  readonly host: string | null;
  readonly message: string | null;
  readonly told_at: number | null;
}

const COLUMNS = 'account, address, made_by, at, until, reply, host, message, told_at';

export function* suppressionOf(p: Parameters<SuppressionReads['suppressionOf']>[0]): Steps<Suppression | undefined> {
  const found = yield* rows<SuppressionRow>(
    `SELECT ${COLUMNS} FROM suppressions WHERE account IN (?, '') AND address = ? AND (until IS NULL OR until > ?)`,
    p.account,
    p.address,
    p.now,
  );
  const row = found.find((one) => one.made_by === 'keeper') ?? found[0];
  return row === undefined ? undefined : suppressionIn(row);
}

export function* listSuppressions(
  p: Parameters<SuppressionReads['listSuppressions']>[0],
): Steps<readonly Suppression[]> {
  const values: SqlValue[] = [p.now];
  const clauses = ['(until IS NULL OR until > ?)'];
  if (p.account !== undefined) {
    clauses.push('account = ?');
    values.push(p.account ?? EVERYBODY);
  }
  if (p.after !== undefined) {
    clauses.push('(address, account) > (?, ?)');
    values.push(p.after.address, p.after.account ?? EVERYBODY);
  }
  const found = yield* rows<SuppressionRow>(
    `SELECT ${COLUMNS} FROM suppressions WHERE ${clauses.join(' AND ')} ORDER BY address, account LIMIT ?`,
    ...values,
    p.limit,
  );
  return found.map(suppressionIn);
}

function suppressionIn(row: SuppressionRow): Suppression {
  return {
    ...(row.account === EVERYBODY ? {} : { account: row.account }),
    address: row.address,
    madeBy: row.made_by,
    at: row.at,
    ...(row.until === null ? {} : { until: row.until }),
    ...(row.reply === null ? {} : { reply: row.reply }),
    ...(row.host === null ? {} : { host: row.host }),
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.told_at === null ? {} : { toldAt: row.told_at }),
  };
}
