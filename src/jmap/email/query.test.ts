import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testMail } from './testing.ts';
import type { TestMail } from './testing.ts';

const AT = Date.UTC(2026, 0, 1);

/** Three letters, the newest last: a, b and c. */
async function threeLetters({ put, boxes }: TestMail): Promise<Readonly<Record<'a' | 'b' | 'c', string>>> {
  const archive = Number(boxes.archive.slice(1));
  const a = await put(
    'From: Zoe <zoe@a.test>\r\nTo: bob@b.test\r\nCc: carl@c.test\r\nSubject: Re: Apples and pears\r\nMessage-ID: <a@x>\r\n\r\nWe sell fruit\r\n',
    { receivedAt: AT + 1_000, keywords: ['$seen'] },
  );
  const b = await put(
    'From: adam@a.test\r\nTo: Ann <ann@b.test>\r\nBcc: hidden@b.test\r\nSubject: Bananas\r\nX-Mark: red green\r\nMessage-ID: <b@x>\r\nReferences: <a@x>\r\nContent-Type: text/html\r\n\r\n<style>p{color:blue}</style><p>Yellow &amp; ripe',
    { receivedAt: AT + 2_000, mailboxes: [archive], keywords: ['$flagged', 'blue'] },
  );
  const c = await put(
    'From: Mia <mia@a.test>\r\nTo: bob@b.test\r\nSubject: [list] cherries\r\nDate: Mon, 1 Jan 2001 00:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nRed ones\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="price list.pdf"\r\n\r\nxx\r\n--x--\r\n',
    { receivedAt: AT + 3_000, keywords: ['$draft'] },
  );
  return { a, b, c };
}

const FILTERS: readonly (readonly [name: string, filter: (mail: TestMail) => unknown, found: string])[] = [
  ['nothing', () => null, 'cba'],
  ['no properties', () => ({}), 'cba'],
  ['inMailbox', ({ boxes }) => ({ inMailbox: boxes.archive }), 'b'],
  ['inMailbox of nobody', () => ({ inMailbox: 'm999999' }), ''],
  ['inMailbox of another form', () => ({ inMailbox: 'nothing' }), ''],
  ['inMailboxOtherThan', ({ boxes }) => ({ inMailboxOtherThan: [boxes.archive, boxes.trash, 'nothing'] }), 'ca'],
  ['before', () => ({ before: '2026-01-01T00:00:02Z' }), 'a'],
  ['after, the same time too', () => ({ after: '2026-01-01T00:00:02Z' }), 'cb'],
  ['minSize', () => ({ minSize: 250 }), 'c'],
  ['hasKeyword', () => ({ hasKeyword: '$Seen' }), 'a'],
  ['hasKeyword of ones own', () => ({ hasKeyword: 'BLUE' }), 'b'],
  ['notKeyword', () => ({ notKeyword: '$seen' }), 'cb'],
  ['allInThreadHaveKeyword', () => ({ allInThreadHaveKeyword: '$draft' }), 'c'],
  ['someInThreadHaveKeyword', () => ({ someInThreadHaveKeyword: '$seen' }), 'ba'],
  ['noneInThreadHaveKeyword', () => ({ noneInThreadHaveKeyword: '$flagged' }), 'c'],
  ['hasAttachment', () => ({ hasAttachment: true }), 'c'],
  ['hasAttachment: false', () => ({ hasAttachment: false }), 'ba'],
  ['text in the body', () => ({ text: 'fruit' }), 'a'],
  ['text in any case', () => ({ text: 'APPLES' }), 'a'],
  ['text: all words', () => ({ text: 'fruit zoe' }), 'a'],
  ['text: all words, or nothing', () => ({ text: 'fruit ripe' }), ''],
  ['text: a phrase', () => ({ text: '"apples and pears"' }), 'a'],
  ['text: a phrase, in single quotes', () => ({ text: "'pears apples'" }), ''],
  ['text in To', () => ({ text: 'ann' }), 'b'],
  ['text in Bcc', () => ({ text: 'hidden' }), 'b'],
  ['text that is markup', () => ({ text: 'color' }), ''],
  ['from, by name', () => ({ from: 'zoe' }), 'a'],
  ['from, by address', () => ({ from: 'adam@a.test' }), 'b'],
  ['to', () => ({ to: 'bob' }), 'ca'],
  ['cc', () => ({ cc: 'carl' }), 'a'],
  ['bcc', () => ({ bcc: 'hidden' }), 'b'],
  ['subject', () => ({ subject: 'bananas' }), 'b'],
  ['subject, not in the body', () => ({ subject: 'fruit' }), ''],
  ['body', () => ({ body: 'yellow' }), 'b'],
  ['body, not in the subject', () => ({ body: 'bananas' }), ''],
  ['header is there', () => ({ header: ['X-MARK'] }), 'b'],
  ['header has a text', () => ({ header: ['x-mark', 'Green'] }), 'b'],
  ['header has another text', () => ({ header: ['x-mark', 'blue'] }), ''],
  ['several properties', () => ({ from: 'a.test', hasKeyword: '$seen' }), 'a'],
  ['AND', () => ({ operator: 'AND', conditions: [{ to: 'bob' }, { hasAttachment: true }] }), 'c'],
  ['OR', () => ({ operator: 'OR', conditions: [{ subject: 'bananas' }, { hasAttachment: true }] }), 'cb'],
  [
    'NOT: none of them',
    () => ({ operator: 'NOT', conditions: [{ subject: 'bananas' }, { hasAttachment: true }] }),
    'a',
  ],
  ['AND of none', () => ({ operator: 'AND', conditions: [] }), 'cba'],
  ['OR of none', () => ({ operator: 'OR', conditions: [] }), ''],
  ['NOT of none', () => ({ operator: 'NOT', conditions: [] }), 'cba'],
  [
    'nested',
    () => ({
      operator: 'AND',
      conditions: [
        { operator: 'NOT', conditions: [{ hasKeyword: '$seen' }] },
        { operator: 'OR', conditions: [{ subject: 'apples' }, { subject: 'cherries' }] },
      ],
    }),
    'c',
  ],
];

const SORTS: readonly (readonly [name: string, sort: unknown, found: string])[] = [
  ['receivedAt', [{ property: 'receivedAt' }], 'abc'],
  ['receivedAt, newest first', [{ property: 'receivedAt', isAscending: false }], 'cba'],
  ['size', [{ property: 'size', isAscending: false }], 'cba'],
  ['from: the name, or the address', [{ property: 'from' }], 'bca'],
  ['to', [{ property: 'to' }, { property: 'receivedAt' }], 'bac'],
  ['subject: without Re: and [list]', [{ property: 'subject' }], 'abc'],
  ['sentAt', [{ property: 'sentAt' }], 'cab'],
  ['hasKeyword', [{ property: 'hasKeyword', keyword: '$seen', isAscending: false }, { property: 'receivedAt' }], 'abc'],
  ['allInThreadHaveKeyword', [{ property: 'allInThreadHaveKeyword', keyword: '$draft', isAscending: false }, { property: 'receivedAt' }], 'cab'], // prettier-ignore
  ['someInThreadHaveKeyword', [{ property: 'someInThreadHaveKeyword', keyword: '$seen' }, { property: 'receivedAt' }], 'cab'], // prettier-ignore
  ['with a collation', [{ property: 'subject', collation: 'i;ascii-casemap', isAscending: false }], 'cba'],
];

test('[8621-4.4.1-filter] [8621-4.4.2-sort] every condition, operator and order', async (t) => {
  const mail = await testMail(t);
  const letters = await threeLetters(mail);
  const names = new Map(Object.entries(letters).map(([name, id]) => [id, name]));
  const found = async (args: Record<string, unknown>): Promise<string> =>
    ((await mail.ok('Email/query', args))['ids'] as string[]).map((id) => names.get(id)).join('');
  for (const [name, filter, expected] of FILTERS)
    await t.test(name, async () => assert.equal(await found({ filter: filter(mail) }), expected));
  for (const [name, sort, expected] of SORTS)
    await t.test(`sorted by ${name}`, async () => assert.equal(await found({ sort }), expected));
});

const WRONG: readonly (readonly [args: Record<string, unknown>, error: string])[] = [
  [{ filter: { nothing: 1 } }, 'unsupportedFilter'],
  [{ filter: { text: 'x'.repeat(2_000) } }, 'unsupportedFilter'],
  [{ filter: { operator: 'XOR', conditions: [] } }, 'invalidArguments'],
  [{ filter: { operator: 'AND' } }, 'invalidArguments'],
  [{ filter: { operator: 'AND', conditions: [{ nothing: 1 }] } }, 'unsupportedFilter'],
  [{ filter: { before: 'yesterday' } }, 'invalidArguments'],
  [{ filter: { minSize: -1 } }, 'invalidArguments'],
  [{ filter: { hasAttachment: 'yes' } }, 'invalidArguments'],
  [{ filter: { header: [] } }, 'invalidArguments'],
  [{ filter: { header: ['a', 'b', 'c'] } }, 'invalidArguments'],
  [{ filter: { from: null } }, 'invalidArguments'],
  [{ filter: [] }, 'invalidArguments'],
  [{ sort: [{ property: 'nothing' }] }, 'unsupportedSort'],
  [{ sort: [{ property: 'subject', collation: 'i;nothing' }] }, 'unsupportedSort'],
  [{ sort: [{ property: 'hasKeyword' }] }, 'invalidArguments'],
  [{ sort: [{ isAscending: true }] }, 'invalidArguments'],
  [{ sort: 'subject' }, 'invalidArguments'],
  [{ limit: -1 }, 'invalidArguments'],
  [{ position: 1.5 }, 'invalidArguments'],
  [{ anchor: 'nobody' }, 'anchorNotFound'],
  [{ collapseThreads: 'yes' }, 'invalidArguments'],
];

test('[8620-5.5-refused] what can not be answered has the name that RFC 8620 gives it', async (t) => {
  const { error } = await testMail(t);
  for (const [args, type] of WRONG)
    assert.equal((await error('Email/query', args))['type'], type, JSON.stringify(args));
});

test('[8620-5.5-position] [8620-5.5-anchor] [8620-5.5-total] positions, anchors, limits and totals', async (t) => {
  const mail = await testMail(t);
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) ids.push(await mail.put(`Subject: ${n}\r\n\r\n`, { receivedAt: AT + n * 1_000 }));
  const sort = [{ property: 'receivedAt' }];
  const window = async (args: Record<string, unknown>): Promise<unknown> => {
    const { ids: found, position, total } = await mail.ok('Email/query', { sort, ...args });
    return [(found as string[]).map((id) => ids.indexOf(id)).join(''), position, total];
  };
  assert.deepEqual(await window({}), ['01234', 0, undefined]);
  assert.deepEqual(await window({ position: 1, limit: 2, calculateTotal: true }), ['12', 1, 5]);
  assert.deepEqual(await window({ position: -2, limit: 10 }), ['34', 3, undefined]);
  assert.deepEqual(await window({ position: -99, limit: 1 }), ['0', 0, undefined]);
  assert.deepEqual(await window({ position: 9, calculateTotal: true }), ['', 9, 5]);
  assert.deepEqual(await window({ limit: 0, calculateTotal: true }), ['', 0, 5]);
  assert.deepEqual(await window({ anchor: ids[2], limit: 2 }), ['23', 2, undefined]);
  assert.deepEqual(await window({ anchor: ids[2], anchorOffset: -1, limit: 2, position: 4 }), ['12', 1, undefined]);
  assert.deepEqual(await window({ anchor: ids[2], anchorOffset: 2 }), ['4', 4, undefined]);
  assert.deepEqual(await window({ anchor: ids[1], anchorOffset: -9, limit: 1 }), ['0', 0, undefined]);
});

test('[8620-5.5-limit] a limit of ours is told, one that was asked for is not', async (t) => {
  const { ok } = await testMail(t);
  assert.equal((await ok('Email/query', {}))['limit'], 1_000);
  assert.equal((await ok('Email/query', { limit: 5_000 }))['limit'], 1_000);
  assert.equal((await ok('Email/query', { limit: 10 }))['limit'], undefined);
});

test('[8621-4.4.3-collapse] each thread stands once, where its first email in the order stands', async (t) => {
  const mail = await testMail(t);
  const { a, b, c } = await threeLetters(mail);
  const query = async (args: Record<string, unknown>): Promise<unknown> => {
    const { ids, total } = await mail.ok('Email/query', { collapseThreads: true, calculateTotal: true, ...args });
    return [ids, total];
  };
  assert.deepEqual(await query({}), [[c, b], 2]);
  assert.deepEqual(await query({ sort: [{ property: 'receivedAt' }] }), [[a, c], 2]);
  assert.deepEqual(await query({ filter: { inMailbox: mail.boxes.inbox } }), [[c, a], 2]);
  assert.deepEqual(await query({ filter: { text: 'fruit' } }), [[a], 1]);
});

test('[8621-4.4-one-account] nobody finds what is in another mailbox', async (t) => {
  const mail = await testMail(t);
  await threeLetters(mail);
  const other = await testMail(t);
  assert.deepEqual((await other.ok('Email/query', {}))['ids'], []);
});

test('[8621-4.5-threads] what happens to one email of a thread shows at the others', async (t) => {
  const { put, ok } = await testMail(t);
  const older = await put('Message-ID: <1@x>\r\n\r\n', { receivedAt: AT });
  const newer = await put('References: <1@x>\r\n\r\n', { receivedAt: AT + 1_000 });
  const collapsed = { collapseThreads: true };
  const { ids, queryState: before } = await ok('Email/query', collapsed);
  assert.deepEqual(ids, [newer]);
  const flagged = { filter: { someInThreadHaveKeyword: '$flagged' } };
  const { queryState: none } = await ok('Email/query', flagged);
  await ok('Email/set', { update: { [newer]: { 'keywords/$flagged': true } } });
  const found = await ok('Email/queryChanges', { ...flagged, sinceQueryState: none });
  assert.deepEqual(
    found['added'],
    [newer, older].map((id, index) => ({ id, index })),
  );
  await ok('Email/set', { destroy: [newer] });
  const changes = await ok('Email/queryChanges', { ...collapsed, sinceQueryState: before });
  assert.ok((changes['removed'] as string[]).includes(newer));
  assert.deepEqual(changes['added'], [{ id: older, index: 0 }]);
});

test('[8621-4.5-immutable] of a query that nothing moves, only what came and went is told, up to the id that was asked for', async (t) => {
  const { put, ok } = await testMail(t);
  const sort = [{ property: 'receivedAt' }];
  const first = await put('Subject: 1\r\n\r\n', { receivedAt: AT });
  const second = await put('Subject: 2\r\n\r\n', { receivedAt: AT + 2_000 });
  const { queryState } = await ok('Email/query', { sort });
  const between = await put('Subject: 3\r\n\r\n', { receivedAt: AT + 1_000 });
  await put('Subject: 4\r\n\r\n', { receivedAt: AT + 3_000 });
  await ok('Email/set', { update: { [second]: { 'keywords/x': true } }, destroy: [first] });
  const asked = { sort, sinceQueryState: queryState, upToId: second, calculateTotal: true };
  const { removed, added, total } = await ok('Email/queryChanges', asked);
  assert.deepEqual([removed, added, total], [[first], [{ id: between, index: 0 }], 3]);
});

test('[8621-4.5-errors] too many changes, and states that nobody was in', async (t) => {
  const { put, error, ok } = await testMail(t);
  const { queryState: since } = await ok('Email/query', {});
  for (let n = 0; n < 3; n++) await put(`Subject: ${n}\r\n\r\n`);
  const type = async (args: Record<string, unknown>): Promise<unknown> =>
    (await error('Email/queryChanges', { sinceQueryState: since, ...args }))['type'];
  assert.equal(await type({ maxChanges: 2 }), 'tooManyChanges');
  for (const sinceQueryState of ['nothing', '', '1-99999999', '99-1', `${since as string}-r`])
    assert.equal(await type({ sinceQueryState }), 'cannotCalculateChanges', sinceQueryState);
  assert.equal(await type({ filter: { nothing: 1 } }), 'unsupportedFilter');
});

test('a filter of very many conditions is carried out, one of too many is told so', async (t) => {
  const { put, ok, error } = await testMail(t);
  const id = await put('Subject: hello\r\n\r\nbody\r\n');
  const many = (count: number, condition: Readonly<Record<string, unknown>>): readonly unknown[] =>
    Array.from({ length: count }, () => condition);
  for (const operator of ['AND', 'OR'])
    for (const conditions of [
      many(249, { notKeyword: 'x', minSize: 1, before: '2100-01-01T00:00:00Z', someInThreadHaveKeyword: 'y' }),
      many(998, { hasKeyword: 'y' }),
      many(100, { subject: 'hello' }),
    ]) {
      const { ids } = await ok('Email/query', { filter: { operator: 'NOT', conditions: [{ operator, conditions }] } });
      assert.deepEqual(ids, 'subject' in (conditions[0] as object) ? [] : [id]);
    }
  for (const conditions of [
    many(1_000, { hasKeyword: 'y' }),
    many(101, { subject: 'hello' }),
    many(17, { inMailboxOtherThan: [] }),
  ])
    assert.equal((await error('Email/query', { filter: { operator: 'OR', conditions } }))['type'], 'unsupportedFilter');
});
