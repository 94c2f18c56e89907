/** Processes, leases, settings, refusals, and the end of a journey's keeping time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import { addAccount, contentOf, messageParams, newDelivery, newMessage } from '../testing.ts';
import { here, lock } from './maildrop.ts';

const there = { ...here, pid: 2 };

export function processContract(engine: Engine): void {
  describe(`${engine.name}: processes and housekeeping`, () => {
    test('processes register, and a dead one leaves nothing behind', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await store.write('registerProcess', { process: here, roles: ['pop3'], at: 1 });
      await store.write('registerProcess', { process: there, roles: ['smtp', 'queue'], at: 2 });
      assert.deepEqual(await store.read('processes', {}), [
        { process: here, roles: ['pop3'], startedAt: 1 },
        { process: there, roles: ['smtp', 'queue'], startedAt: 2 },
      ]);
      await lock(store, account);
      await store.write('takeLease', { name: 'queue', token: 'a', process: here, at: 1 });
      assert.deepEqual(await store.write('freeProcesses', { gone: [here], at: 5 }), { maildrops: 1, deliveries: 0 });
      await lock(store, account, 'other');
      assert.equal(await store.write('takeLease', { name: 'queue', token: 'b', process: there, at: 1 }), true);
      await store.write('unregisterProcess', { process: there });
      assert.deepEqual(await store.read('processes', {}), []);
    });

    test('who holds claims is known, registered or not', async (t) => {
      const store = await engine.open(t);
      assert.deepEqual(await store.read('holders', {}), []);
      await store.write('registerProcess', { process: here, roles: ['queue'], at: 1 });
      const message = newMessage(await contentOf(store, 'x\r\n'));
      const deliveries = [1, 2, 3, 4].map((n) => newDelivery({ n }));
      await store.write('accept', { message, emails: [], deliveries, events: [] });
      const elsewhere = { ...here, pid: 3 };
      for (const [process, numbers] of [
        [there, [1, 2]],
        [elsewhere, [3]],
      ] as const)
        await store.write('claimForOperator', { token: 'op', process, message: message.id, numbers });
      assert.deepEqual(await store.read('holders', {}), [here, there, elsewhere]);
    });

    test('a lease has one holder', async (t) => {
      const store = await engine.open(t);
      const lease = { name: 'queue', process: here, at: 1 };
      assert.equal(await store.write('takeLease', { ...lease, token: 'a' }), true);
      assert.equal(await store.write('takeLease', { ...lease, token: 'a', at: 2 }), true);
      assert.equal(await store.write('takeLease', { ...lease, token: 'b' }), false);
      await store.write('dropLease', { name: 'queue', token: 'b' });
      assert.equal(await store.write('takeLease', { ...lease, token: 'b' }), false);
      await store.write('dropLease', { name: 'queue', token: 'a' });
      assert.equal(await store.write('takeLease', { ...lease, token: 'b' }), true);
    });

    test('settings are kept by name', async (t) => {
      const store = await engine.open(t);
      assert.equal(await store.read('setting', { name: 'x' }), undefined);
      await store.write('setSetting', { name: 'x', value: '1' });
      await store.write('setSetting', { name: 'x', value: '2' });
      assert.equal(await store.read('setting', { name: 'x' }), '2');
    });

    test('refusals are a ring: the newest `keep` stay', async (t) => {
      const store = await engine.open(t);
      const row = (at: number): Parameters<typeof rows.push>[0] => ({
        at,
        service: 'smtp',
        address: '192.0.2.1',
        rule: 'r',
        count: at,
        sample: 's',
      });
      const rows: { at: number; service: string; address: string; rule: string; count: number; sample: string }[] = [];
      for (let at = 1; at <= 5; at++) rows.push(row(at));
      await store.write('recordRefusals', { rows, keep: 3 });
      assert.deepEqual(
        (await store.read('refusals', { limit: 10 })).map(({ at }) => at),
        [5, 4, 3],
      );
      await store.write('recordRefusals', { rows: [row(6)], keep: 3 });
      assert.deepEqual(await store.read('refusals', { limit: 2 }), [row(6), row(5)]);
    });

    test('the journey of an ended message is swept, that of one still held is not', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const [held, ended] = [await messageParams(store, account), await messageParams(store, account)];
      const facts = { kind: 'unreported', why: 'x' } as const;
      await store.write('accept', { ...held, events: [{ message: held.message.id, at: 1, facts }] });
      await store.write('accept', {
        ...ended,
        emails: [],
        deliveries: [newDelivery()],
        events: [{ message: ended.message.id, at: 1, facts }],
      });
      await store.write('changeDeliveries', {
        message: ended.message.id,
        numbers: [1],
        action: 'drop',
        at: 50,
        events: [],
      });
      assert.equal(await store.write('sweepJourney', { before: 50, at: 60, limit: 10 }), false);
      assert.equal((await store.read('events', { message: ended.message.id })).length, 1);
      assert.equal(await store.write('sweepJourney', { before: 51, at: 60, limit: 1 }), true);
      assert.equal(await store.write('sweepJourney', { before: 51, at: 60, limit: 1 }), false);
      assert.deepEqual(await store.read('findMessages', { id: ended.message.id }), []);
      assert.deepEqual(await store.read('events', { message: ended.message.id }), []);
      assert.deepEqual(await store.read('deliveries', { message: ended.message.id }), []);
      assert.equal((await store.read('events', { message: held.message.id })).length, 1);
    });
  });
}
