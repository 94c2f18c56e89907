import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from './api.ts';
import { fakeEmail, FakeServer } from './fake-server.ts';
import { standingOfAll, standingOfRows } from './gather.ts';
import { Mail } from './mail.ts';
import type { MessageQuery } from './message-query.ts';
import { inverse, keyword, move } from './patch.ts';
import { Trouble } from './trouble.ts';

const INBOX = { filter: { inMailbox: 'm1' }, sort: [{ property: 'receivedAt', isAscending: false }] } as const;

/** A mailbox of so many messages, the newest numbered highest. */
async function opened(count: number, collapseThreads = false) {
  const server = new FakeServer([
    ['m1', 'Inbox', 'inbox'],
    ['m2', 'Archive', 'archive'],
  ]);
  for (let n = 1; n <= count; n += 1) server.add(numbered(n));
  const line = { isDown: false };
  const api = new Api(server.session, (_, body) =>
    line.isDown ? Promise.reject(new Trouble('gone')) : Promise.resolve(server.answer(body as never)),
  );
  const mail = new Mail(api);
  await mail.open();
  const list = mail.list({ ...INBOX, collapseThreads });
  await list.need(0, 20);
  return { server, mail, list, line };
}

const name = (n: number): string => `e${String(n).padStart(5, '0')}`;
const numbered = (n: number) =>
  fakeEmail({ id: name(n), receivedAt: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString() });
const rows = (list: MessageQuery, first: number, last: number): readonly (string | undefined)[] =>
  list.between(first, last);

test('mail: a list loads only the pages that are looked at', async () => {
  const { list, server } = await opened(1_000);
  assert.equal(list.total.value, 1_000);
  assert.deepEqual(rows(list, 0, 1), [name(1_000), name(999)]);
  assert.equal(list.at(500), undefined);
  await list.need(940, 999);
  assert.deepEqual(rows(list, 998, 999), [name(2), name(1)]);
  server.called.length = 0;
  await list.need(0, 30);
  assert.deepEqual(server.called, []);
});

test('mail: what comes, changes and goes elsewhere shows after a sync, without loading the list again', async () => {
  const { list, server, mail } = await opened(120);
  server.add(numbered(121));
  server.add({ ...numbered(119), keywords: { $seen: true } });
  server.answer({ methodCalls: [['Email/set', { destroy: [name(118)] }, 'x']] });
  server.called.length = 0;
  await mail.sync();
  assert.ok(!server.called.includes('Email/query'));
  assert.deepEqual(rows(list, 0, 3), [name(121), name(120), name(119), name(117)]);
  assert.equal(list.total.value, 120);
  assert.deepEqual(mail.records.email(name(119)).value?.keywords, { $seen: true });
  assert.equal(mail.records.mailboxes.value.get('m1')?.unreadEmails, 119);
});

test('mail: what goes from where nobody has looked makes the list ask again', async () => {
  const { list, server, mail } = await opened(1_000);
  server.answer({ methodCalls: [['Email/set', { destroy: [name(3)] }, 'x']] });
  await mail.sync();
  assert.equal(list.total.value, 999);
  await list.need(990, 998);
  assert.deepEqual(rows(list, 997, 998), [name(2), name(1)]);
});

test('mail: when the server can’t tell what changed, everything is loaded anew', async () => {
  const { list, server, mail } = await opened(10);
  server.add(numbered(11));
  server.forgetChanges();
  await mail.sync();
  assert.deepEqual(rows(list, 0, 1), [name(11), name(10)]);
  assert.equal(mail.records.email(name(11)).value?.id, name(11));
});

test('mail: a change shows at once, and its undo brings everything back', async () => {
  const { list, mail } = await opened(10);
  const chosen = await standingOfRows(mail, [name(10), name(9)], undefined);
  list.remove([name(10), name(9)]);
  const changing = mail.change(chosen, (email) => move(email, 'm1', 'm2'));
  assert.equal(mail.records.mailboxes.value.get('m1')?.totalEmails, 8);
  assert.equal(list.at(0), name(8));
  const { undo, refused } = await changing;
  assert.deepEqual([undo.size, refused.length, list.total.value], [2, 0, 8]);

  const moved = await standingOfRows(mail, [...undo.keys()], undefined);
  await mail.change(moved, ({ id }) => undo.get(id) ?? {});
  assert.deepEqual(rows(list, 0, 2), [name(10), name(9), name(8)]);
  assert.equal(mail.records.mailboxes.value.get('m2')?.totalEmails, 0);
});

test('mail: what the server refuses goes back to what it was, and the rest stays changed', async () => {
  const { mail, server } = await opened(3);
  server.refuses.add(name(2));
  const all = await standingOfAll(mail, INBOX.filter, {});
  const { undo, refused } = await mail.change(all, () => keyword('$seen', true));
  assert.deepEqual([...undo.keys()], [name(1), name(3)]);
  assert.equal(refused[0]?.said, 'Not this one.');
  assert.deepEqual(mail.records.email(name(2)).value?.keywords, {});
  assert.deepEqual(mail.records.email(name(3)).value?.keywords, { $seen: true });
  assert.equal(mail.records.mailboxes.value.get('m1')?.unreadEmails, 1);
});

test('mail: with the server gone nothing pretends to have changed', async () => {
  const { mail, line } = await opened(3);
  const all = await standingOfRows(mail, [name(3)], undefined);
  line.isDown = true;
  const { undo, refused } = await mail.change(all, () => keyword('$flagged', true));
  assert.deepEqual([undo.size, refused[0]?.kind], [0, 'gone']);
  assert.deepEqual(mail.records.email(name(3)).value?.keywords, {});
});

test('mail: a bulk change goes in slices that can be stopped', async () => {
  const { mail } = await opened(1_200);
  const all = await standingOfAll(mail, INBOX.filter, {});
  assert.equal(all.length, 1_200);
  const steps: number[] = [];
  const { undo } = await mail.change(all, () => keyword('$seen', true), {
    onProgress: (done) => steps.push(done),
    isStopped: () => steps.length === 2,
  });
  assert.deepEqual([steps, undo.size], [[500, 1_000], 1_000]);
});

test('mail: a row of a conversation stands for its emails in that mailbox', async () => {
  const { mail, server, list } = await opened(2, true);
  server.add({ ...numbered(3), threadId: `t-${name(1)}` });
  server.add({ ...numbered(4), threadId: `t-${name(1)}`, mailboxIds: { m2: true } });
  await mail.sync();
  assert.deepEqual(rows(list, 0, 1), [name(3), name(2)]);
  const stands = await standingOfRows(mail, [name(3)], 'm1');
  assert.deepEqual(stands.map(({ id }) => id).toSorted(), [name(1), name(3)]);
  assert.deepEqual(await standingOfRows(mail, [], 'm1'), []);
  assert.deepEqual(inverse({ a: true }), { a: null });
});
