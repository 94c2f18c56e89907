/** How a list can be sorted and narrowed down, as JMAP says it. Pure. */
import type { Comparator, Filter, Id } from '../jmap/types.ts';

export type Sort = 'newest' | 'oldest' | 'sender' | 'subject' | 'size' | 'unread' | 'flagged';
export type Quick = 'unread' | 'flagged' | 'files';

const NEWEST: Comparator = { property: 'receivedAt', isAscending: false };

export const SORTS: Readonly<Record<Sort, readonly Comparator[]>> = {
  newest: [NEWEST],
  oldest: [{ property: 'receivedAt', isAscending: true }],
  sender: [{ property: 'from', isAscending: true }, NEWEST],
  subject: [{ property: 'subject', isAscending: true }, NEWEST],
  size: [{ property: 'size', isAscending: false }, NEWEST],
  unread: [{ property: 'hasKeyword', keyword: '$seen', isAscending: true }, NEWEST],
  flagged: [{ property: 'hasKeyword', keyword: '$flagged', isAscending: false }, NEWEST],
};

/** Those that the server can do (RFC 8621 §1.3.1); it says nothing where it can do all. */
export function possibleSorts(options: readonly string[] | undefined): readonly Sort[] {
  const all = Object.keys(SORTS) as readonly Sort[];
  if (options === undefined) return all;
  return all.filter((sort) => SORTS[sort].every(({ property }) => options.includes(property)));
}

const QUICK: Readonly<Record<Quick, Filter>> = {
  unread: { notKeyword: '$seen' },
  flagged: { hasKeyword: '$flagged' },
  files: { hasAttachment: true },
};

/** What a folder shows, or a search finds, narrowed down by the quick filters. */
export function narrowed(
  base: { readonly folder: Id } | { readonly filter: Filter },
  quick: ReadonlySet<Quick>,
): Filter {
  const whole: Filter = 'folder' in base ? { inMailbox: base.folder } : base.filter;
  if (quick.size === 0) return whole;
  return { operator: 'AND', conditions: [whole, ...[...quick].map((one) => QUICK[one])] };
}
