/** accept: everything in one commit, once; content small and large; what it counts. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import { readEmailForPop } from '../index.ts';
import { StoreError } from '../store.ts';
import { addAccount, contentOf, messageParams, newDelivery, newEmail, newMessage, textOf } from '../testing.ts';

export function filingContract(engine: Engine): void {
  describe(`${engine.name}: filing`, () => {
    test('a message, its copies, deliveries and events are there together', async (t) => {
      const store = await engine.open(t);
      const [bob, dora] = [await addAccount(store, 'bob'), await addAccount(store, 'dora')];
      const message = newMessage(await contentOf(store, 'a\r\n'), {
        messageId: '<1@a.test>',
        envid: 'e',
        ret: 'hdrs',
        smtputf8: true,
        account: 'x',
        source: 'submission',
      });
      const facts = { kind: 'unreported', why: 'because' } as const;
      await store.write('accept', {
        message,
        emails: [newEmail(bob), newEmail(dora, { n: 2 })],
        deliveries: [newDelivery({ n: 3, notify: ['failure', 'delay'], orcpt: 'rfc822;x@y', original: 'list@b.test' })],
        events: [
          { message: message.id, at: 4, facts },
          { message: message.id, n: 2, account: dora, at: 5, facts },
        ],
      });
      const { content, ...rest } = message;
      const [found] = await store.read('findMessages', { id: message.id });
      const { content: stored, prefix, ...same } = found!;
      assert.deepEqual({ ...same, prefix: Buffer.from(prefix) }, { ...rest, prefix: Buffer.from(rest.prefix) });
      assert.equal(stored.octets, content.octets);
      assert.equal(await textOf(store.content.read(stored)), 'a\r\n');
      const [delivery] = await store.read('deliveries', { message: message.id });
      assert.deepEqual(delivery, {
        ...newDelivery({ n: 3, notify: ['failure', 'delay'], orcpt: 'rfc822;x@y', original: 'list@b.test' }),
        attempts: 0,
      });
      const events = await store.read('events', { message: message.id });
      assert.deepEqual(
        events.map(({ seq: _, ...event }) => event),
        [
          { version: 1, message: message.id, at: 4, facts },
          { version: 1, message: message.id, n: 2, account: dora, at: 5, facts },
        ],
      );
      assert.ok(events[0]!.seq < events[1]!.seq);
      assert.equal((await store.read('account', { id: bob }))?.usedMessages, 1);
      assert.equal((await store.read('account', { id: dora }))?.usedMessages, 1);
    });

    test('accepting the same message again does nothing, also within one batch', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const params = await messageParams(store, account);
      await Promise.all([store.write('accept', params), store.write('accept', params), store.write('accept', params)]);
      await store.write('accept', params);
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 1);
    });

    test('a message for an account that is gone is refused whole', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const params = await messageParams(store, account);
      const both = { ...params, emails: [...params.emails, newEmail('nobody', { n: 2 })] };
      await assert.rejects(store.write('accept', both), StoreError);
      assert.deepEqual(await store.read('findMessages', { id: params.message.id }), []);
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 0);
    });

    test('an operation that throws in the middle of a batch leaves the others done', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const good = [];
      for (let i = 0; i < 6; i++) good.push(await messageParams(store, account));
      const bad = await messageParams(store, 'nobody');
      const results = await Promise.allSettled(
        [...good.slice(0, 3), bad, ...good.slice(3)].map((params) => store.write('accept', params)),
      );
      assert.deepEqual(
        results.map(({ status }) => status),
        [...Array(3).fill('fulfilled'), 'rejected', ...Array(3).fill('fulfilled')],
      );
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 6);
    });

    for (const size of [0, 1, 16_384, 16_385, 300_000, 3_000_000]) {
      test(`content of ${String(size)} octets comes back as it was, whole and in part`, async (t) => {
        const directory = await engine.directory(t);
        const store = await engine.open(t, { directory });
        const account = await addAccount(store);
        const octets = randomBytes(size);
        const writer = store.content.create();
        for (let at = 0; at < size; at += 10_000) await writer.write(octets.subarray(at, at + 10_000));
        const content = await writer.finish();
        assert.equal(content.digest, createHash('sha256').update(octets).digest('hex'));
        assert.equal(content.octets, size);
        assert.equal((await engine.files(directory)).length, size > 16_384 ? 1 : 0);
        const email = newEmail(account);
        await store.write('accept', { message: newMessage(content), emails: [email], deliveries: [], events: [] });
        const stored = (await store.read('email', { id: email.id }))!;
        const pieces = [];
        for await (const piece of store.content.read(stored.content)) {
          assert.ok(piece.byteLength <= 65_536);
          pieces.push(piece);
        }
        assert.ok(Buffer.concat(pieces).equals(octets));
        const part = [];
        for await (const piece of store.content.read(stored.content, { start: 1, end: size - 1 })) part.push(piece);
        assert.ok(Buffer.concat(part).equals(octets.subarray(1, Math.max(1, size - 1))));
        assert.equal((await textOf(readEmailForPop(store.content, stored))).length, stored.popOctets);
      });
    }

    test('an aborted write leaves nothing behind, begun, finished or filed', async (t) => {
      const directory = await engine.directory(t);
      const store = await engine.open(t, { directory });
      const begun = store.content.create();
      await begun.write(Buffer.alloc(1_000_000));
      await begun.abort();
      const finished = store.content.create();
      await finished.write(Buffer.alloc(100_000));
      await finished.finish();
      await finished.abort();
      await finished.abort();
      assert.deepEqual(await engine.files(directory), []);
      const filed = store.content.create();
      await filed.write(Buffer.alloc(100_000));
      const content = await filed.finish();
      await store.write('accept', {
        message: newMessage(content),
        emails: [newEmail(await addAccount(store))],
        deliveries: [],
        events: [],
      });
      await filed.abort();
      assert.equal((await engine.files(directory)).length, 1);
    });

    test('messages are found by a Message-ID field, all that carry it, the newest first, at most 100', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const ids = [];
      for (let i = 0; i < 103; i++) {
        const params = await messageParams(store, account);
        const id = `01${String(i).padStart(24, '0')}`;
        ids.push(id);
        await store.write('accept', { ...params, message: { ...params.message, id, messageId: '<same@a.test>' } });
      }
      const found = await store.read('findMessages', { messageId: '<same@a.test>' });
      assert.deepEqual(
        found.map(({ id }) => id),
        ids.toReversed().slice(0, 100),
      );
      assert.deepEqual(await store.read('findMessages', { messageId: '<other@a.test>' }), []);
      assert.deepEqual(await store.read('findMessages', {}), []);
    });
  });
}
