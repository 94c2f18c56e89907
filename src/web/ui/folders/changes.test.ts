import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../jmap/api.ts';
import { fakeEmail, FakeServer } from '../jmap/fake-server.ts';
import { Mail } from '../jmap/mail.ts';
import type { Id } from '../jmap/types.ts';
import { createFolder, renameFolder } from './changes.ts';
import { bringBack, removeForEver, removeToTrash } from './removal.ts';

/** Three messages in Work, the third in Archive too. */
async function desk() {
  const server = new FakeServer([
    ['m1', 'Inbox', 'inbox'],
    ['m2', 'Trash', 'trash'],
    ['m3', 'Archive', 'archive'],
    ['m4', 'Work', null],
  ]);
  for (const id of ['a', 'b', 'c']) {
    server.add(fakeEmail({ id, mailboxIds: id === 'c' ? { m3: true, m4: true } : { m4: true } }));
  }
  const line = { before: (): void => undefined };
  const api = new Api(server.session, (_, body) => {
    line.before();
    return Promise.resolve(server.answer(body as never));
  });
  const mail = new Mail(api);
  await mail.open();
  const placesOf = (id: Id): readonly Id[] => Object.keys(server.emails.get(id)?.mailboxIds ?? {}).toSorted();
  const folder = (name: string) => [...mail.records.mailboxes.peek().values()].find((one) => one.name === name);
  return { server, mail, line, placesOf, folder };
}

test('folders: a name that can’t be is explained before the server is asked', async () => {
  const { server, mail } = await desk();
  const asked = server.called.length;
  for (const [name, why] of [
    ['  ', /needs a name/],
    ['Work ', /already a folder named Work/],
    ['a\u0007b', /can’t be seen/],
    ['ä'.repeat(128), /takes 256 bytes, and 255 are the most/],
  ] as const) {
    assert.match((await createFolder(mail, name, null)) ?? '', why);
  }
  assert.equal(server.called.length, asked);
  assert.equal(await createFolder(mail, 'ä'.repeat(127), null), undefined);
  assert.equal(await createFolder(mail, 'Work', 'm4'), undefined, 'inside another it is another');
  assert.equal(await renameFolder(mail, 'm4', ' Work '), undefined, 'its own name is not taken');
});

test('folders: what is deleted leaves its mail in Trash, and comes back with all of it', async () => {
  const { mail, placesOf, folder } = await desk();
  const work = folder('Work')!;
  const removal = await removeToTrash(mail, 'm4', 'm2');
  assert.deepEqual([removal.refused, removal.moved.size, folder('Work')], [undefined, 3, undefined]);
  assert.deepEqual(['a', 'b', 'c'].map(placesOf), [['m2'], ['m2'], ['m3']]);
  assert.equal(await bringBack(mail, work, removal), undefined);
  const again = folder('Work')!.id;
  assert.notEqual(again, 'm4');
  assert.deepEqual(['a', 'b', 'c'].map(placesOf), [[again], [again], ['m3', again]]);
});

test('folders: mail that arrives while a folder is deleted is not deleted with it', async () => {
  const { server, mail, line, placesOf, folder } = await desk();
  let late = true;
  line.before = () => {
    if (!late || placesOf('a')[0] !== 'm2') return;
    late = false;
    server.add(fakeEmail({ id: 'late', mailboxIds: { m4: true } }));
  };
  const { refused, moved } = await removeToTrash(mail, 'm4', 'm2');
  assert.deepEqual([refused, moved.size, folder('Work')], [undefined, 4, undefined]);
  assert.deepEqual(placesOf('late'), ['m2']);
});

test('folders: stopped half-way or refused, the folder stays, and what was moved can come back', async () => {
  const { server, mail, placesOf, folder } = await desk();
  server.refuses.add('b');
  const removal = await removeToTrash(mail, 'm4', 'm2');
  assert.ok(removal.refused !== undefined);
  assert.deepEqual(['a', 'b', 'c'].map(placesOf), [['m2'], ['m4'], ['m3']]);
  assert.equal(await bringBack(mail, folder('Work')!, removal), undefined);
  assert.deepEqual(['a', 'b', 'c'].map(placesOf), [['m4'], ['m4'], ['m3', 'm4']]);
  const stopped = await removeToTrash(mail, 'm4', 'm2', { isStopped: () => true });
  assert.match(stopped.refused ?? '', /You stopped it/);
  assert.ok(folder('Work') !== undefined);
});

test('folders: for ever takes the mail along', async () => {
  const { server, mail, folder } = await desk();
  assert.equal(await removeForEver(mail, 'm4'), undefined);
  assert.deepEqual([folder('Work'), server.emails.has('a')], [undefined, false]);
});
