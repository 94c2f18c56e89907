import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { silentLog } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import type { Store } from '../../store/index.ts';
import { addAccount, contentOf, eventually, newEmail, newMessage, temporaryStore } from '../../store/testing.ts';
import { parseCard } from './card.ts';
import { startIndexing } from './indexing.ts';
import type { Indexing } from './indexing.ts';
import { openReader, UnreadableError } from './reader.ts';
import type { Reader } from './reader.ts';

interface World {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly account: string;
  readonly indexing: Indexing;
  /** What the reader was asked for, by the messages' sizes. */
  readonly asked: readonly number[];
  deliver(message: string): Promise<string>;
  card(email: string): Promise<string | undefined>;
}

/** A store in which the indexer runs from the start; `read` stands for the reader. */
async function world(t: TestContext, read?: Reader['read']): Promise<World> {
  const closing: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const close of closing) await close();
  });
  const clock = new FakeClock();
  const store = await temporaryStore(t, { clock });
  const account = await addAccount(store);
  const real = openReader({ clock });
  const asked: number[] = [];
  const reader: Reader = {
    read(source, turn) {
      asked.push(source.size);
      return (read ?? real.read)(source, turn);
    },
    close: () => real.close(),
  };
  const indexing = startIndexing({ store, clock, log: silentLog, reader });
  closing.push(
    () => indexing.stop(),
    () => reader.close(),
  );
  return {
    store,
    clock,
    account,
    indexing,
    asked,
    async deliver(message) {
      const email = newEmail(account);
      const content = await contentOf(store, message);
      await store.write('accept', { message: newMessage(content), emails: [email], deliveries: [], events: [] });
      return email.id;
    },
    card: async (email) => (await store.read('emailRows', { account, ids: [email] }))[0]?.card,
  };
}

test('what comes in is read behind it, and found by its words', async (t) => {
  const { deliver, card, store, account } = await world(t);
  const id = await deliver('Subject: hello\r\n\r\nneedle\r\n');
  await eventually(async () => (await card(id)) !== undefined);
  assert.equal(parseCard((await card(id)) ?? '')?.fields['subject'], 'hello');
  const query = { account, sort: [], collapseThreads: false, position: 0, limit: 9, calculateTotal: false };
  const found = await store.read('queryEmails', { ...query, filter: { body: 'needle' } });
  assert.deepEqual(found === 'no-anchor' ? found : found.ids, [id]);
});

test('a message that can not be read gets a card that says so, and is never tried again', async (t) => {
  const { deliver, card, asked, indexing, account } = await world(t, () =>
    Promise.reject(new UnreadableError('the reader died of it')),
  );
  const id = await deliver('Subject: deadly\r\n\r\n');
  await eventually(async () => (await card(id)) !== undefined);
  assert.equal(parseCard((await card(id)) ?? '')?.isUnreadable, true);
  const other = await deliver('Subject: deadly, too\r\n\r\n');
  await eventually(async () => (await card(other)) !== undefined);
  assert.equal(await indexing.catchUp(account, 1_000), 0);
  assert.equal(asked.length, 2);
});

test('octets that can not be had are asked for again after a while, and not for ever', async (t) => {
  const { deliver, card, asked, clock } = await world(t, () => Promise.reject(new Error('the disk')));
  const id = await deliver('Subject: s\r\n\r\n');
  for (let tries = 1; tries < 5; tries++) {
    await eventually(() => asked.length === tries && clock.pending > 0);
    assert.equal(await card(id), undefined);
    await clock.advance(30_000);
  }
  await eventually(async () => (await card(id)) !== undefined);
  assert.equal(parseCard((await card(id)) ?? '')?.isUnreadable, true);
  assert.equal(asked.length, 5);
});

test('a search waits for what is unread only so long, and says how much is left', async (t) => {
  const stuck: ((error: Error) => void)[] = [];
  const { deliver, indexing, clock, account } = await world(t, () => new Promise((_, reject) => stuck.push(reject)));
  await deliver('Subject: a\r\n\r\n');
  await deliver('Subject: b\r\n\r\n');
  let left: number | undefined;
  const waiting = indexing.catchUp(account, 2_000).then((unread) => (left = unread));
  await eventually(async () => {
    await clock.advance(1_000);
    return left !== undefined;
  });
  await waiting;
  assert.equal(left, 2);
  const stopped = indexing.stop();
  for (const reject of stuck) reject(new Error('the reader was closed'));
  await stopped;
});

test('the newest is read first', async (t) => {
  const gate: (() => void)[] = [];
  const sizes: number[] = [];
  const { deliver, store, account } = await world(t, async (source) => {
    sizes.push(source.size);
    await new Promise<void>((resolve) => gate.push(resolve));
    throw new UnreadableError('no');
  });
  const first = await deliver('Subject: first\r\n\r\n');
  await eventually(() => gate.length === 1);
  for (const size of [10, 20]) {
    const email = newEmail(account);
    const content = await contentOf(store, `Subject: ${'x'.repeat(size)}\r\n\r\n`);
    const message = newMessage(content, { receivedAt: Date.UTC(2026, 0, 2) + size });
    await store.write('accept', { message, emails: [email], deliveries: [], events: [] });
  }
  assert.ok(first);
  gate.shift()?.();
  await eventually(() => sizes.length === 2);
  gate.shift()?.();
  await eventually(() => sizes.length === 3);
  gate.shift()?.();
  assert.ok((sizes[1] ?? 0) > (sizes[2] ?? 0), 'the one that came last was read second');
});
