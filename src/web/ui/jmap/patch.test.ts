import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countChanges, effective, inverse, keyword, move, patched } from './patch.ts';

const email = { id: 'e1', mailboxIds: { m1: true, m2: true }, keywords: { $flagged: true } } as const;

test('patch: only what makes a difference is sent', () => {
  assert.deepEqual(effective(email, { ...keyword('$seen', true), ...keyword('$flagged', true) }), {
    'keywords/$seen': true,
  });
  assert.equal(effective(email, keyword('$flagged', true)), undefined);
  assert.equal(effective(email, keyword('constructor', false)), undefined);
});

test('patch: what is done is taken back by its inverse', () => {
  const patch = effective(email, { ...move(email, 'm1', 'm3'), ...keyword('$seen', true) });
  assert.ok(patch);
  const after = patched(email, patch);
  assert.deepEqual(after, { id: 'e1', mailboxIds: { m2: true, m3: true }, keywords: { $flagged: true, $seen: true } });
  assert.deepEqual(patched(after, inverse(patch)), email);
});

test('patch: from everywhere, when no mailbox is on the screen', () => {
  assert.deepEqual(patched(email, move(email, undefined, 'm2')).mailboxIds, { m2: true });
});

test('patch: keywords with the signs of pointers', () => {
  const patch = keyword('a/b~c', true);
  assert.deepEqual(Object.keys(patch), ['keywords/a~1b~0c']);
  assert.deepEqual(patched(email, patch).keywords, { $flagged: true, 'a/b~c': true });
});

test('patch: the numbers beside the mailboxes follow', () => {
  const after = patched(email, move(email, 'm1', 'm3'));
  assert.deepEqual(
    [...countChanges([[email, after]])].filter(([, { total }]) => total !== 0),
    [
      ['m1', { total: -1, unread: -1 }],
      ['m3', { total: 1, unread: 1 }],
    ],
  );
  const read = patched(email, keyword('$seen', true));
  assert.deepEqual(countChanges([[email, read]]).get('m2'), { total: 0, unread: -1 });
  assert.deepEqual(countChanges([[email, undefined]]).get('m1'), { total: -1, unread: -1 });
});
