/** Where programs want changes to be told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import type { NewPushSubscription } from '../push.ts';
import type { Store } from '../store.ts';
import { addAccount } from '../testing.ts';

function subscription(account: string, id: string): NewPushSubscription {
  return { id, account, device: 'phone', url: 'https://push.test/x', code: `code-${id}`, expiresAt: 1_000 };
}

const add = (
  store: Store,
  account: string,
  id: string,
  more: Partial<NewPushSubscription> = {},
): Promise<'done' | 'too-many'> =>
  store.write('addPushSubscription', { ...subscription(account, id), ...more, most: 2 });

export function pushContract(engine: Engine): void {
  describe(`${engine.name}: push subscriptions`, () => {
    test('one is kept as it was made, changed by its owner only, and gone', async (t) => {
      const store = await engine.open(t);
      const [bob, carol] = [await addAccount(store), await addAccount(store, 'carol')];
      assert.equal(await add(store, bob, 'p1', { keys: '{}', types: ['Email'] }), 'done');
      const given = subscription(bob, 'p1');
      const made = { stage: 'new', told: {}, failures: 0, dueAt: 0 };
      assert.deepEqual(await store.read('pushSubscriptions', { account: bob }), [
        { ...given, keys: '{}', types: ['Email'], ...made },
      ]);
      const verified = { told: { Email: '1-2' } };
      for (const account of [carol, bob]) {
        const done = await store.write('changePushSubscription', {
          account,
          id: 'p1',
          types: null,
          expiresAt: 9,
          verified,
        });
        assert.equal(done, account === bob ? 'done' : 'missing');
      }
      // The code was brought back before it was known that it had been posted.
      await store.write('notePush', { id: 'p1', failures: 1, dueAt: 7, stage: 'asked' });
      const changed = { ...given, keys: '{}', expiresAt: 9, stage: 'verified', ...verified, failures: 1, dueAt: 7 };
      assert.deepEqual(await store.read('pushSubscriptions', {}), [changed]);
      assert.equal(await store.write('removePushSubscription', { account: carol, id: 'p1' }), 'missing');
      assert.equal(await store.write('removePushSubscription', { account: bob, id: 'p1' }), 'done');
      assert.deepEqual(await store.read('pushSubscriptions', {}), []);
    });

    test('an account has so many, and none any more when its password changes or it is closed', async (t) => {
      const store = await engine.open(t);
      const [bob, carol] = [await addAccount(store), await addAccount(store, 'carol')];
      for (const id of ['p1', 'p2', 'p1']) assert.equal(await add(store, bob, id), 'done');
      assert.equal(await add(store, bob, 'p3'), 'too-many');
      assert.equal(await add(store, carol, 'p4'), 'done');
      await store.write('setCredentials', { account: bob, credentials: [] });
      const left = async (): Promise<readonly string[]> =>
        (await store.read('pushSubscriptions', {})).map(({ id }) => id);
      assert.deepEqual(await left(), ['p4']);
      await store.write('closeAccount', { account: carol, at: 1 });
      assert.deepEqual(await left(), []);
    });
  });
}
