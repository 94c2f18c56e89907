import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeServer } from '../jmap/fake-server.ts';
import type { Mailbox } from '../jmap/types.ts';
import { pathOf, treeRows, within } from './tree.ts';

const [sample] = new FakeServer([['x', 'x', null]]).mailboxes.values();

function mailboxes(...some: readonly (readonly [id: string, role: string | null, parent?: string])[]) {
  return new Map(
    some.map(([id, role, parent]): [string, Mailbox] => [
      id,
      { ...sample!, id, name: id, role, parentId: parent ?? null, sortOrder: 0 },
    ]),
  );
}

test('folders: special ones first, the others as people sort names', () => {
  const all = mailboxes(['Year 10', null], ['trash', 'trash'], ['Year 9', null], ['inbox', 'inbox'], ['älv', null]);
  assert.deepEqual(
    treeRows(all, []).map(({ mailbox }) => mailbox.id),
    ['inbox', 'trash', 'älv', 'Year 9', 'Year 10'],
  );
});

test('folders: what is inside stands below, unless it is closed', () => {
  const all = mailboxes(['work', null], ['bills', null, 'work'], ['paid', null, 'bills'], ['lost', null, 'nowhere']);
  const open = treeRows(all, []);
  assert.deepEqual(
    open.map(({ mailbox, level, hasChildren }) => [mailbox.id, level, hasChildren]),
    [
      ['lost', 1, false],
      ['work', 1, true],
      ['bills', 2, true],
      ['paid', 3, false],
    ],
  );
  assert.deepEqual(
    treeRows(all, ['work']).map(({ mailbox }) => mailbox.id),
    ['lost', 'work'],
  );
});

test('folders: where one can’t go, and where it lies', () => {
  const all = mailboxes(['work', null], ['bills', null, 'work'], ['paid', null, 'bills'], ['home', null]);
  assert.deepEqual([...within(all, 'work')].toSorted(), ['bills', 'paid', 'work']);
  assert.equal(
    pathOf(all, { id: 'paid' }, ({ name }) => name),
    'work / bills / paid',
  );
});

test('folders: a ring among parents, which no server should send, ends nothing', () => {
  const ring = mailboxes(['a', null, 'b'], ['b', null, 'a']);
  assert.deepEqual(treeRows(ring, []), []);
  assert.equal(within(ring, 'a').size, 2);
  assert.equal(
    pathOf(ring, { id: 'a' }, ({ name }) => name),
    'b / a',
  );
});
