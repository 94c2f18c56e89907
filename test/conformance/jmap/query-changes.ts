/** Cases for Email/queryChanges (RFC 8621 §4.5). */
import { fresh, group, like, message, replayed, same } from './client.ts';
import type { Answered, JmapServer } from './client.ts';
import { down, up } from './library.ts';

/** What a client that keeps a list has after some changes, and what a new query has. */
const follows =
  (query: (box: string) => Answered, options: { readonly upTo?: boolean } = {}) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const [box, aside] = [await ann.mailbox(), await ann.mailbox()];
    const root = `${fresh('q')}@a.test`;
    const ids: string[] = [];
    for (const [n, subject] of ['one', 'two', 'three', 'four', 'five'].entries())
      ids.push(
        await ann.letter(box, message([`Subject: ${subject}`, `Message-ID: <${String(n)}.${root}>`]), {
          receivedAt: `2026-02-0${String(n + 1)}T00:00:00Z`,
        }),
      );
    const args = query(box);
    const before = await ann.ok('Email/query', args);
    const [first = '', second = '', third = '', fourth = ''] = ids;
    await ann.changed('Email', first, { 'keywords/$flagged': true });
    await ann.changed('Email', second, { mailboxIds: { [aside]: true } });
    await ann.destroyed('Email', [third]);
    await ann.changed('Email', fourth, { 'keywords/$seen': true });
    await ann.letter(box, message(['Subject: Re: one', `In-Reply-To: <0.${root}>`]), {
      receivedAt: '2026-02-03T12:00:00Z',
    });
    await ann.letter(box, message(['Subject: zero']), { receivedAt: '2026-01-01T00:00:00Z' });
    await ann.letter(box, message(['Subject: six']), {
      receivedAt: '2026-03-01T00:00:00Z',
      keywords: { $flagged: true },
    });
    const sinceQueryState = before['queryState'] as string;
    const known = before['ids'] as string[];
    const upToId = options.upTo === true ? (known.at(1) ?? null) : null;
    const changes = await ann.ok('Email/queryChanges', { ...args, sinceQueryState, upToId, calculateTotal: true });
    const now = await ann.ok('Email/query', { ...args, calculateTotal: true });
    const most = upToId === null ? Infinity : 1;
    same(replayed(known, changes).slice(0, most), (now['ids'] as string[]).slice(0, most), 'ids');
    same(
      [changes['oldQueryState'], changes['newQueryState'], changes['total']],
      [sinceQueryState, now['queryState'], now['total']],
      'states and total',
    );
  };

export const QUERY_CHANGES = group('Changes of queries', [
  [
    '8621-4.5-plain',
    'must',
    'In a mailbox by time',
    follows((box) => ({ filter: { inMailbox: box }, sort: down('receivedAt') })),
  ],
  [
    '8621-4.5-up',
    'must',
    'In a mailbox by time, the oldest first',
    follows((box) => ({ filter: { inMailbox: box }, sort: up('receivedAt') })),
  ],
  [
    '8621-4.5-collapsed',
    'must',
    'With threads as one',
    follows((box) => ({ filter: { inMailbox: box }, sort: down('receivedAt'), collapseThreads: true })),
  ],
  [
    '8621-4.5-keyword',
    'must',
    'By a keyword that changes',
    follows((box) => ({ filter: { inMailbox: box, hasKeyword: '$flagged' }, sort: down('receivedAt') })),
  ],
  [
    '8621-4.5-sort-keyword',
    'must',
    'Sorted by a keyword that changes',
    follows((box) => ({
      filter: { inMailbox: box },
      sort: [...down('hasKeyword', { keyword: '$flagged' }), ...down('receivedAt')],
    })),
  ],
  [
    '8621-4.5-thread-keyword',
    'must',
    'By a keyword of the thread',
    follows((box) => ({ filter: { inMailbox: box, someInThreadHaveKeyword: '$flagged' }, sort: up('receivedAt') })),
  ],
  [
    '8621-4.5-subject',
    'must',
    'By words of the subject, sorted by it',
    follows((box) => ({ filter: { inMailbox: box, subject: 'one' }, sort: [...up('subject'), ...up('receivedAt')] })),
  ],
  ['8621-4.5-all', 'must', 'Everything there is', follows(() => ({ filter: null, sort: up('receivedAt') }))],
  [
    '8620-5.6-up-to',
    'must',
    'upToId spares what stands behind it',
    follows(() => ({ filter: null, sort: up('size') }), { upTo: true }),
  ],
  [
    '8621-4.5-nothing',
    'must',
    'Where nothing changed, nothing is told',
    async ({ ann }) => {
      const { queryState } = await ann.ok('Email/query', {});
      like(
        await ann.ok('Email/queryChanges', { sinceQueryState: queryState }),
        { oldQueryState: queryState, newQueryState: queryState, removed: [], added: [] },
        'changes',
      );
    },
  ],
  [
    '8620-5.6-email-cannot',
    'must',
    'A state that never was is cannotCalculateChanges',
    async ({ ann }) => ann.refused('cannotCalculateChanges', 'Email/queryChanges', { sinceQueryState: 'none' }),
  ],
  [
    '8620-5.6-email-no-state',
    'must',
    'No state is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Email/queryChanges', {}),
  ],
  [
    '8620-5.6-email-too-many',
    'must',
    'More changes than maxChanges are tooManyChanges',
    async ({ ann }) => {
      const box = await ann.mailbox();
      const { queryState } = await ann.ok('Email/query', { filter: { inMailbox: box } });
      await ann.letter(box, message([]));
      await ann.letter(box, message([]));
      await ann.refused('tooManyChanges', 'Email/queryChanges', {
        filter: { inMailbox: box },
        sinceQueryState: queryState,
        maxChanges: 1,
      });
    },
  ],
]);
