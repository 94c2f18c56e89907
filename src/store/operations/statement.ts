/**
 * How an operation is written: a generator that yields statements and is resumed with their rows.
 * It knows no engine and does no I/O, so SQLite runs it to its end inside a worker, many to a
 * commit, and another engine may run it on a pooled connection. SQL here is what both speak:
 * `?` for values, ON CONFLICT, RETURNING; no function that only one of them has.
 */

/** What a column holds. Truth is 1 or 0, lists and objects are JSON text. */
export type SqlValue = null | number | string | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export type Row = Readonly<Record<string, SqlValue>>;

/** Yields statements, is resumed with the rows of each, and returns what the operation gives back. */
export type Steps<R> = Generator<Statement, R, readonly Row[]>;

export type Operation<P, R> = (params: P) => Steps<R>;

/** All rows of a statement. `R` is the shape that its columns have: the statement and the type stand side by side. */
export function* rows<R extends object>(sql: string, ...values: readonly SqlValue[]): Steps<readonly R[]> {
  return (yield { sql, values }) as unknown as readonly R[];
}

/** The first row, where there is one. */
export function* first<R extends object>(sql: string, ...values: readonly SqlValue[]): Steps<R | undefined> {
  return ((yield { sql, values }) as unknown as readonly R[])[0];
}

/** A statement whose rows nobody needs. */
export function* run(sql: string, ...values: readonly SqlValue[]): Steps<void> {
  yield { sql, values };
}

/** `?, ?, ?`: as many places as values. */
export function places(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

/**
 * A list for `NOT IN`, padded to a power of two with its own first entry, so that lists of every
 * length share a few statements. The list must not be empty.
 */
export function padded<V extends SqlValue>(list: readonly V[]): readonly V[] {
  const length = 2 ** Math.ceil(Math.log2(list.length));
  return [...list, ...Array.from({ length: length - list.length }, () => list[0] as V)];
}
