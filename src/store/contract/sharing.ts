/** Several handles on one state, changes that are noticed, and what is there after it was closed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { thisProcess } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import type { Engine } from '../contract.ts';
import { StoreError } from '../store.ts';
import type { StoreChange } from '../store.ts';
import { addAccount, eventually, messageParams, newDelivery, textOf } from '../testing.ts';

export function sharingContract(engine: Engine): void {
  describe(`${engine.name}: sharing`, () => {
    test('what one handle commits the other reads at once', async (t) => {
      const directory = await engine.directory(t);
      const [one, two] = [await engine.open(t, { directory }), await engine.open(t, { directory })];
      const account = await addAccount(one);
      assert.equal((await two.read('account', { id: account }))?.local, 'bob');
      const params = [];
      for (let i = 0; i < 20; i++) params.push(await messageParams(i % 2 === 0 ? one : two, account));
      await Promise.all(params.map((p, i) => (i % 2 === 0 ? one : two).write('accept', p)));
      assert.equal((await one.read('account', { id: account }))?.usedMessages, 20);
    });

    test('a look-up does not wait for searches that were asked for before it', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const search = {
        filter: { text: 'a' },
        sort: [],
        collapseThreads: false,
        position: 0,
        limit: 10,
        calculateTotal: true,
      };
      let searched = 0;
      const searches = Array.from({ length: 500 }, async () => {
        await store.read('queryEmails', { account, ...search });
        searched += 1;
      });
      await store.read('account', { id: account });
      assert.ok(searched < searches.length, `${String(searched)} searches came first`);
      await Promise.all(searches);
    });

    test('changes are told: own ones at once, those of others within 100 ms', async (t) => {
      const directory = await engine.directory(t);
      const clock = new FakeClock();
      const [one, two] = [await engine.open(t, { directory, clock }), await engine.open(t, { directory })];
      await clock.advance(200);
      let told = 0;
      const stop = one.onChange(() => {
        told += 1;
      });
      await one.write('setSetting', { name: 'x', value: '1' });
      assert.equal(told, 1);
      await two.write('setSetting', { name: 'x', value: '2' });
      await eventually(async () => {
        await clock.advance(100);
        return told >= 2;
      });
      stop();
      const before = told;
      await one.write('setSetting', { name: 'x', value: '3' });
      assert.equal(told, before);
    });

    test('an operation that changed nothing is told to nobody: a runner that finds nothing due must not wake itself', async (t) => {
      const store = await engine.open(t);
      await addAccount(store);
      let told = 0;
      store.onChange(() => {
        told += 1;
      });
      const from = [{ destination: 'x', claims: 5 }];
      const claim = { token: 't', process: thisProcess(), dueBy: 1, retryAt: [2], from };
      assert.deepEqual(await store.write('claimDue', claim), []);
      assert.equal(await store.write('removeDomain', { name: 'x' }), 'missing');
      assert.equal(told, 0);
    });

    test('a change is told with what it may have touched; of another process it may be everything', async (t) => {
      const directory = await engine.directory(t);
      const clock = new FakeClock();
      const [one, two] = [await engine.open(t, { directory, clock }), await engine.open(t, { directory })];
      const account = await addAccount(one);
      await clock.advance(200);
      const told: StoreChange[] = [];
      one.onChange((change) => {
        told.push(change);
      });
      const mail = await messageParams(one, account);
      await one.write('accept', mail);
      const queued = await messageParams(one, account);
      await one.write('accept', { ...queued, emails: [], deliveries: [newDelivery()] });
      const reported = await messageParams(one, account);
      const report = { ...(await messageParams(one, account)), emails: [], deliveries: [newDelivery()] };
      await one.write('accept', { ...reported, reports: [report] });
      await one.write('addDomain', { name: 'new.test', at: 1 });
      assert.deepEqual(told.splice(0), [
        { directory: false, queue: false, mail: new Set([account]) },
        { directory: false, queue: true, mail: new Set() },
        { directory: false, queue: true, mail: new Set([account]) },
        { directory: true, queue: true, mail: 'all' },
      ]);
      await two.write('accept', await messageParams(two, account));
      await eventually(async () => {
        await clock.advance(100);
        return told.length > 0;
      });
      assert.deepEqual(told[0], { directory: true, queue: true, mail: 'all' });
    });

    test('many operations that wait together are told of together', async (t) => {
      const store = await engine.open(t);
      let told = 0;
      store.onChange(() => {
        told += 1;
      });
      await Promise.all(
        Array.from({ length: 50 }, (_, i) => store.write('setSetting', { name: `n${String(i)}`, value: '' })),
      );
      assert.ok(told >= 1 && told <= 10, `told ${String(told)} times`);
    });

    test('everything is there after closing and opening again; a closed store refuses', async (t) => {
      const directory = await engine.directory(t);
      const first = await engine.open(t, { directory });
      const account = await addAccount(first);
      const params = await messageParams(first, account, 'y'.repeat(50_000));
      const pending = first.write('accept', params);
      await first.close();
      await pending;
      await assert.rejects(first.write('setSetting', { name: 'x', value: '' }), StoreError);
      await assert.rejects(first.read('setting', { name: 'x' }), StoreError);
      const second = await engine.open(t, { directory });
      const email = await second.read('email', { id: params.emails[0]!.id });
      assert.equal(await textOf(second.content.read(email!.content)), 'y'.repeat(50_000));
    });
  });
}
