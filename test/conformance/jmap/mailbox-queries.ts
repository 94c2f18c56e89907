/** Cases for Mailbox/query and Mailbox/queryChanges (RFC 8621 §2.3, §2.4; RFC 8620 §5.5, §5.6). */
import { fresh, group, holds, like, replayed, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

/** A tree of its own: a (3) with children c (1) and b (2), and d (1) beside a; ids by their letters. */
async function tree(ann: User): Promise<{ readonly ids: Readonly<Record<string, string>>; readonly filter: Answered }> {
  const mark = fresh('tree');
  const create = {
    a: { name: `a ${mark}`, sortOrder: 3 },
    b: { name: `b ${mark}`, parentId: '#a', sortOrder: 2 },
    c: { name: `c ${mark}`, parentId: '#a', sortOrder: 1 },
    d: { name: `D ${mark}`, sortOrder: 1, isSubscribed: false },
  };
  const { created } = await ann.ok('Mailbox/set', { create });
  const ids = Object.fromEntries(Object.entries(created as Answered).map(([key, made]) => [key, made.id as string]));
  return { ids, filter: { name: mark } };
}

const finds =
  (query: (filter: Answered, ids: Readonly<Record<string, string>>) => Answered, expected: string) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const { ids, filter } = await tree(ann);
    const found = await ann.ok('Mailbox/query', query(filter, ids));
    const letters = (found['ids'] as string[]).map((id) => Object.keys(ids).find((key) => ids[key] === id) ?? '?');
    same(letters.join(''), expected, 'mailboxes');
  };

const by = (property: string, isAscending = true): readonly Answered[] => [{ property, isAscending }];

export const MAILBOX_QUERIES = group('Queries for mailboxes', [
  ['8621-2.3-by-name', 'must', 'Sorted by name', finds((filter) => ({ filter, sort: by('name') }), 'abcd')],
  [
    '8621-2.3-by-name-down',
    'must',
    'Sorted by name, the other way',
    finds((filter) => ({ filter, sort: by('name', false) }), 'dcba'),
  ],
  [
    '8621-2.3-by-order',
    'must',
    'Sorted by sortOrder, then name',
    finds((filter) => ({ filter, sort: [...by('sortOrder'), ...by('name')] }), 'cdba'),
  ],
  [
    '8621-2.3-as-tree',
    'must',
    'sortAsTree: children behind their parent',
    finds((filter) => ({ filter, sort: by('name'), sortAsTree: true }), 'abcd'),
  ],
  [
    '8621-2.3-as-tree-order',
    'must',
    'sortAsTree: siblings by the comparators',
    finds((filter) => ({ filter, sort: by('sortOrder'), sortAsTree: true }), 'dacb'),
  ],
  ['8621-2.3-parent', 'must', 'By parent', finds((_, { a }) => ({ filter: { parentId: a }, sort: by('name') }), 'bc')],
  [
    '8621-2.3-no-parent',
    'must',
    'By having no parent',
    finds((filter) => ({ filter: { ...filter, parentId: null }, sort: by('name') }), 'ad'),
  ],
  [
    '8621-2.3-subscribed',
    'must',
    'By subscription',
    finds((filter) => ({ filter: { ...filter, isSubscribed: false } }), 'd'),
  ],
  [
    '8621-2.3-any-role',
    'must',
    'By having no role',
    finds((filter) => ({ filter: { ...filter, hasAnyRole: false }, sort: by('name') }), 'abcd'),
  ],
  [
    '8621-2.3-as-tree-filter',
    'must',
    'filterAsTree: what lies in one that does not match is left out',
    finds(
      (filter, { a }) => ({
        filter: {
          operator: 'AND',
          conditions: [filter, { operator: 'NOT', conditions: [{ parentId: null, name: 'a tree' }] }],
        },
        filterAsTree: a !== '',
      }),
      'd',
    ),
  ],
  [
    '8620-5.5-or',
    'must',
    'OR',
    finds(
      (filter, { a }) => ({
        filter: { operator: 'OR', conditions: [{ parentId: a }, { ...filter, isSubscribed: false }] },
        sort: by('name'),
      }),
      'bcd',
    ),
  ],
  [
    '8620-5.5-not',
    'must',
    'NOT: none of them',
    finds(
      (filter, { a }) => ({
        filter: {
          operator: 'AND',
          conditions: [filter, { operator: 'NOT', conditions: [{ parentId: a }, { isSubscribed: false }] }],
        },
      }),
      'a',
    ),
  ],
  [
    '8620-5.5-position',
    'must',
    'From a position on',
    finds((filter) => ({ filter, sort: by('name'), position: 2 }), 'cd'),
  ],
  [
    '8620-5.5-position-negative',
    'must',
    'From a position before the end on',
    finds((filter) => ({ filter, sort: by('name'), position: -1 }), 'd'),
  ],
  [
    '8620-5.5-position-far',
    'must',
    'A position far before the end is the beginning',
    finds((filter) => ({ filter, sort: by('name'), position: -9 }), 'abcd'),
  ],
  [
    '8620-5.5-limit',
    'must',
    'Not more than a limit',
    finds((filter) => ({ filter, sort: by('name'), limit: 2 }), 'ab'),
  ],
  ['8620-5.5-limit-zero', 'must', 'A limit of 0 gives none', finds((filter) => ({ filter, limit: 0 }), '')],
  [
    '8620-5.5-anchor',
    'must',
    'From an anchor on',
    finds((filter, { b }) => ({ filter, sort: by('name'), anchor: b }), 'bcd'),
  ],
  [
    '8620-5.5-anchor-offset',
    'must',
    'From before an anchor on',
    finds((filter, { b }) => ({ filter, sort: by('name'), anchor: b, anchorOffset: -1, limit: 2 }), 'ab'),
  ],
  [
    '8620-5.5-anchor-position',
    'must',
    'Beside an anchor the position says nothing',
    finds((filter, { c }) => ({ filter, sort: by('name'), anchor: c, position: 0 }), 'cd'),
  ],
  [
    '8620-5.5-anchor-unknown',
    'must',
    'An anchor that is not among the results is anchorNotFound',
    async ({ ann }) => ann.refused('anchorNotFound', 'Mailbox/query', { anchor: 'none' }),
  ],
  [
    '8621-2.3-role',
    'must',
    'By role',
    async ({ ann }) =>
      same((await ann.ok('Mailbox/query', { filter: { role: 'inbox' } }))['ids'], [ann.boxes['inbox']], 'ids'),
  ],
  [
    '8620-5.5-unknown-filter',
    'must',
    'A condition that there is not is unsupportedFilter',
    async ({ ann }) => ann.refused('unsupportedFilter', 'Mailbox/query', { filter: { colour: 'red' } }),
  ],
  [
    '8620-5.5-filter-type',
    'must',
    'A condition of another type is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Mailbox/query', { filter: { name: 5 } }),
  ],
  [
    '8620-5.5-operator',
    'must',
    'An operator that there is not is invalidArguments',
    async ({ ann }) =>
      ann.refused('invalidArguments', 'Mailbox/query', { filter: { operator: 'XOR', conditions: [] } }),
  ],
  [
    '8620-5.5-unknown-sort',
    'must',
    'A property that nothing is sorted by is unsupportedSort',
    async ({ ann }) => ann.refused('unsupportedSort', 'Mailbox/query', { sort: by('colour') }),
  ],
  [
    '8620-5.5-collation',
    'must',
    'A collation that there is not is unsupportedSort',
    async ({ ann }) =>
      ann.refused('unsupportedSort', 'Mailbox/query', { sort: [{ property: 'name', collation: 'i;none' }] }),
  ],
  [
    '8620-5.5-response',
    'must',
    'The response has its state and position; a total only where it was asked for',
    async ({ ann }) => {
      const { filter } = await tree(ann);
      const found = await ann.ok('Mailbox/query', { filter, limit: 2, calculateTotal: true });
      like(found, { accountId: ann.account, queryState: /./, position: 0, total: 4 }, 'response');
      same(typeof found['canCalculateChanges'], 'boolean', 'canCalculateChanges');
      same('total' in (await ann.ok('Mailbox/query', { filter })), false, 'total');
    },
  ],
  [
    '8621-2.4-changes',
    'must',
    'queryChanges tells what came, went and moved, so that the list is right again',
    async ({ ann }) => {
      const { ids, filter } = await tree(ann);
      const query = { filter, sort: by('name') };
      const before = await ann.ok('Mailbox/query', query);
      await ann.destroyed('Mailbox', [ids['c'] ?? '']);
      await ann.changed('Mailbox', ids['a'] ?? '', { name: `x ${String(filter['name'])}` });
      const made = await ann.mailbox({ name: `e ${String(filter['name'])}` });
      const changes = await ann.ok('Mailbox/queryChanges', { ...query, sinceQueryState: before['queryState'] });
      const now = await ann.ok('Mailbox/query', query);
      same(replayed(before['ids'] as string[], changes), now['ids'], 'ids');
      same([changes['oldQueryState'], changes['newQueryState']], [before['queryState'], now['queryState']], 'states');
      holds((now['ids'] as string[]).includes(made), 'the new one', now);
    },
  ],
  [
    '8621-2.4-nothing',
    'must',
    'queryChanges of a state that is still so tells nothing',
    async ({ ann }) => {
      const { queryState } = await ann.ok('Mailbox/query', {});
      like(
        await ann.ok('Mailbox/queryChanges', { sinceQueryState: queryState }),
        { removed: [], added: [] },
        'changes',
      );
    },
  ],
  [
    '8620-5.6-cannot',
    'must',
    'queryChanges of a state that never was is cannotCalculateChanges',
    async ({ ann }) => ann.refused('cannotCalculateChanges', 'Mailbox/queryChanges', { sinceQueryState: 'none' }),
  ],
  [
    '8620-5.6-too-many',
    'must',
    'More changes than maxChanges are tooManyChanges',
    async ({ ann }) => {
      const { queryState } = await ann.ok('Mailbox/query', {});
      await ann.mailbox();
      await ann.mailbox();
      await ann.refused('tooManyChanges', 'Mailbox/queryChanges', { sinceQueryState: queryState, maxChanges: 1 });
    },
  ],
]);
