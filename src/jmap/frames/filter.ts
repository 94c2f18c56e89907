/** Filters and comparators of /query (RFC 8620 §5.5). */
import { invalidArguments, MethodError } from '../errors.ts';
import { isObject, own } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

export type Filter<C> =
  | { readonly operator: 'AND' | 'OR' | 'NOT'; readonly conditions: readonly Filter<C>[] }
  | { readonly condition: C };

export interface Comparator {
  readonly property: string;
  readonly isAscending: boolean;
  readonly collation?: string;
  /** The whole object, for what a type has besides (`keyword`). */
  readonly given: JsonObject;
}

const OPERATORS = ['AND', 'OR', 'NOT'] as const;

/** More conditions than a person or a saved search has; each property of one counts. */
const MOST_CONDITIONS = 1_000;

/** null: everything matches. `readCondition` throws what it can't read. */
export function readFilter<C>(value: Json, readCondition: (condition: JsonObject) => C): Filter<C> | null {
  if (value === null) return null;
  let count = 0;
  const read = (one: Json): Filter<C> => {
    if (!isObject(one)) throw invalidArguments('A filter must be an object.');
    const isCondition = !Object.hasOwn(one, 'operator');
    count += isCondition ? Math.max(1, Object.keys(one).length) : 1;
    if (count > MOST_CONDITIONS) throw new MethodError('unsupportedFilter', 'The filter has too many conditions.');
    if (isCondition) return { condition: readCondition(one) };
    const operator = OPERATORS.find((known) => known === own(one, 'operator'));
    const conditions = own(one, 'conditions');
    if (operator === undefined) throw invalidArguments('The operator of a filter is AND, OR or NOT.');
    if (!Array.isArray(conditions)) throw invalidArguments('`conditions` must be a list of filters.');
    if (Object.keys(one).length > 2)
      throw invalidArguments('A filter has an operator or conditions of its own, not both.');
    return { operator, conditions: (conditions as readonly Json[]).map(read) };
  };
  return read(value);
}

export function matches<C>(filter: Filter<C> | null, holds: (condition: C) => boolean): boolean {
  if (filter === null) return true;
  if ('condition' in filter) return holds(filter.condition);
  const { operator, conditions } = filter;
  if (operator === 'AND') return conditions.every((one) => matches(one, holds));
  const some = conditions.some((one) => matches(one, holds));
  return operator === 'OR' ? some : !some;
}

/** Throws `unsupportedSort` for a property or a collation that is not among these. */
export function readSort(
  value: Json,
  known: {
    readonly properties: readonly string[];
    readonly collations: readonly string[];
    readonly more?: readonly string[];
  },
): readonly Comparator[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw invalidArguments('`sort` must be a list of comparators.');
  return (value as readonly Json[]).map((one) => readComparator(one, known));
}

function readComparator(
  given: Json,
  { properties, collations, more = [] }: Parameters<typeof readSort>[1],
): Comparator {
  if (!isObject(given)) throw invalidArguments('A comparator must be an object.');
  const property = own(given, 'property');
  const isAscending = own(given, 'isAscending') ?? true;
  // Programs that write all their fields write null for none.
  const collation = own(given, 'collation') ?? undefined;
  if (typeof property !== 'string') throw invalidArguments('A comparator needs a `property`.');
  if (typeof isAscending !== 'boolean') throw invalidArguments('`isAscending` must be true or false.');
  if (collation !== undefined && typeof collation !== 'string') throw invalidArguments('`collation` must be a string.');
  const names = ['property', 'isAscending', 'collation', ...more];
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalidArguments(`A comparator has no ${JSON.stringify(unknown)}.`);
  if (!properties.includes(property)) {
    throw new MethodError('unsupportedSort', `Sorting by ${JSON.stringify(property)} is not supported.`);
  }
  if (collation !== undefined && !collations.includes(collation)) {
    throw new MethodError('unsupportedSort', `The collation ${JSON.stringify(collation)} is not supported.`);
  }
  return { property, isAscending, given, ...(collation === undefined ? {} : { collation }) };
}
