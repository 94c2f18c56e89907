/**
 * What changed in the results of a query (RFC 8621 §4.5, RFC 8620 §5.6). Everything that may have entered, left or moved
 * is removed, and put in where it is now: the emails that changed, and where threads count, all emails of their threads.
 */
import type { EmailCondition, EmailOrder, Store } from '../../store/index.ts';
import type { QueryChanges } from '../frames/query.ts';
import { sinceIn } from '../frames/changes.ts';
import { readMailState } from '../state.ts';
import { conditionsOf } from './filter.ts';
import type { EmailParts } from './parts.ts';
import { unreadFor } from './search.ts';
import type { AskedEmails, EmailSearch } from './search.ts';
import { formatQueryState, parseQueryState, steadily } from './query-state.ts';

/** Emails that changed since; a client that is further behind begins anew, which costs it less. */
const MOST_CHANGES = 5_000;
/** Results that are looked through. */
const MOST_RESULTS = 1_000_000;
/** Rows and threads are read so many at a time. */
const SLICE = 1_000;

interface Since {
  readonly queryState: string;
  readonly upToId: string | null;
  readonly calculateTotal: boolean;
}

/** Undefined: they can't be told. */
export async function queryChanges(
  parts: EmailParts,
  asked: AskedEmails,
  { queryState, upToId, calculateTotal }: Since,
): Promise<QueryChanges | undefined> {
  const { store } = parts;
  const { account, filter: search, more } = asked;
  const old = parseQueryState(queryState);
  if (old?.isComplete !== true) return undefined;
  const since = sinceIn(await readMailState(store, account, 'email'), `${old.epoch}-${old.modseq}`);
  const unread = await unreadFor(parts, account, search);
  const all = { position: 0, limit: MOST_RESULTS, calculateTotal: false };
  const query = { account, ...search, collapseThreads: more.collapseThreads, ...all };
  // The results first: what changes from now on is told twice rather than not at all.
  const { state, value: found } = await steadily(store, account, () => store.read('queryEmails', query));
  if (found === 'no-anchor' || found.ids.length >= MOST_RESULTS) return undefined;
  const changed = await changedSince(store, account, since);
  if (changed === undefined) return undefined;
  const touched = touchesThreads(search, more.collapseThreads)
    ? await withTheirThreads(store, account, since, changed)
    : changed;
  if (touched === undefined) return undefined;
  const stays = isImmutable(search, more.collapseThreads);
  const left = stays ? changed.destroyed : touched.all;
  return {
    newQueryState: formatQueryState({ ...state, isComplete: unread === 0 }),
    removed: [...left].filter((id) => !changed.created.has(id)),
    added: added(found.ids, stays ? changed.created : touched.all, stays ? upToId : null),
    ...(calculateTotal ? { total: found.ids.length } : {}),
  };
}

/** Up to an id of the results, where one is given. */
function added(ids: readonly string[], entered: ReadonlySet<string>, upToId: string | null): QueryChanges['added'] {
  const last = upToId === null ? -1 : ids.indexOf(upToId);
  const known = last < 0 ? ids : ids.slice(0, last + 1);
  return known.flatMap((id, index) => (entered.has(id) ? [{ id, index }] : []));
}

interface Changed {
  readonly created: ReadonlySet<string>;
  readonly destroyed: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

async function changedSince(store: Store, account: string, since: number): Promise<Changed | undefined> {
  const [created, destroyed, all] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (let from = since; ;) {
    const changes = await store.read('emailChanges', { account, since: from, limit: SLICE });
    if (changes === undefined) return undefined;
    for (const id of changes.created) created.add(id);
    for (const id of changes.destroyed) destroyed.add(id);
    for (const id of [...changes.created, ...changes.updated, ...changes.destroyed]) all.add(id);
    if (!changes.more) return { created, destroyed, all };
    if (all.size > MOST_CHANGES) return undefined;
    from = changes.upTo;
  }
}

/** What happens to an email may show at another one of its thread. */
async function withTheirThreads(
  store: Store,
  account: string,
  since: number,
  changed: Changed,
): Promise<Changed | undefined> {
  const threads = new Set<string>();
  for (const ids of slices([...changed.all]))
    for (const { thread } of await store.read('emailRows', { account, ids })) threads.add(thread);
  // The threads of what is gone.
  for (let from = since; ;) {
    const changes = await store.read('threadChanges', { account, since: from, limit: SLICE });
    if (changes === undefined) return undefined;
    for (const id of [...changes.created, ...changes.updated]) threads.add(id);
    if (!changes.more) break;
    if (threads.size > MOST_CHANGES) return undefined;
    from = changes.upTo;
  }
  const all = new Set(changed.all);
  for (const ids of slices([...threads]))
    for (const { emails } of await store.read('threads', { account, ids })) for (const id of emails) all.add(id);
  return { ...changed, all };
}

function* slices(ids: readonly string[]): Iterable<readonly string[]> {
  for (let at = 0; at < ids.length; at += SLICE) yield ids.slice(at, at + SLICE);
}

const OF_THREADS: readonly (keyof EmailCondition)[] = [
  'allInThreadHaveKeyword',
  'someInThreadHaveKeyword',
  'noneInThreadHaveKeyword',
];
const MUTABLE: readonly (keyof EmailCondition)[] = [
  ...OF_THREADS,
  'inMailbox',
  'inMailboxOtherThan',
  'hasKeyword',
  'notKeyword',
];

function touchesThreads({ filter, sort }: EmailSearch, collapseThreads: boolean): boolean {
  return collapseThreads || hasAny(filter, OF_THREADS) || sort.some(({ property }) => property.includes('InThread'));
}

/** Nothing that can change of an email decides whether, and where, it is among the results. */
function isImmutable({ filter, sort }: EmailSearch, collapseThreads: boolean): boolean {
  return !collapseThreads && !hasAny(filter, MUTABLE) && !sort.some(isMutable);
}

function hasAny(filter: EmailSearch['filter'], names: readonly (keyof EmailCondition)[]): boolean {
  return conditionsOf(filter).some((condition) => names.some((name) => condition[name] !== undefined));
}

function isMutable({ property }: EmailOrder): boolean {
  return property.endsWith('Keyword');
}
