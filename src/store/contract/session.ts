/** Who is logged in with a cookie. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import type { Store } from '../store.ts';

const VERIFIER = { kind: 'argon2id', value: 'v' } as const;
const SCRAM = { kind: 'scram-sha-256', value: 's' } as const;

async function withBob(store: Store): Promise<void> {
  for (const local of ['bob', 'carol'])
    await store.write('addAccount', { id: local, local, domain: 'b.test', credentials: [VERIFIER, SCRAM], at: 1 });
}

const open = (store: Store, digest: string, more: { account?: string; at?: number; verifier?: string } = {}) =>
  store.write('openSession', { digest, account: 'bob', verifier: 'v', at: 10, most: 3, ...more });

const whose = async (store: Store, digest: string): Promise<string | undefined> =>
  (await store.read('session', { digest }))?.account.local;

export function sessionContract(engine: Engine): void {
  describe(`${engine.name}: sessions`, () => {
    test('a session is found by its digest, says when it was used, and ends', async (t) => {
      const store = await engine.open(t);
      await withBob(store);
      assert.equal(await open(store, 'd1'), 'done');
      assert.equal(await open(store, 'd2', { account: 'carol' }), 'done');
      await store.write('touchSession', { digest: 'd1', at: 20 });
      await store.write('touchSession', { digest: 'd1', at: 15 });
      const found = await store.read('session', { digest: 'd1' });
      assert.deepEqual([found?.account.id, found?.createdAt, found?.seenAt], ['bob', 10, 20]);
      assert.equal(await store.read('session', { digest: 'd3' }), undefined);
      await store.write('endSession', { digest: 'd1' });
      await store.write('endSession', { digest: 'd1' });
      assert.deepEqual([await whose(store, 'd1'), await whose(store, 'd2')], [undefined, 'carol']);
    });

    test('without a password the account need only be open', async (t) => {
      const store = await engine.open(t);
      await withBob(store);
      const session = { digest: 'd1', at: 10, most: 3 };
      assert.equal(await store.write('openSession', { ...session, account: 'bob' }), 'done');
      assert.equal(await whose(store, 'd1'), 'bob');
      await store.write('closeAccount', { account: 'bob', at: 11 });
      for (const account of ['bob', 'nobody'])
        assert.equal(await store.write('openSession', { ...session, account, digest: 'd2' }), 'stale');
    });

    test('all sessions of an account end when its password is set, and when it is closed', async (t) => {
      const store = await engine.open(t);
      await withBob(store);
      await open(store, 'd1');
      await open(store, 'd2');
      await open(store, 'd3', { account: 'carol' });
      await store.write('setCredentials', { account: 'bob', credentials: [{ ...VERIFIER, value: 'w' }] });
      assert.deepEqual([await whose(store, 'd1'), await whose(store, 'd2')], [undefined, undefined]);
      assert.equal(await whose(store, 'd3'), 'carol');
      // A login that was checked against the old password comes too late.
      assert.equal(await open(store, 'd4'), 'stale');
      assert.equal(await open(store, 'd5', { verifier: 'w' }), 'done');
      assert.deepEqual([await whose(store, 'd4'), await whose(store, 'd5')], [undefined, 'bob']);
      await store.write('closeAccount', { account: 'bob', at: 30 });
      assert.equal(await whose(store, 'd5'), undefined);
      assert.equal(await open(store, 'd6', { verifier: 'w' }), 'stale');
    });

    test('an account has so many at most: the one that was not used for longest goes', async (t) => {
      const store = await engine.open(t);
      await withBob(store);
      for (const [i, digest] of ['a', 'b', 'c'].entries()) await open(store, digest, { at: 10 + i });
      await open(store, 'other', { account: 'carol', at: 1 });
      await store.write('touchSession', { digest: 'a', at: 50 });
      await open(store, 'd', { at: 60 });
      const left = await Promise.all(['a', 'b', 'c', 'd', 'other'].map((digest) => whose(store, digest)));
      assert.deepEqual(left, ['bob', undefined, 'bob', 'bob', 'carol']);
    });

    test('what nobody used for long is swept, a slice at a time', async (t) => {
      const store = await engine.open(t);
      await withBob(store);
      for (const [i, digest] of ['a', 'b', 'c'].entries()) await open(store, digest, { at: 10 + i });
      assert.equal(await store.write('sweepSessions', { before: 12, limit: 1 }), true);
      assert.equal(await store.write('sweepSessions', { before: 12, limit: 2 }), false);
      const left = await Promise.all(['a', 'b', 'c'].map((digest) => whose(store, digest)));
      assert.deepEqual(left, [undefined, undefined, 'bob']);
    });

    test('a session outlives the store that was closed', async (t) => {
      const directory = await engine.directory(t);
      const first = await engine.open(t, { directory });
      await withBob(first);
      await open(first, 'd1');
      await first.close();
      assert.equal(await whose(await engine.open(t, { directory }), 'd1'), 'bob');
    });
  });
}
