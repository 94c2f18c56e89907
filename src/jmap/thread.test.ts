import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageParams } from '../store/testing.ts';
import { testJmap } from './testing.ts';
import type { TestJmap } from './testing.ts';

/** Files a message with this Message-ID, which may refer to another; the id of its email. */
async function deliver({ store, account }: TestJmap, ...threadIds: readonly string[]): Promise<string> {
  const params = await messageParams(store, account.id);
  await store.write('accept', { ...params, message: { ...params.message, threadIds } });
  const [email] = params.emails;
  assert.ok(email);
  return email.id;
}

async function threadOf({ store, account }: TestJmap, email: string): Promise<string> {
  const [row] = await store.read('emailRows', { account: account.id, ids: [email] });
  assert.ok(row);
  return row.thread;
}

test('a thread has its emails, oldest first [8621-3.1-get]', async (t) => {
  const parts = await testJmap(t);
  const first = await deliver(parts, '<a@x>');
  const other = await deliver(parts, '<b@x>');
  const answer = await deliver(parts, '<c@x>', '<a@x>');
  const [thread, alone] = [await threadOf(parts, first), await threadOf(parts, other)];
  const { list, notFound, state } = await parts.ok('Thread/get', { ids: [thread, alone, 'nobody', thread] });
  assert.deepEqual(
    list.find(({ id }: { id: string }) => id === alone),
    { id: alone, emailIds: [other] },
  );
  assert.deepEqual(
    list.find(({ id }: { id: string }) => id === thread),
    { id: thread, emailIds: [first, answer] },
  );
  assert.equal(list.length, 2);
  assert.deepEqual(notFound, ['nobody']);
  assert.equal(state, (await parts.ok('Mailbox/get', { ids: [] }))['state']);
  assert.deepEqual((await parts.ok('Thread/get', { ids: [thread], properties: ['id'] }))['list'], [{ id: thread }]);
});

test('threads come one by one: there may be too many for all [8621-3.1-all]', async (t) => {
  const { error } = await testJmap(t);
  assert.equal((await error('Thread/get', { ids: null }))['type'], 'requestTooLarge');
});

test('changes of threads [8621-3.2-changes]', async (t) => {
  const parts = await testJmap(t);
  const { state: sinceState } = await parts.ok('Thread/get', { ids: [] });
  const thread = await threadOf(parts, await deliver(parts, '<a@x>'));
  const { newState, ...changes } = await parts.ok('Thread/changes', { sinceState });
  assert.deepEqual([changes['created'], changes['updated'], changes['destroyed']], [[thread], [], []]);
  await deliver(parts, '<b@x>', '<a@x>');
  assert.deepEqual((await parts.ok('Thread/changes', { sinceState: newState }))['updated'], [thread]);
  assert.equal((await parts.error('Thread/changes', { sinceState: 'x' }))['type'], 'cannotCalculateChanges');
});
