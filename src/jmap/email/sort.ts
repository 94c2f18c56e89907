/** What Email/query may sort by (RFC 8621 §4.4.2), as the store understands it. */
import type { EmailOrder } from '../../store/index.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { COLLATIONS, EMAIL_SORT_OPTIONS } from '../capabilities.ts';
import { readSort } from '../frames/filter.ts';
import type { Comparator } from '../frames/filter.ts';
import { own } from '../json.ts';
import type { Json } from '../json.ts';

/** More than there are properties says nothing more. */
const MOST_COMPARATORS = 16;

const NEWEST_FIRST: readonly EmailOrder[] = [{ property: 'receivedAt', isAscending: false }];

/** Without any the newest come first. Throws a MethodError. */
export function parseSort(sort: Json): readonly EmailOrder[] {
  const known = { properties: EMAIL_SORT_OPTIONS, collations: COLLATIONS, more: ['keyword'] };
  const comparators = readSort(sort, known);
  if (comparators.length > MOST_COMPARATORS)
    throw new MethodError('unsupportedSort', `Emails can be sorted by at most ${MOST_COMPARATORS} comparators.`);
  return comparators.length === 0 ? NEWEST_FIRST : comparators.map(orderOf);
}

function orderOf({ property, isAscending, given }: Comparator): EmailOrder {
  const order = { property: property as EmailOrder['property'], isAscending };
  if (!property.endsWith('Keyword')) return order;
  const keyword = own(given, 'keyword');
  if (typeof keyword !== 'string') throw invalidArguments(`To sort by \`${property}\` a \`keyword\` is needed.`);
  return { ...order, keyword: keyword.toLowerCase() };
}
