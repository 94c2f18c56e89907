import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { FakeClock } from '../base/testing.ts';
import { readEmailForPop } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { addAccount, temporaryStore, textOf } from '../store/testing.ts';
import { append } from './append.ts';
import type { Appended } from './append.ts';

async function world(t: TestContext): Promise<{ readonly store: Store; put(octets: string): Promise<Appended> }> {
  const clock = new FakeClock();
  const store = await temporaryStore(t, { clock });
  const account = await addAccount(store);
  const [inbox] = await store.read('listMailboxes', { account });
  return {
    store,
    async put(octets) {
      const email = { account, mailboxes: [inbox?.id ?? 0], keywords: [], receivedAt: clock.now() };
      // In pieces of seven octets: nothing may depend on where they are cut.
      const pieces = async function* (): AsyncIterable<Uint8Array> {
        await Promise.resolve();
        const all = Buffer.from(octets);
        for (let at = 0; at < all.length; at += 7) yield all.subarray(at, at + 7);
      };
      const filed = await append({ store, clock }, email, pieces());
      assert.ok(typeof filed === 'object', JSON.stringify(filed));
      return filed;
    },
  };
}

async function overPop(store: Store, id: string, downgraded: boolean): Promise<string> {
  const email = await store.read('email', { id });
  assert.ok(email);
  return Buffer.from(await textOf(readEmailForPop(store.content, email, { downgraded })), 'latin1').toString();
}

test('what is put there has nothing in front, and over POP3 CRLF line ends', async (t) => {
  const { store, put } = await world(t);
  const { id, octets } = await put('Subject: s\n\nbody\nlast');
  assert.equal(octets, 21);
  assert.equal(await overPop(store, id, false), 'Subject: s\r\n\r\nbody\r\nlast\r\n');
});

test('mail from an address in UTF-8 has a form in ASCII, other octets stay what they are', async (t) => {
  const { store, put } = await world(t);
  const international = await put('From: jörg@a.test\r\nSubject: s\r\n\r\n');
  assert.match(await overPop(store, international.id, true), /^[\x00-\x7f]*$/);
  assert.match(await overPop(store, international.id, false), /jörg@a\.test/);
  const sloppy = await put('From: Jörg <joerg@a.test>\r\nSubject: für\r\n\r\n');
  assert.equal(await overPop(store, sloppy.id, true), 'From: Jörg <joerg@a.test>\r\nSubject: für\r\n\r\n');
});

test('messages that answer each other lie in one thread', async (t) => {
  const { put } = await world(t);
  const first = await put('Message-ID: <a@x>\r\n\r\n');
  const answer = await put('Message-ID: <b@x>\r\nReferences: <a@x>\r\n\r\n');
  const other = await put('Message-ID: <c@x>\r\n\r\n');
  assert.equal(answer.thread, first.thread);
  assert.notEqual(other.thread, first.thread);
});

test('nothing is kept of what breaks off, or goes into no mailbox', async (t) => {
  const { store, put } = await world(t);
  await put('Subject: s\r\n\r\n');
  const clock = new FakeClock();
  const [account] = await store.read('listAccounts', { closed: false });
  const email = { account: account?.id ?? '', mailboxes: [9_999], keywords: [], receivedAt: 0 };
  const broken = async function* (): AsyncIterable<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from('Subj');
    throw new Error('the disk');
  };
  await assert.rejects(append({ store, clock }, email, broken()), /the disk/);
  const whole = async function* (): AsyncIterable<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from('Subject: s\r\n\r\n');
  };
  assert.equal(await append({ store, clock }, email, whole()), 'no-mailbox');
  assert.equal((await store.read('account', { id: email.account }))?.usedMessages, 1);
});
