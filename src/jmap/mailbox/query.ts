/** Mailbox/query and Mailbox/queryChanges (RFC 8621 §2.3, §2.4). Mailboxes are few: all are read. */
import { flag, id, nullable, optional, readArguments, text } from '../arguments.ts';
import type { ArgumentsOf, Kind } from '../arguments.ts';
import { COLLATIONS, MAIL } from '../capabilities.ts';
import { compareText } from '../collation.ts';
import { MethodError } from '../errors.ts';
import { sinceIn } from '../frames/changes.ts';
import { matches, readFilter, readSort } from '../frames/filter.ts';
import type { Comparator, Filter } from '../frames/filter.ts';
import { queryMethods, windowOf } from '../frames/query.ts';
import type { Asked, QueryChanges } from '../frames/query.ts';
import type { JsonObject } from '../json.ts';
import type { Store } from '../../store/index.ts';
import type { Method } from '../method.ts';
import { formatState, readMailState, steady } from '../state.ts';
import { mailboxId, mailboxOf } from './mailbox.ts';
import type { Mailbox } from './mailbox.ts';

interface Query {
  readonly filter: Filter<Condition> | null;
  readonly sort: readonly Comparator[];
}

/** An argument that need not be there, and then says nothing. */
function maybe<T>(kind: Kind<T>): Kind<T | undefined> {
  return { ...kind, absent: { value: undefined } };
}

const CONDITION = {
  parentId: maybe(nullable(id)),
  name: maybe(text),
  role: maybe(nullable(text)),
  hasAnyRole: maybe(flag),
  isSubscribed: maybe(flag),
};

type Condition = ArgumentsOf<typeof CONDITION>;

function readCondition(given: JsonObject): Condition {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(CONDITION, name));
  if (unknown === undefined) return readArguments(CONDITION, given);
  throw new MethodError('unsupportedFilter', `There is no condition ${JSON.stringify(unknown)} for mailboxes.`);
}

const TREE = { sortAsTree: optional(flag, false), filterAsTree: optional(flag, false) };

type MailboxAsked = Asked<Query, typeof TREE>;

export function mailboxQueryMethods(store: Store): readonly Method[] {
  return queryMethods<Query, typeof TREE>({
    type: 'Mailbox',
    capability: MAIL,
    takes: TREE,
    read: (filter, sort) => ({
      filter: readFilter(filter, readCondition),
      sort: readSort(sort, { properties: ['sortOrder', 'name'], collations: COLLATIONS }),
    }),
    async results(asked, window) {
      const list = (): Promise<readonly Mailbox[]> => readMailboxes(store, asked.account);
      const { state, value } = await steady(store, { account: asked.account, type: 'mailbox' }, list);
      const ids = resultsIn(value, asked);
      return { queryState: formatState(state), canCalculateChanges: true, ...windowOf(ids, window) };
    },
    changes: (asked, { queryState, calculateTotal }) => changes(store, asked, queryState, calculateTotal),
  });
}

async function readMailboxes(store: Store, account: string): Promise<readonly Mailbox[]> {
  return (await store.read('listMailboxes', { account })).map(mailboxOf);
}

// --- Results ---

function resultsIn(all: readonly Mailbox[], { filter: query, more }: MailboxAsked): readonly string[] {
  const tree = new Map(all.map((mailbox) => [mailbox.id, mailbox]));
  const fits = new Set(all.filter((one) => matches(query.filter, (condition) => holds(condition, one))));
  const included = more.filterAsTree
    ? all.filter((one) => [one, ...ancestors(tree, one)].every((each) => fits.has(each)))
    : all.filter((one) => fits.has(one));
  const order = (a: Mailbox, b: Mailbox): number => compare(query.sort, a, b);
  const inTree = (a: Mailbox, b: Mailbox): number => compareInTree(tree, order, a, b);
  return included.toSorted(more.sortAsTree ? inTree : order).map(({ id: one }) => one);
}

function holds(condition: Condition, mailbox: Mailbox): boolean {
  const { parentId, name, role, hasAnyRole, isSubscribed } = condition;
  return (
    (parentId === undefined || mailbox.parentId === parentId) &&
    (name === undefined || fold(mailbox.name).includes(fold(name))) &&
    (role === undefined || mailbox.role === role) &&
    (hasAnyRole === undefined || (mailbox.role !== null) === hasAnyRole) &&
    (isSubscribed === undefined || mailbox.isSubscribed === isSubscribed)
  );
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** From its parent up; a circle, which the store does not let happen, would end where it closes. */
function ancestors(tree: ReadonlyMap<string, Mailbox>, mailbox: Mailbox): readonly Mailbox[] {
  const found: Mailbox[] = [];
  for (let up = parentIn(tree, mailbox); up !== undefined && !found.includes(up); up = parentIn(tree, up))
    found.push(up);
  return found;
}

function parentIn(tree: ReadonlyMap<string, Mailbox>, { parentId }: Mailbox): Mailbox | undefined {
  return parentId === null ? undefined : tree.get(parentId);
}

/** The id breaks ties, so that the order is total. */
function compare(sort: readonly Comparator[], a: Mailbox, b: Mailbox): number {
  for (const { property, isAscending, collation } of sort) {
    const order = property === 'name' ? compareText(a.name, b.name, collation) : a.sortOrder - b.sortOrder;
    if (order !== 0) return isAscending ? order : -order;
  }
  return Number(a.id.slice(1)) - Number(b.id.slice(1));
}

/** RFC 8621 §2.3, `sortAsTree`: ancestors first; else their nearest ancestors with the same parent are compared. */
function compareInTree(
  tree: ReadonlyMap<string, Mailbox>,
  order: (a: Mailbox, b: Mailbox) => number,
  a: Mailbox,
  b: Mailbox,
): number {
  const [pathA, pathB] = [a, b].map((one) => [...ancestors(tree, one).toReversed(), one]) as [Mailbox[], Mailbox[]];
  const fork = pathA.findIndex((one, i) => one !== pathB[i]);
  const [downA, downB] = [pathA[fork], pathB[fork]];
  return downA === undefined || downB === undefined ? pathA.length - pathB.length : order(downA, downB);
}

// --- Changes of the results ---

interface Changed {
  readonly created: ReadonlySet<string>;
  /** Updated or destroyed. */
  readonly touched: ReadonlySet<string>;
  /** Nothing that a filter or a comparator looks at. */
  readonly onlyCounts: boolean;
}

async function changes(
  store: Store,
  asked: MailboxAsked,
  queryState: string,
  calculateTotal: boolean,
): Promise<QueryChanges | undefined> {
  const since = sinceIn(await readMailState(store, asked.account, 'mailbox'), queryState);
  const read = async (): Promise<readonly [Changed | undefined, readonly Mailbox[]]> => [
    await changedSince(store, asked.account, since),
    await readMailboxes(store, asked.account),
  ];
  const { state, value } = await steady(store, { account: asked.account, type: 'mailbox' }, read);
  const [changed, all] = value;
  if (changed === undefined) return undefined;
  const ids = resultsIn(all, asked);
  return {
    newQueryState: formatState(state),
    ...difference(changed, ids, asked.more.sortAsTree || asked.more.filterAsTree),
    ...(calculateTotal ? { total: ids.length } : {}),
  };
}

/** Everything that may have moved is removed and, where it still is a result, added again (RFC 8620 §5.6). */
function difference(
  { created, touched, onlyCounts }: Changed,
  ids: readonly string[],
  asTree: boolean,
): Pick<QueryChanges, 'removed' | 'added'> {
  // No filter or comparator looks at the counts.
  if (onlyCounts) return { removed: [], added: [] };
  // In a tree, what changes of a mailbox moves all that lies below it.
  const moved = asTree ? new Set([...touched, ...ids.filter((one) => !created.has(one))]) : touched;
  const added = ids.map((one, index) => ({ id: one, index })).filter((one) => moved.has(one.id) || created.has(one.id));
  return { removed: [...moved], added };
}

const PAGE = 1_000;

async function changedSince(store: Store, account: string, since: number): Promise<Changed | undefined> {
  const created = new Set<string>();
  const touched = new Set<string>();
  let onlyCounts = true;
  for (let from = since; ;) {
    const page = await store.read('mailboxChanges', { account, since: from, limit: PAGE });
    if (page === undefined) return undefined;
    for (const one of page.created) created.add(mailboxId(one));
    for (const one of [...page.updated, ...page.destroyed]) touched.add(mailboxId(one));
    // The store speaks of what was updated only.
    onlyCounts &&= page.onlyCounts && page.created.length + page.destroyed.length === 0;
    if (!page.more) return { created, touched, onlyCounts };
    from = page.upTo;
  }
}
