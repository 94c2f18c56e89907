/** Grants, counts of what was sent, messages held for mailboxes here, reports filed with their message. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import type { Store } from '../store.ts';
import { addAccount, claimReady, contentOf, messageParams, newDelivery, newEmail, newMessage } from '../testing.ts';
import { here } from './maildrop.ts';

const grant = { local: 'info', domain: 'c.test' };

export function submissionContract(engine: Engine): void {
  describe(`${engine.name}: submission`, () => {
    test('a grant is made once, listed, found among local parts, taken back, and gone with its account', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      assert.equal(await store.write('putGrant', { account, ...grant, at: 5 }), 'done');
      assert.equal(await store.write('putGrant', { account, ...grant, at: 6 }), 'exists');
      assert.equal(await store.write('putGrant', { account: 'nobody', ...grant, at: 6 }), 'missing');
      assert.deepEqual(await store.read('listGrants', { account }), [{ ...grant, createdAt: 5 }]);
      const granted = (locals: readonly string[], domain = 'c.test', whose = account): Promise<boolean> =>
        store.read('isGranted', { account: whose, domain, locals });
      assert.equal(await granted(['x', 'info', '*']), true);
      assert.equal(await granted(['x', '*']), false);
      assert.equal(await granted([]), false);
      assert.equal(await granted(['info'], 'd.test'), false);
      assert.equal(await granted(['info'], 'c.test', 'nobody'), false);
      assert.equal(await store.write('removeGrant', { account, ...grant }), 'done');
      assert.equal(await store.write('removeGrant', { account, ...grant }), 'missing');
      await store.write('putGrant', { account, ...grant, at: 5 });
      await store.write('closeAccount', { account, at: 7 });
      await store.write('purgeAccount', { account, at: 8, limit: 10 });
      assert.deepEqual(await store.read('listGrants', { account }), []);
    });

    test('messages and newcomers are counted per day with the message, once, and who was written to stays known', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const send = async (day: number, who: readonly string[]): Promise<void> => {
        const params = { ...(await messageParams(store, account)), sent: { account, day, who } };
        await store.write('accept', params);
        // Again, as after a lost answer to COMMIT.
        await store.write('accept', params);
      };
      const sent = (day: number, who?: string): Promise<unknown> =>
        store.read('sentBy', { account, day, ...(who === undefined ? {} : { who }) });
      assert.deepEqual(await sent(1, 'a'), { messages: 0, newcomers: 0, known: false });
      await send(1, ['a', 'b', 'a']);
      await send(1, ['b', 'c']);
      assert.deepEqual(await sent(1, 'c'), { messages: 2, newcomers: 3, known: true });
      assert.deepEqual(await sent(2, 'x'), { messages: 0, newcomers: 0, known: false });
      await send(2, ['a', 'd']);
      assert.deepEqual(await sent(2), { messages: 1, newcomers: 1, known: false });
      await store.write('closeAccount', { account, at: 9 });
      await store.write('purgeAccount', { account, at: 9, limit: 100 });
      assert.deepEqual(await sent(2, 'a'), { messages: 0, newcomers: 0, known: false });
    });

    test('a report is filed in the commit of the message it is about', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const report = await messageParams(store, account, 'Subject: it arrived\r\n\r\n');
      const params = { ...(await messageParams(store, account)), reports: [report] };
      await store.write('accept', params);
      await store.write('accept', params);
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 2);
    });

    test('a held message waits for its time, then ends as a copy in a mailbox', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const message = newMessage(await contentOf(store, 'x\r\n'), { releaseAt: 500 });
      const held = newDelivery({ state: 'held', nextAt: 500, recipient: 'bob@b.test', destination: 'b.test' });
      await store.write('accept', { message, emails: [], deliveries: [held], events: [] });
      assert.equal((await store.read('findMessages', { id: message.id }))[0]?.releaseAt, 500);
      assert.equal(await store.read('nextReady', { after: 0 }), 500);
      assert.equal((await claims(store, 499)).length, 0);
      assert.equal((await claims(store, 500)).length, 1);
      const email = newEmail(account);
      const settled = {
        token: 'run',
        message: message.id,
        at: 600,
        deliveries: [{ n: 1, state: 'filed' as const }],
        attempts: [],
        events: [],
        reports: [],
        emails: [email],
      };
      assert.equal(await store.write('settle', settled), 'done');
      assert.equal(await store.write('settle', settled), 'lost');
      const [delivery] = await store.read('deliveries', { message: message.id });
      assert.deepEqual([delivery?.state, delivery?.endedAt], ['filed', 600]);
      const read = await store.read('email', { id: email.id });
      assert.equal(read?.message, message.id);
      const pieces: Buffer[] = [];
      for await (const piece of store.content.read(read.content)) pieces.push(piece);
      assert.equal(Buffer.concat(pieces).toString(), 'x\r\n');
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 1);
    });

    test('what is held until a time is let go by release, held without a time by hold, and left alone by retry', async (t) => {
      const store = await engine.open(t);
      const message = newMessage(await contentOf(store, 'x\r\n'), { releaseAt: 500 });
      const deliveries = [1, 2, 3].map((n) => newDelivery({ n, state: 'held', nextAt: 500 }));
      await store.write('accept', { message, emails: [], deliveries, events: [] });
      const change = (action: 'retry' | 'hold' | 'release', n: number): Promise<readonly number[]> =>
        store.write('changeDeliveries', { message: message.id, numbers: [n], action, at: 9, events: [] });
      assert.deepEqual(await change('retry', 1), []);
      assert.deepEqual(await change('hold', 2), [2]);
      assert.deepEqual(await change('release', 3), [3]);
      const after = await store.read('deliveries', { message: message.id });
      assert.deepEqual(
        after.map(({ state, nextAt }) => `${state} ${nextAt}`),
        ['held 500', 'held 0', 'waiting 9'],
      );
    });

    test('a setting is set, read and taken away', async (t) => {
      const store = await engine.open(t);
      await store.write('setSetting', { name: 'a', value: '1' });
      assert.equal(await store.read('setting', { name: 'a' }), '1');
      await store.write('removeSetting', { name: 'a' });
      assert.equal(await store.read('setting', { name: 'a' }), undefined);
    });
  });
}

function claims(store: Store, now: number): Promise<readonly unknown[]> {
  return claimReady(store, { now, process: here });
}
