/** Addresses that are not written to for a while; and notes to the postmaster, written once or counted. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import type { NewNote } from '../note.ts';
import type { AcceptParams } from '../message.ts';
import type { Store, Writes } from '../store.ts';
import type { Suppression } from '../suppression.ts';
import { addAccount, claimReady, contentOf, messageParams, newDelivery, newMessage } from '../testing.ts';
import { here } from './maildrop.ts';

const NOW = 1_000_000;
const ANSWER: Suppression = {
  account: 'alice',
  address: 'bob@b.test',
  madeBy: 'answer',
  at: NOW,
  until: NOW + 100,
  reply: '550 5.1.1 nobody',
  host: 'mx.b.test',
  message: 'm1',
};
const KEEPER: Suppression = { address: 'bob@b.test', madeBy: 'keeper', at: NOW };

const of = (store: Store, account: string, now = NOW): Promise<Suppression | undefined> =>
  store.read('suppressionOf', { account, address: 'bob@b.test', now });

type Extra = Pick<Parameters<Writes['settle']>[0], 'note' | 'suppress' | 'lift'>;

/** Claims a message with one delivery; what comes back settles it. */
async function claimed(store: Store): Promise<(extra: Extra) => Promise<unknown>> {
  const message = newMessage(await contentOf(store, 'x\r\n'));
  const deliveries = [newDelivery({ nextAt: NOW })];
  await store.write('accept', { message, emails: [], deliveries, events: [] });
  await claimReady(store, { process: here, now: NOW, retryAt: [NOW] });
  const failed = [{ n: 1, state: 'failed' }] as const;
  const about = {
    token: 'run',
    message: message.id,
    at: NOW,
    deliveries: failed,
    attempts: [],
    events: [],
    reports: [],
  };
  return (extra) => store.write('settle', { ...about, ...extra });
}

export function suppressionContract(engine: Engine): void {
  describe(`${engine.name}: addresses that are not written to`, () => {
    test('an answer stops one account until its time, and tells what was answered', async (t) => {
      const store = await engine.open(t);
      await store.write('suppress', { entries: [ANSWER] });
      assert.deepEqual(await of(store, 'alice'), ANSWER);
      assert.equal(await of(store, 'carol'), undefined);
      assert.equal(await of(store, 'alice', NOW + 100), undefined);
      assert.equal(
        await store.read('suppressionOf', { account: 'alice', address: 'other@b.test', now: NOW }),
        undefined,
      );
    });

    test('that the account was told is kept until the next answer', async (t) => {
      const store = await engine.open(t);
      await store.write('suppress', { entries: [ANSWER] });
      await store.write('toldSuppressed', { account: 'alice', address: 'bob@b.test', at: NOW + 1 });
      assert.deepEqual(await of(store, 'alice'), { ...ANSWER, toldAt: NOW + 1 });
      await store.write('suppress', { entries: [{ ...ANSWER, at: NOW + 2 }] });
      assert.deepEqual(await of(store, 'alice'), { ...ANSWER, at: NOW + 2 });
    });

    test("the keeper's word is for everybody or for one, has no end of its own, and no answer replaces it", async (t) => {
      const store = await engine.open(t);
      await store.write('suppress', { entries: [KEEPER, ANSWER] });
      assert.deepEqual(await of(store, 'alice', NOW * 9), KEEPER);
      assert.deepEqual(await of(store, 'alice'), KEEPER);
      assert.deepEqual(await of(store, 'carol'), KEEPER);
      const forAlice: Suppression = { ...KEEPER, account: 'alice' };
      await store.write('suppress', { entries: [forAlice] });
      await store.write('suppress', { entries: [ANSWER] });
      assert.equal(await store.write('removeSuppressions', { address: 'bob@b.test', account: '' }), 1);
      assert.deepEqual(await of(store, 'alice'), forAlice);
      await store.write('toldSuppressed', { account: 'alice', address: 'bob@b.test', at: NOW + 1 });
      assert.deepEqual(await of(store, 'alice'), forAlice);
    });

    test('they are listed page by page, of one account or of everybody, and removed', async (t) => {
      const store = await engine.open(t);
      const carol: Suppression = { ...ANSWER, account: 'carol' };
      const other: Suppression = { ...ANSWER, address: 'a@b.test' };
      await store.write('suppress', {
        entries: [ANSWER, carol, other, KEEPER, { ...other, account: 'x', until: NOW }],
      });
      const list = async (more: object): Promise<string> =>
        (await store.read('listSuppressions', { now: NOW, limit: 10, ...more }))
          .map(({ account, address }) => `${account ?? '*'} ${address}`)
          .join(', ');
      assert.equal(await list({}), 'alice a@b.test, * bob@b.test, alice bob@b.test, carol bob@b.test');
      assert.equal(await list({ limit: 1, after: KEEPER }), 'alice bob@b.test');
      assert.equal(await list({ account: 'alice' }), 'alice a@b.test, alice bob@b.test');
      assert.equal(await list({ account: null }), '* bob@b.test');
      assert.equal(await store.write('removeSuppressions', { address: 'bob@b.test', account: 'carol' }), 1);
      assert.equal(await store.write('removeSuppressions', { address: 'bob@b.test' }), 2);
      assert.equal(await list({}), 'alice a@b.test');
    });

    test('they are swept when they have ended, and go with their account', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      await store.write('suppress', { entries: [{ ...ANSWER, account }, ANSWER, KEEPER] });
      await store.write('closeAccount', { account, at: NOW });
      await store.write('purgeAccount', { account, at: NOW, limit: 10 });
      assert.deepEqual(await of(store, account), KEEPER);
      assert.equal(await store.write('sweepSuppressions', { before: NOW + 100, limit: 9 }), false);
      assert.ok(await of(store, 'alice'));
      assert.equal(await store.write('sweepSuppressions', { before: NOW + 101, limit: 1 }), true);
      assert.deepEqual(await of(store, 'alice'), KEEPER);
    });

    test('a settlement makes them and lifts them in its commit, but for those of the keeper', async (t) => {
      const store = await engine.open(t);
      const settle = await claimed(store);
      await store.write('suppress', {
        entries: [
          { ...ANSWER, address: 'there@b.test' },
          { ...KEEPER, account: 'alice', address: 'kept@b.test' },
        ],
      });
      const lift = { account: 'alice', addresses: ['there@b.test', 'kept@b.test', 'never@b.test'] };
      assert.equal(await settle({ suppress: [ANSWER], lift }), 'done');
      const left = await store.read('listSuppressions', { now: NOW, limit: 9 });
      assert.deepEqual(
        left.map(({ address, madeBy }) => [address, madeBy]),
        [
          ['bob@b.test', 'answer'],
          ['kept@b.test', 'keeper'],
        ],
      );
    });
  });

  describe(`${engine.name}: notes to the postmaster`, () => {
    const told = (message: string): NewNote['told'] => [
      { message, n: 1, at: NOW, facts: { kind: 'unreported', why: 'a note' } },
    ];

    test('a note is written with the settlement, or what it is about is counted', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const note = (): Promise<AcceptParams> => messageParams(store, account);
      const notes = async (): Promise<number> => (await store.read('account', { id: account }))?.usedMessages ?? 0;
      assert.equal(await store.read('lastNote', {}), undefined);
      await (
        await claimed(store)
      )({
        note: { since: undefined, accept: await note(), count: 1, told: told('a') },
      });
      assert.equal(await notes(), 1);
      assert.equal((await store.read('events', { message: 'a' })).length, 1);
      assert.deepEqual(await store.read('lastNote', {}), { at: NOW, untold: 0 });
      await (
        await claimed(store)
      )({ note: { since: { at: NOW, untold: 0 }, count: 3, told: [] } });
      assert.deepEqual(await store.read('lastNote', {}), { at: NOW, untold: 3 });
    });

    test('of two that were composed at once one is written; the other is counted for the next', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const first = await claimed(store);
      const second = await claimed(store);
      const note = async (message: string): Promise<NewNote> => {
        return { since: undefined, accept: await messageParams(store, account), count: 2, told: told(message) };
      };
      await first({ note: await note('a') });
      await second({ note: await note('b') });
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 1);
      assert.deepEqual(await store.read('events', { message: 'b' }), []);
      assert.deepEqual(await store.read('lastNote', {}), { at: NOW, untold: 2 });
    });
  });
}
