/** Email/query and Email/queryChanges (RFC 8621 §4.4, §4.5). */
import { MAIL } from '../capabilities.ts';
import { MethodError } from '../errors.ts';
import { queryMethods } from '../frames/query.ts';
import type { Results, Window } from '../frames/query.ts';
import type { Method } from '../method.ts';
import { parseFilter } from './filter.ts';
import type { EmailParts } from './parts.ts';
import { formatQueryState, steadily } from './query-state.ts';
import { queryChanges } from './query-changes.ts';
import { COLLAPSE, unreadFor } from './search.ts';
import type { AskedEmails, EmailSearch } from './search.ts';
import { parseSort } from './sort.ts';

export function emailQueries(parts: EmailParts): readonly Method[] {
  return queryMethods({
    type: 'Email',
    capability: MAIL,
    takes: COLLAPSE,
    read(given, sort): EmailSearch {
      const filter = parseFilter(given);
      return { sort: parseSort(sort), ...(filter === undefined ? {} : { filter }) };
    },
    results: (asked, window) => results(parts, asked, window),
    changes: (asked, since) => queryChanges(parts, asked, since),
  });
}

async function results(parts: EmailParts, asked: AskedEmails, window: Window): Promise<Results> {
  const { store } = parts;
  const { account, filter: search, more } = asked;
  const unread = await unreadFor(parts, account, search);
  const { anchor, ...rest } = window;
  const query = {
    account,
    ...search,
    collapseThreads: more.collapseThreads,
    ...rest,
    ...(anchor === undefined ? {} : { anchor: { email: anchor.id, offset: anchor.offset } }),
  };
  const { state, value: found } = await steadily(store, account, () => store.read('queryEmails', query));
  if (found === 'no-anchor') throw new MethodError('anchorNotFound', 'The anchor is not among the results.');
  return {
    queryState: formatQueryState({ ...state, isComplete: unread === 0 }),
    canCalculateChanges: unread === 0,
    ...found,
    // Our own addition (docs/jmap.md): how much of the mail the search has not seen yet.
    ...(unread === 0 ? {} : { indexing: await indexingOf(parts, account, unread) }),
  };
}

async function indexingOf(
  { store }: EmailParts,
  account: string,
  unread: number,
): Promise<{ readonly done: number; readonly total: number }> {
  const total = (await store.read('account', { id: account }))?.usedMessages ?? unread;
  return { done: Math.max(0, total - unread), total };
}
