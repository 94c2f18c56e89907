import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, octetsOf, parseSearch, tokensOf, withoutToken } from './parse.ts';

const FOLDERS = [
  { id: 'm1', name: 'Inbox', role: 'inbox' },
  { id: 'm2', name: 'Trash', role: 'trash' },
  { id: 'm3', name: 'Boat trips', role: null },
];
const NOW = new Date(2026, 9, 7, 15).getTime();
const filterOf = (query: string) => parseSearch(query, { folders: FOLDERS, now: NOW }).filter;
const BINS = { inMailboxOtherThan: ['m2'] };
const iso = (...date: readonly [number, number, number]): string =>
  new Date(date[0], date[1] - 1, date[2]).toISOString().replace('.000', '');

test('search: words and phrases, everywhere but in the bins', () => {
  assert.deepEqual(filterOf('lunch  "see you"'), {
    operator: 'AND',
    conditions: [{ text: 'lunch "see you"' }, BINS],
  });
  assert.equal(filterOf('   '), undefined);
});

test('search: every operator', () => {
  const table: readonly (readonly [string, object])[] = [
    ['from:bob', { from: 'bob' }],
    ['to:"Bob Stone"', { to: '"Bob Stone"' }],
    ['cc:c@c.test', { cc: 'c@c.test' }],
    ['SUBJECT:plan', { subject: 'plan' }],
    ['has:attachment', { hasAttachment: true }],
    ['is:unread', { notKeyword: '$seen' }],
    ['is:flagged', { hasKeyword: '$flagged' }],
    ['before:2026-01-31', { before: iso(2026, 1, 31) }],
    ['after:yesterday', { after: iso(2026, 10, 6) }],
    ['larger:5mb', { minSize: 5_000_000 }],
    ['smaller:500kb', { maxSize: 500_000 }],
    ['-from:bob', { operator: 'NOT', conditions: [{ from: 'bob' }] }],
    ['-spam', { operator: 'NOT', conditions: [{ text: 'spam' }] }],
  ];
  for (const [query, condition] of table) {
    assert.deepEqual(filterOf(query), { operator: 'AND', conditions: [condition, BINS] }, query);
  }
});

test('search: a folder by its role, its name, or how that begins', () => {
  assert.deepEqual(filterOf('in:trash'), { inMailbox: 'm2' });
  assert.deepEqual(filterOf('in:boat'), { inMailbox: 'm3' });
  assert.deepEqual(filterOf('in:"Boat trips" sail'), {
    operator: 'AND',
    conditions: [{ text: 'sail' }, { inMailbox: 'm3' }],
  });
  assert.deepEqual(filterOf('in:anywhere sail'), { text: 'sail' });
});

test('search: what is wrong is told, and the rest still searched for', () => {
  const table: readonly (readonly [string, object])[] = [
    ['from: bob', { kind: 'empty', operator: 'from' }],
    ['before:soon', { kind: 'date', text: 'soon' }],
    ['after:2026-02-30', { kind: 'date', text: '2026-02-30' }],
    ['larger:big', { kind: 'size', text: 'big' }],
    ['is:nice', { kind: 'is', text: 'nice' }],
    ['is:constructor', { kind: 'is', text: 'constructor' }],
    ['has:wings', { kind: 'has', text: 'wings' }],
    ['in:nowhere', { kind: 'folder', text: 'nowhere' }],
    ['"open', { kind: 'quote' }],
  ];
  for (const [query, wrong] of table) {
    const search = parseSearch(`${query} x`, { folders: FOLDERS, now: NOW });
    assert.deepEqual(search.wrong[0], wrong, query);
    assert.ok(search.filter, query);
  }
});

test('search: a colon in the text is no operator', () => {
  assert.deepEqual(
    tokensOf('re: http://a.test').map(({ value, operator }) => [operator, value]),
    [
      [undefined, 're:'],
      [undefined, 'http://a.test'],
    ],
  );
});

test('search: a chip that is removed takes its text along', () => {
  assert.equal(withoutToken(tokensOf('from:bob "see you" is:unread'), 0), '"see you" is:unread');
});

test('search: days and sizes', () => {
  assert.equal(dayOf('2w', NOW), new Date(2026, 8, 23).getTime());
  assert.equal(dayOf('2026-03', NOW), new Date(2026, 2, 1).getTime());
  assert.equal(dayOf('13.1.2026', NOW), undefined);
  assert.deepEqual([octetsOf('1.5m'), octetsOf('2000'), octetsOf('5 apples')], [1_500_000, 2_000, undefined]);
});
