/** Claims, leases, settlements, an operator's hand, listings. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import { StoreError } from '../store.ts';
import type { NewDelivery } from '../message.ts';
import type { Claim, SettledDelivery } from '../queue.ts';
import type { Store } from '../store.ts';
import { addAccount, claimReady, contentOf, messageParams, newDelivery, newMessage } from '../testing.ts';
import type { ClaimReady } from '../testing.ts';
import { here } from './maildrop.ts';

const NOW = 1_000_000;

async function enqueue(store: Store, deliveries: readonly Partial<NewDelivery>[], id?: string): Promise<string> {
  const message = newMessage(await contentOf(store, 'x\r\n'), id === undefined ? {} : { id });
  const all = deliveries.map((delivery, i) => newDelivery({ n: i + 1, nextAt: NOW, ...delivery }));
  await store.write('accept', { message, emails: [], deliveries: all, events: [] });
  return message.id;
}

const claim = (store: Store, changes: Partial<ClaimReady> = {}): Promise<readonly Claim[]> =>
  claimReady(store, { now: NOW, process: here, ...changes });

const LONGEST = 14_400_000;

/** When the first destination is ready. */
const next = (store: Store): Promise<number | undefined> => store.read('nextReady', { after: 0 });

async function ready(store: Store, now = NOW): Promise<string> {
  const found = await store.read('readyDestinations', { now, limit: 10 });
  return found.map(({ destination, standing }) => `${destination} ${standing}`).join(', ');
}

function settle(
  store: Store,
  message: string,
  deliveries: readonly SettledDelivery[],
  token = 'run',
): ReturnType<typeof store.write<'settle'>> {
  return store.write('settle', { token, message, at: NOW + 9, deliveries, attempts: [], events: [], reports: [] });
}

const numbers = (claims: readonly Claim[]): readonly (readonly number[])[] =>
  claims.map(({ deliveries }) => deliveries.map(({ n }) => n));

async function stateOf(store: Store, message: string): Promise<readonly string[]> {
  return (await store.read('deliveries', { message })).map(({ state }) => state);
}

export function queueContract(engine: Engine): void {
  describe(`${engine.name}: the queue`, () => {
    test('a claim takes the due recipients of one message at one destination, and commits attempt and next time', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, { recipient: 'd@c.test' }, { destination: 'd.test' }, { nextAt: NOW + 1 }]);
      const claims = await claim(store);
      assert.deepEqual(numbers(claims), [[1, 2], [3]]);
      assert.equal(claims[0]!.message.id, id);
      assert.equal(claims[0]!.destination, 'c.test');
      assert.equal(claims[0]!.deliveries[0]!.attempts, 1);
      assert.equal(claims[0]!.deliveries[0]!.nextAt, NOW + 60);
      assert.deepEqual(await stateOf(store, id), ['sending', 'sending', 'sending', 'waiting']);
      assert.deepEqual(await claim(store, { token: 'other' }), []);
      assert.equal(await next(store), NOW + 1);
      assert.equal(await store.read('nextReady', { after: NOW + 1 }), undefined);
    });

    test('destinations are ready in the order of their oldest due, and give as many claims as are asked for, the oldest first', async (t) => {
      const store = await engine.open(t);
      const late = await enqueue(store, [{ nextAt: NOW - 1 }]);
      await enqueue(store, [{ nextAt: NOW - 5, destination: 'd.test' }]);
      const middle = await enqueue(store, [{ nextAt: NOW - 3 }]);
      await enqueue(store, [{ nextAt: NOW + 1, destination: 'e.test' }]);
      assert.equal(await ready(store), 'd.test unknown, c.test unknown');
      const params = { token: 'run', process: here, dueBy: NOW, retryAt: [NOW + 60] };
      const take = async (destination: string, claims: number): Promise<readonly string[]> =>
        (await store.write('claimDue', { ...params, from: [{ destination, claims }] })).map(
          ({ message }) => message.id,
        );
      assert.deepEqual(await take('c.test', 1), [middle]);
      assert.deepEqual(await take('c.test', 5), [late]);
      assert.deepEqual(await take('c.test', 5), []);
      assert.deepEqual(await take('nobody.test', 5), []);
      assert.deepEqual(await take('e.test', 5), []);
      assert.equal(await ready(store), 'd.test unknown');
    });

    test('what was learned of a destination is kept, a pause holds it back, and is forgotten when it is old', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, { recipient: 'more@c.test', nextAt: NOW + 2 }]);
      await claim(store);
      const learned = { destination: 'c.test', standing: 'troubled', notBefore: NOW + 50 } as const;
      const deliveries = [{ n: 1, state: 'waiting', nextAt: NOW + 7 }] as const;
      const settlement = { token: 'run', message: id, at: NOW, deliveries, attempts: [], events: [], reports: [] };
      await store.write('settle', { ...settlement, learned });
      assert.equal(await next(store), NOW + 50);
      assert.equal(await ready(store, NOW + 49), '');
      assert.equal(await ready(store, NOW + 50), 'c.test troubled');
      const listed = (await store.read('listQueue', { filter: { message: id }, limit: 9 })).map((one) => one.delivery);
      for (const shown of [listed, await store.read('deliveries', { message: id })])
        assert.deepEqual(
          shown.map(({ pausedUntil }) => pausedUntil),
          [NOW + 50, NOW + 50],
        );
      await enqueue(store, [{ nextAt: NOW }]);
      assert.equal(await ready(store, NOW + 49), '', 'new mail does not end the pause');
      assert.equal((await claim(store, { now: NOW + 50 })).length, 2);
      assert.equal(await store.write('forgetDestinations', { before: NOW, limit: 9 }), false);
      await enqueue(store, [{}]);
      assert.equal(await ready(store, NOW + 50), 'c.test troubled', 'it is remembered while nothing is due');
      await claim(store, { now: NOW + 50 });
      await store.write('forgetDestinations', { before: NOW + 1, limit: 9 });
      await enqueue(store, [{}]);
      assert.equal(await ready(store), 'c.test unknown');
    });

    test('a person who wants it tried now ends the pause', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, {}]);
      await claim(store);
      const learned = { destination: 'c.test', standing: 'troubled', notBefore: NOW + 50 } as const;
      const deliveries = [1, 2].map((n) => ({ n, state: 'waiting', nextAt: NOW }) as const);
      const settlement = { token: 'run', message: id, at: NOW, deliveries, attempts: [], events: [], reports: [] };
      await store.write('settle', { ...settlement, learned });
      const change = { message: id, numbers: [2], at: NOW, events: [] };
      await store.write('changeDeliveries', { ...change, action: 'hold' });
      assert.equal(await ready(store), '');
      await store.write('changeDeliveries', { ...change, action: 'release' });
      assert.equal(await ready(store), 'c.test troubled');
    });

    test('250 recipients at one destination are claimed a hundred at a time', async (t) => {
      const store = await engine.open(t);
      await enqueue(
        store,
        Array.from({ length: 250 }, () => ({})),
      );
      assert.deepEqual(
        numbers(await claim(store)).map(({ length }) => length),
        [100, 100, 50],
      );
    });

    test('the retry times follow the attempts made; the last repeats', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}]);
      for (const [now, next] of [
        [NOW, NOW + 60],
        [NOW + 60, NOW + 300],
        [NOW + 300, NOW + 300],
      ] as const) {
        const [one] = await claim(store, { now, retryAt: [NOW + 60, NOW + 300] });
        assert.equal(one!.deliveries[0]!.nextAt, next);
        assert.equal(await settle(store, id, [{ n: 1, state: 'waiting', lastReply: '451 later' }]), 'done');
        assert.equal((await store.read('deliveries', { message: id }))[0]!.nextAt, next);
      }
      const [delivery] = await store.read('deliveries', { message: id });
      assert.equal(delivery!.attempts, 3);
      assert.equal(delivery!.lastReply, '451 later');
    });

    test('a waiting delivery further away than the longest step is brought back, also behind a nearer one; a held one is not', async (t) => {
      const store = await engine.open(t);
      const far = NOW + LONGEST + 1;
      await enqueue(store, [{ nextAt: far }, { nextAt: NOW + 5, recipient: 'near@c.test' }]);
      await enqueue(store, [{ nextAt: far, state: 'held', destination: 'd.test' }]);
      const clock = { now: NOW, longest: LONGEST };
      assert.equal(await store.read('hasAstray', { ...clock, now: NOW + 1 }), false);
      assert.equal(await store.read('hasAstray', clock), true);
      assert.deepEqual(await claim(store), []);
      await store.write('bringBack', clock);
      assert.equal(await store.read('hasAstray', clock), false);
      assert.deepEqual(numbers(await claim(store)), [[1]]);
    });

    test('a pause that ends further away than the longest step is over', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}]);
      await claim(store);
      const learned = { destination: 'c.test', standing: 'troubled', notBefore: NOW + LONGEST + 1 } as const;
      const deliveries = [{ n: 1, state: 'waiting', nextAt: NOW }] as const;
      const settlement = { token: 'run', message: id, at: NOW, deliveries, attempts: [], events: [], reports: [] };
      await store.write('settle', { ...settlement, learned });
      const clock = { now: NOW, longest: LONGEST };
      assert.equal(await store.read('hasAstray', clock), true);
      await store.write('bringBack', clock);
      assert.equal(await store.read('hasAstray', clock), false);
      assert.equal(await ready(store), 'c.test troubled');
    });

    test('a held delivery is due at its time, or never without one', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [
        { state: 'held', nextAt: NOW },
        { state: 'held', nextAt: 0 },
      ]);
      assert.deepEqual(numbers(await claim(store)), [[1]]);
      assert.deepEqual(await stateOf(store, id), ['sending', 'held']);
    });

    test('settling ends deliveries, keeps the attempts, files the report and lets the content go, in one commit', async (t) => {
      const store = await engine.open(t);
      const account = await addAccount(store);
      const id = await enqueue(store, [{}, {}]);
      await claim(store);
      const report = await messageParams(store, account);
      const attempts = [
        { n: 1, attempt: 1, host: 'mx1', problem: undefined, startedAt: 1, endedAt: 2 },
        {
          n: 1,
          attempt: 1,
          host: 'mx2',
          ip: '192.0.2.9',
          port: 25,
          tls: 'TLSv1.3',
          reply: '550 no',
          startedAt: 2,
          endedAt: 3,
        },
      ].map(({ problem: _, ...attempt }) => attempt);
      const deliveries = [
        { n: 1, state: 'failed', lastReply: '550 no' },
        { n: 2, state: 'relayed' },
      ] as const;
      const facts = { kind: 'unreported', why: 'x' } as const;
      const params = {
        token: 'run',
        message: id,
        at: NOW + 9,
        deliveries,
        attempts,
        events: [{ message: id, at: 1, facts }],
        reports: [report],
      };
      assert.equal(await store.write('settle', params), 'done');
      assert.deepEqual(await store.read('attempts', { message: id }), attempts);
      assert.deepEqual(await stateOf(store, id), ['failed', 'relayed']);
      assert.equal((await store.read('deliveries', { message: id }))[0]!.endedAt, NOW + 9);
      assert.equal((await store.read('account', { id: account }))?.usedMessages, 1);
      assert.equal((await store.read('events', { message: id })).length, 1);
      assert.deepEqual((await store.read('findMessages', { id }))[0]!.content.place, { kind: 'file', name: '' });
      assert.equal(await store.write('settle', params), 'lost');
      assert.equal((await store.read('attempts', { message: id })).length, 2);
    });

    test('a lost lease changes nothing: a wrong token, a freed claim, one delivery among several', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, { destination: 'd.test', nextAt: NOW + 99 }]);
      await claim(store);
      assert.equal(await settle(store, id, [{ n: 1, state: 'relayed' }], 'wrong'), 'lost');
      assert.equal(
        await settle(store, id, [
          { n: 1, state: 'relayed' },
          { n: 2, state: 'relayed' },
        ]),
        'lost',
      );
      assert.deepEqual(await stateOf(store, id), ['sending', 'waiting']);
      assert.deepEqual(await store.write('freeProcesses', { gone: [here], at: 5 }), { maildrops: 0, deliveries: 1 });
      assert.deepEqual(
        (await store.read('events', { message: id })).map(({ n, at, facts }) => ({ n, at, facts })),
        [
          {
            n: 1,
            at: 5,
            facts: {
              kind: 'interrupted',
              attempt: 1,
              recipient: 'carol@c.test',
              destination: 'c.test',
              nextAt: NOW + 60,
            },
          },
        ],
      );
      assert.equal(await settle(store, id, [{ n: 1, state: 'relayed' }]), 'lost');
      assert.equal(await next(store), NOW + 60);
    });

    test('a report for an account that is gone undoes the whole settlement', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}]);
      await claim(store);
      const reports = [await messageParams(store, 'nobody')];
      const params = {
        token: 'run',
        message: id,
        at: 1,
        deliveries: [{ n: 1, state: 'failed' }] as const,
        attempts: [],
        events: [],
        reports,
      };
      await assert.rejects(store.write('settle', params), StoreError);
      assert.deepEqual(await stateOf(store, id), ['sending']);
    });

    test('unsure keeps the content until a person decides', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{ onUnsure: 'ask' }]);
      await claim(store);
      await settle(store, id, [{ n: 1, state: 'unsure' }]);
      assert.equal((await store.read('findMessages', { id }))[0]!.content.place.kind, 'inline');
      assert.deepEqual(await claim(store, { now: NOW + 999 }), []);
      const change = { message: id, numbers: [1], action: 'retry', at: NOW + 50, events: [] } as const;
      assert.deepEqual(await store.write('changeDeliveries', change), [1]);
      assert.deepEqual(numbers(await claim(store, { now: NOW + 50 })), [[1]]);
    });

    test('hold, release, retry and drop change what they may, and leave sending and ended ones alone', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [
        { destination: 'sending.test' },
        { nextAt: NOW + 99 },
        { state: 'held', nextAt: 0 },
      ]);
      await claim(store);
      const all = {
        message: id,
        numbers: [1, 2, 3, 4],
        at: NOW + 7,
        events: [{ message: id, n: 1, at: 1, facts: { kind: 'operator', action: 'x' } as const }],
      };
      assert.deepEqual(await store.write('changeDeliveries', { ...all, action: 'hold' }), [2]);
      assert.equal(await next(store), undefined);
      assert.deepEqual(await store.write('changeDeliveries', { ...all, action: 'release', numbers: [3] }), [3]);
      assert.equal(await next(store), NOW + 7);
      assert.deepEqual(await store.write('changeDeliveries', { ...all, action: 'release' }), [2]);
      assert.deepEqual(await store.write('changeDeliveries', { ...all, action: 'retry' }), [2, 3]);
      assert.deepEqual(await store.read('events', { message: id }), []);
      assert.deepEqual(await store.write('changeDeliveries', { ...all, action: 'drop' }), [2, 3]);
      assert.deepEqual(await store.write('changeDeliveries', { ...all, action: 'retry' }), []);
      assert.deepEqual(await stateOf(store, id), ['sending', 'dropped', 'dropped']);
      assert.equal(await settle(store, id, [{ n: 1, state: 'dropped' }]), 'done');
      assert.equal((await store.read('findMessages', { id }))[0]!.content.place.kind, 'file');
    });

    test('an operator claims what nobody is sending; a crash puts back what it was', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{ nextAt: NOW + 99 }, { state: 'held', nextAt: 0 }, { destination: 'd.test' }]);
      await claim(store);
      const operator = { ...here, pid: 2 };
      const claimed = await store.write('claimForOperator', {
        token: 'op',
        process: operator,
        message: id,
        numbers: [1, 2, 3],
      });
      assert.deepEqual(
        claimed?.deliveries.map(({ n, attempts }) => [n, attempts]),
        [
          [1, 0],
          [2, 0],
        ],
      );
      assert.equal(
        await store.write('claimForOperator', { token: 'o2', process: operator, message: id, numbers: [1] }),
        undefined,
      );
      assert.equal((await store.write('freeProcesses', { gone: [operator], at: 5 })).deliveries, 2);
      assert.deepEqual(await stateOf(store, id), ['waiting', 'held', 'sending']);
      assert.equal(await next(store), NOW + 99);
    });

    test('the queue is listed in order, page by page, by what the filter says', async (t) => {
      const store = await engine.open(t);
      const ids = ['a', 'b', 'c'].map((letter) => `01${letter.repeat(24)}`);
      await enqueue(store, [{}, { recipient: 'x@D.test', destination: 'relay.test' }], ids[0]);
      await enqueue(store, [{ state: 'held', nextAt: 0 }], ids[1]);
      await enqueue(store, [{ destination: 'ended.test' }], ids[2]);
      await store.write('changeDeliveries', { message: ids[2]!, numbers: [1], action: 'drop', at: 1, events: [] });
      const list = async (filter: object, after?: { message: string; n: number }, limit = 10): Promise<string> =>
        (await store.read('listQueue', { filter, limit, ...(after === undefined ? {} : { after }) }))
          .map((e) => `${e.message[2] ?? ''}${String(e.delivery.n)}`)
          .join(' ');
      assert.equal(await list({}), 'a1 a2 b1');
      assert.equal(await list({}, { message: ids[0]!, n: 1 }, 1), 'a2');
      assert.equal(await list({ domain: 'd.test' }), 'a2');
      assert.equal(await list({ domain: 'relay.test' }), 'a2');
      assert.equal(await list({ states: ['held'] }), 'b1');
      assert.equal(await list({ states: ['dropped', 'held'] }), 'b1 c1');
      assert.equal(await list({ states: [] }), '');
      assert.equal(await list({ message: ids[1] }), 'b1');
      assert.equal(await list({ sender: 'SENDER@a.test' }), 'a1 a2 b1');
      assert.equal(await list({ sender: '@a.test' }), 'a1 a2 b1');
      assert.equal(await list({ sender: '@%' }), '');
      assert.equal(await list({ sender: '' }), '');
      assert.equal(await list({ receivedBefore: 1 }), '');
    });

    test('the queue is counted in groups that stand alike, by the same filter', async (t) => {
      const store = await engine.open(t);
      const ids = ['a', 'b', 'c'].map((letter) => `01${letter.repeat(24)}`);
      await enqueue(store, [{}, {}, { destination: 'later.test', nextAt: NOW + 7 }], ids[0]);
      await enqueue(
        store,
        [
          { state: 'held', nextAt: 0 },
          { state: 'held', nextAt: NOW + 5 },
        ],
        ids[1],
      );
      await claim(store);
      await settle(store, ids[0]!, [
        { n: 1, state: 'waiting', lastReply: '451 later', reason: 'later', nextAt: NOW + 9 },
        { n: 2, state: 'relayed' },
      ]);
      const groups = async (filter: object): Promise<readonly string[]> =>
        (await store.read('queueGroups', { filter }))
          .map((g) => `${g.count} ${g.state} ${String(g.timed)} ${g.reason ?? '-'} ${g.nextAt ?? '-'}`)
          .toSorted();
      const all = [
        '1 held false - -',
        `1 held true - ${NOW + 5}`,
        `1 waiting false - ${NOW + 7}`,
        `1 waiting false later ${NOW + 9}`,
      ];
      assert.deepEqual(await groups({}), all);
      assert.deepEqual(await groups({ sender: '@a.test', receivedBefore: 9e12 }), all);
      assert.deepEqual(await groups({ receivedBefore: 1 }), []);
      assert.deepEqual(await groups({ states: ['relayed'] }), ['1 relayed false - -']);
      assert.deepEqual(await groups({ reason: 'later' }), [all[3]]);
      assert.deepEqual(await groups({ reason: null, states: ['waiting'] }), [all[2]]);
      assert.deepEqual(await groups({ states: ['held'], timed: true }), [all[1]]);
      const [first] = await store.read('queueGroups', { filter: { message: ids[1]!, states: ['held'] } });
      assert.equal(first?.oldestAt, (await store.read('findMessages', { id: ids[1]! }))[0]?.receivedAt);
    });
  });
}
