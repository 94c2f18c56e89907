/** Foo/query and Foo/queryChanges (RFC 8620 §5.5, §5.6): everything but the results. */
import { anything, flag, id, integer, nullable, optional, text, unsigned } from '../arguments.ts';
import type { ArgumentsOf, Shape } from '../arguments.ts';
import { MethodError } from '../errors.ts';
import type { Json } from '../json.ts';
import { MAX_QUERY } from '../limits.ts';
import { method } from '../method.ts';
import type { Call, Method } from '../method.ts';

/** What both methods have: which objects, in which order. */
export interface Asked<F, S extends Shape> {
  readonly account: string;
  readonly filter: F;
  readonly more: ArgumentsOf<S>;
  readonly call: Call;
}

export interface Window {
  /** From the end when negative; passed over when there is an anchor. */
  readonly position: number;
  readonly anchor?: { readonly id: string; readonly offset: number };
  readonly limit: number;
  readonly calculateTotal: boolean;
}

export interface Results {
  readonly queryState: string;
  readonly canCalculateChanges: boolean;
  readonly ids: readonly string[];
  readonly position: number;
  readonly total?: number;
}

export interface QueryChanges {
  readonly newQueryState: string;
  readonly removed: readonly string[];
  /** By index, lowest first. */
  readonly added: readonly { readonly id: string; readonly index: number }[];
  readonly total?: number;
}

export interface QueryType<F, S extends Shape> {
  readonly type: string;
  readonly capability: string;
  /** Arguments besides the standard ones, of both methods. */
  readonly takes: S;
  /** Filter and sort as the type wants them; throws `unsupportedFilter`, `unsupportedSort`, `invalidArguments`. */
  read(filter: Json, sort: Json): F;
  /** Throws `anchorNotFound`. */
  results(asked: Asked<F, S>, window: Window): Promise<Results>;
  /** undefined: they can't be told (then say so in `canCalculateChanges` where it is known before). */
  changes(
    asked: Asked<F, S>,
    since: { readonly queryState: string; readonly upToId: string | null; readonly calculateTotal: boolean },
  ): Promise<QueryChanges | undefined>;
}

export function queryMethods<F, S extends Shape>(type: QueryType<F, S>): readonly Method[] {
  return [queryMethod(type), queryChangesMethod(type)];
}

function queryMethod<F, S extends Shape>(type: QueryType<F, S>): Method {
  return method({
    name: `${type.type}/query`,
    capability: type.capability,
    takes: {
      filter: nullable(anything),
      sort: nullable(anything),
      position: optional(integer, 0),
      anchor: nullable(id),
      anchorOffset: optional(integer, 0),
      limit: nullable(unsigned),
      calculateTotal: optional(flag, false),
    },
    more: type.takes,
    async run(args, call, more) {
      const { position, anchor, anchorOffset: offset, calculateTotal } = args;
      const limit = Math.min(args.limit ?? MAX_QUERY, MAX_QUERY);
      const asked = askedOf(type, args, more, call);
      const window = {
        position,
        limit,
        calculateTotal,
        ...(anchor === null ? {} : { anchor: { id: anchor, offset } }),
      };
      const { total, ...results } = await type.results(asked, window);
      return {
        accountId: call.account.id,
        ...results,
        ...(calculateTotal ? { total } : {}),
        // RFC 8620 §5.5: only where it is not the one that was asked for.
        ...(args.limit === limit ? {} : { limit }),
      };
    },
  });
}

function queryChangesMethod<F, S extends Shape>(type: QueryType<F, S>): Method {
  return method({
    name: `${type.type}/queryChanges`,
    capability: type.capability,
    takes: {
      filter: nullable(anything),
      sort: nullable(anything),
      sinceQueryState: text,
      maxChanges: nullable(unsigned),
      upToId: nullable(id),
      calculateTotal: optional(flag, false),
    },
    more: type.takes,
    async run(args, call, more) {
      const { sinceQueryState: queryState, upToId, calculateTotal, maxChanges } = args;
      const changes = await type.changes(askedOf(type, args, more, call), { queryState, upToId, calculateTotal });
      if (changes === undefined) throw new MethodError('cannotCalculateChanges', 'Ask with the query method anew.');
      const { newQueryState, removed, added, total } = changes;
      if (maxChanges !== null && removed.length + added.length > maxChanges) {
        throw new MethodError('tooManyChanges', `There are ${removed.length + added.length} changes.`);
      }
      return {
        accountId: call.account.id,
        oldQueryState: queryState,
        newQueryState,
        ...(calculateTotal ? { total } : {}),
        removed,
        added,
      };
    },
  });
}

function askedOf<F, S extends Shape>(
  type: QueryType<F, S>,
  args: { readonly filter: Json; readonly sort: Json },
  more: ArgumentsOf<S>,
  call: Call,
): Asked<F, S> {
  const filter = type.read(args.filter, args.sort);
  return { account: call.account.id, filter, more, call };
}

/** The part of a whole list of results that was asked for. */
export function windowOf(
  all: readonly string[],
  { position, anchor, limit, calculateTotal }: Window,
): Pick<Results, 'ids' | 'position' | 'total'> {
  const start = anchor === undefined ? startOf(position, all.length) : anchored(all, anchor);
  const ids = all.slice(start, start + limit);
  return { ids, position: start, ...(calculateTotal ? { total: all.length } : {}) };
}

function startOf(position: number, total: number): number {
  return position < 0 ? Math.max(0, total + position) : position;
}

function anchored(all: readonly string[], { id: anchor, offset }: NonNullable<Window['anchor']>): number {
  const index = all.indexOf(anchor);
  if (index < 0) throw new MethodError('anchorNotFound', 'The anchor is not among the results.');
  return Math.max(0, index + offset);
}
