import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../base/testing.ts';
import { Notices } from '../components/notices.ts';
import { Api } from '../jmap/api.ts';
import { fakeEmail, FakeServer } from '../jmap/fake-server.ts';
import { Mail } from '../jmap/mail.ts';
import { Trouble } from '../jmap/trouble.ts';
import { Acts } from './acts.ts';
import { ListModel } from './model.ts';

const name = (n: number): string => `e${String(n).padStart(4, '0')}`;

/** An Inbox of so many, the newest numbered highest, and what a person sees of it. */
async function desk(count: number, isGrouped = false) {
  const server = new FakeServer([
    ['m1', 'Inbox', 'inbox'],
    ['m2', 'Archive', 'archive'],
    ['m3', 'Trash', 'trash'],
  ]);
  for (let n = 1; n <= count; n += 1) {
    server.add(fakeEmail({ id: name(n), receivedAt: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString() }));
  }
  const line = { isDown: false };
  const api = new Api(server.session, (_, body) =>
    line.isDown ? Promise.reject(new Trouble('gone')) : Promise.resolve(server.answer(body as never)),
  );
  const mail = new Mail(api);
  await mail.open();
  const list = new ListModel(mail, () => isGrouped);
  const notices = new Notices(new FakeClock());
  const gone: string[] = [];
  const acts = new Acts(mail, list, notices, { onGone: (ids) => gone.push(...ids) });
  list.show({ kind: 'folder', folder: 'm1' });
  await list.loaded();
  const inFolder = (id: string): number =>
    [...server.emails.values()].filter(({ mailboxIds }) => mailboxIds[id] === true).length;
  return { server, mail, list, acts, notices, gone, line, inFolder };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('acts: what is archived leaves the list, the next row is in focus, and undo brings it back', async () => {
  const { list, acts, notices, gone, inFolder } = await desk(5);
  list.focus(1);
  await acts.do('archive');
  assert.deepEqual([gone, list.total(), list.idAt(list.active.value)], [[name(4)], 4, name(3)]);
  assert.equal(inFolder('m2'), 1);
  assert.equal(notices.shown.value[0]?.text, 'Message archived.');
  assert.ok(notices.undoLast());
  await settled();
  assert.deepEqual([inFolder('m2'), list.total(), list.idAt(1)], [0, 5, name(4)]);
});

test('acts: who takes back at once takes back what was done last, though it is not confirmed yet', async () => {
  const { list, acts, notices, inFolder } = await desk(5);
  await acts.do('flag');
  list.focus(1);
  void acts.do('trash');
  await acts.settled();
  assert.ok(notices.undoLast());
  await settled();
  assert.deepEqual([inFolder('m3'), list.total()], [0, 5]);
  await acts.settled();
});

test('acts: the last row has the row before it as its next', async () => {
  const { list, acts } = await desk(3);
  list.focus(2);
  await acts.do('trash');
  assert.equal(list.idAt(list.active.value), name(2));
});

test('acts: everything a folder has, loaded or not, but for one; and all of it back', async () => {
  const { list, acts, notices, inFolder } = await desk(1_200);
  list.selectEverything();
  list.toggleAt(0);
  assert.equal(list.selected.value, 1_199);
  await acts.do('archive');
  assert.deepEqual([inFolder('m1'), inFolder('m2'), list.total()], [1, 1_199, 1]);
  assert.equal(acts.job.value, undefined);
  notices.undoLast();
  await settled();
  await settled();
  assert.deepEqual([inFolder('m1'), inFolder('m2')], [1_200, 0]);
});

test('acts: rows from here to there, loaded first where nobody has looked', async () => {
  const { list, acts, inFolder } = await desk(300);
  list.toggleAt(10);
  await list.selectTo(210);
  assert.equal(list.selected.value, 201);
  await acts.do('trash');
  assert.equal(inFolder('m3'), 201);
  assert.equal(list.selected.value, 0);
});

test('acts: a row of a conversation takes its emails in this folder along, not those elsewhere', async () => {
  const { server, mail, list, acts, inFolder } = await desk(2, true);
  const thread = { threadId: `t-${name(1)}` };
  server.add(fakeEmail({ id: name(3), receivedAt: '2026-02-01T00:00:00Z', ...thread }));
  server.add(fakeEmail({ id: name(4), receivedAt: '2026-02-02T00:00:00Z', ...thread, mailboxIds: { m3: true } }));
  await mail.sync();
  await list.query.value?.need(0, 5);
  list.focus(0);
  await acts.do('archive');
  assert.deepEqual([inFolder('m1'), inFolder('m2'), inFolder('m3')], [1, 2, 1]);
});

test('acts: with the server gone the list is what it was, and says so', async () => {
  const { list, acts, notices, line, inFolder } = await desk(3);
  line.isDown = true;
  await acts.do('archive');
  line.isDown = false;
  await list.query.value?.refresh();
  assert.deepEqual([list.total(), list.idAt(0), inFolder('m1')], [3, name(3), 3]);
  assert.match(notices.shown.value[0]?.text ?? '', /did not work, so everything is as it was\. The mail server/);
  assert.equal(notices.undoLast(), false);
});

test('acts: a folder that is not there is named', async () => {
  const { acts, notices } = await desk(1);
  await acts.do('junk');
  assert.match(notices.shown.value[0]?.text ?? '', /no folder for Junk/);
});

test('acts: for ever is for ever, and cannot be undone', async () => {
  const { list, acts, notices, server } = await desk(3);
  list.focus(0);
  await acts.destroy();
  assert.deepEqual([server.emails.size, list.total()], [2, 2]);
  assert.equal(notices.undoLast(), false);
});

test('list: new mail on top leaves the row in focus the same message', async () => {
  const { server, mail, list } = await desk(3);
  list.focus(1);
  server.add(fakeEmail({ id: name(9), receivedAt: '2026-03-01T00:00:00Z' }));
  await mail.sync();
  list.settle();
  assert.deepEqual([list.active.value, list.idAt(2)], [2, name(2)]);
});

test('list: quick filters and order are asked of the server', async () => {
  const { server, list } = await desk(4);
  server.add({ ...fakeEmail({ id: name(2) }), keywords: { $seen: true } });
  list.toggleQuick('unread');
  await list.loaded();
  assert.equal(list.total(), 3);
  list.clearQuick();
  list.sortBy('oldest');
  await list.loaded();
  assert.equal(list.idAt(0), name(1));
});
