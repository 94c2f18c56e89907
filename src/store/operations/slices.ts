/** Lists of any length in statements of a few lengths. */
import { padded, places } from './statement.ts';
import type { SqlValue } from './statement.ts';

/** Values in one statement: engines have a bound, and plans are kept by text. */
const MOST = 256;

export interface Slice<V extends SqlValue> {
  readonly values: readonly V[];
  /** As many places as values. */
  readonly places: string;
}

export function slices<V extends SqlValue>(list: readonly V[]): readonly Slice<V>[] {
  const all: Slice<V>[] = [];
  for (let at = 0; at < list.length; at += MOST) {
    const values = padded(list.slice(at, at + MOST));
    all.push({ values, places: places(values.length) });
  }
  return all;
}

export function firstOf<A, B>(list: readonly A[], of: (one: A) => B | undefined): B | undefined {
  for (const one of list) {
    const found = of(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
