/** Cases for orders, windows and threads of Email/query (RFC 8621 §4.4.2, §4.4.3; RFC 8620 §5.5). */
import { group, holds, like, same } from './client.ts';
import { down, fails, finds, library, sorted, up } from './library.ts';

export const SORTS = group('Orders of emails', [
  ['8621-4.4.2-received', 'must', 'By receivedAt', sorted(up('receivedAt'), 'abcd')],
  ['8621-4.4.2-received-down', 'must', 'By receivedAt, the newest first', sorted(down('receivedAt'), 'dcba')],
  ['8620-5.5-ascending', 'must', 'Ascending where nothing is said', sorted([{ property: 'receivedAt' }], 'abcd')],
  [
    '8621-4.4.2-size',
    'should',
    'By size',
    finds(({ ids }) => ({ sort: down('size'), limit: ids['a'] === '' ? 0 : 1 }), 'c'),
  ],
  ['8621-4.4.2-from', 'should', 'By from: the name, else the address', sorted(up('from'), 'bdca')],
  ['8621-4.4.2-to', 'should', 'By to', sorted(up('to'), 'acdb')],
  [
    '8621-4.4.2-subject',
    'should',
    'By subject without Re:, then by time',
    sorted([...up('subject'), ...down('receivedAt')], 'bacd'),
  ],
  ['8621-4.4.2-sent', 'should', 'By sentAt', finds({ sort: down('sentAt'), limit: 1 }, 'a')],
  [
    '8621-4.4.2-keyword',
    'should',
    'By hasKeyword: those that have it last',
    sorted([...up('hasKeyword', { keyword: '$flagged' }), ...up('receivedAt')], 'adbc'),
  ],
  [
    '8621-4.4.2-keyword-down',
    'should',
    'By hasKeyword, descending: those that have it first',
    sorted([...down('hasKeyword', { keyword: '$flagged' }), ...up('receivedAt')], 'bcad'),
  ],
  [
    '8621-4.4.2-some-in-thread',
    'should',
    'By someInThreadHaveKeyword',
    sorted([...down('someInThreadHaveKeyword', { keyword: '$flagged' }), ...up('receivedAt')], 'abcd'),
  ],
  [
    '8621-4.4.2-all-in-thread',
    'should',
    'By allInThreadHaveKeyword',
    sorted([...down('allInThreadHaveKeyword', { keyword: '$flagged' }), ...up('receivedAt')], 'cabd'),
  ],
  [
    '8621-4.4.2-advertised',
    'must',
    'What is said to be sorted by is',
    async ({ ann }) => {
      const options = ann.session['accounts'][ann.account].accountCapabilities['urn:ietf:params:jmap:mail']
        .emailQuerySortOptions as string[];
      for (const property of options) await ann.ok('Email/query', { sort: [{ property, keyword: '$seen' }], limit: 1 });
    },
  ],
  [
    '8620-5.5-email-sort-unknown',
    'must',
    'What nothing is sorted by is unsupportedSort',
    fails('unsupportedSort', { sort: up('colour') }),
  ],
  [
    '8621-4.4.2-keyword-missing',
    'must',
    'hasKeyword without a keyword is invalidArguments',
    fails('invalidArguments', { sort: up('hasKeyword') }),
  ],
  [
    '8620-5.5-email-sort-type',
    'must',
    'A sort that is no list is invalidArguments',
    fails('invalidArguments', { sort: { property: 'size' } }),
  ],
]);

export const WINDOWS = group('Windows and threads of queries', [
  ['8620-5.5-email-position', 'must', 'From a position on', finds({ position: 1 }, 'bcd')],
  ['8620-5.5-email-position-negative', 'must', 'From before the end on', finds({ position: -2 }, 'cd')],
  [
    '8620-5.5-email-position-far',
    'must',
    'Far before the end is the beginning',
    finds({ position: -20, limit: 1 }, 'a'),
  ],
  ['8620-5.5-email-position-behind', 'must', 'Behind the end is nothing', finds({ position: 20 }, '')],
  ['8620-5.5-email-limit', 'must', 'Not more than a limit', finds({ limit: 2 }, 'ab')],
  ['8620-5.5-email-limit-zero', 'must', 'A limit of 0 gives none', finds({ limit: 0 }, '')],
  ['8620-5.5-email-anchor', 'must', 'From an anchor on', finds(({ ids }) => ({ anchor: ids['c'] }), 'cd')],
  [
    '8620-5.5-email-anchor-before',
    'must',
    'From before an anchor on',
    finds(({ ids }) => ({ anchor: ids['c'], anchorOffset: -1, limit: 2 }), 'bc'),
  ],
  [
    '8620-5.5-email-anchor-behind',
    'must',
    'From behind an anchor on',
    finds(({ ids }) => ({ anchor: ids['b'], anchorOffset: 1 }), 'cd'),
  ],
  [
    '8620-5.5-email-anchor-far',
    'must',
    'Far before an anchor is the beginning',
    finds(({ ids }) => ({ anchor: ids['b'], anchorOffset: -9, limit: 1 }), 'a'),
  ],
  [
    '8620-5.5-email-anchor-unknown',
    'must',
    'An anchor that is not among the results is anchorNotFound',
    fails('anchorNotFound', { anchor: 'none' }),
  ],
  [
    '8620-5.5-email-anchor-filtered',
    'must',
    'An email that the filter leaves out is no anchor',
    async ({ ann }) => {
      const { ids, other } = await library(ann);
      await ann.refused('anchorNotFound', 'Email/query', { filter: { inMailbox: other }, anchor: ids['a'] });
    },
  ],
  [
    '8620-5.5-email-response',
    'must',
    'State, position and, where asked for, the total',
    async ({ ann }) => {
      const { box, ids } = await library(ann);
      const args = {
        filter: { inMailbox: box },
        sort: up('receivedAt'),
        anchor: ids['b'],
        limit: 2,
        calculateTotal: true,
      };
      const response = await ann.ok('Email/query', args);
      like(
        response,
        { accountId: ann.account, queryState: /./, position: 1, total: 4, ids: [ids['b'], ids['c']] },
        'response',
      );
      same(
        [typeof response['canCalculateChanges'], 'limit' in response],
        ['boolean', false],
        'canCalculateChanges and limit',
      );
      same('total' in (await ann.ok('Email/query', { filter: { inMailbox: box } })), false, 'total');
    },
  ],
  [
    '8620-5.5-email-limit-used',
    'must',
    'A limit that the server set is told',
    async ({ ann }) => {
      const { limit } = await ann.ok('Email/query', { limit: 1_000_000 });
      holds(limit === undefined || limit < 1_000_000, 'limit', limit);
    },
  ],
  [
    '8621-4.4.3-collapse',
    'must',
    'Of each thread the first that is found',
    finds({ collapseThreads: true, sort: down('receivedAt') }, 'dcb'),
  ],
  ['8621-4.4.3-collapse-order', 'must', 'Which it is follows from the order', finds({ collapseThreads: true }, 'acd')],
  [
    '8621-4.4.3-collapse-filter',
    'must',
    'Only what the filter finds stands for its thread',
    finds({ collapseThreads: true, filter: { notKeyword: '$seen' } }, 'bd'),
  ],
  [
    '8621-4.4.3-collapse-total',
    'must',
    'The total counts threads',
    async ({ ann }) => {
      const { box } = await library(ann);
      like(
        await ann.ok('Email/query', {
          filter: { inMailbox: box },
          collapseThreads: true,
          calculateTotal: true,
          limit: 1,
        }),
        { total: 3 },
        'response',
      );
    },
  ],
  [
    '8621-4.4.3-collapse-position',
    'must',
    'Positions count threads',
    finds({ collapseThreads: true, position: 1, limit: 1 }, 'c'),
  ],
]);
