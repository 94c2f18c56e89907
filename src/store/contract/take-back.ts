/** A message asked back: by state, by owner, and what a runner may settle afterwards. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../contract.ts';
import type { NewDelivery, NewMessage } from '../message.ts';
import type { Store } from '../store.ts';
import type { TakenBackDelivery } from '../take-back.ts';
import { claimReady, contentOf, newDelivery, newMessage } from '../testing.ts';
import { here } from './maildrop.ts';

const NOW = 1_000_000;
const KEEPER = { by: 'keeper' } as const;

async function enqueue(
  store: Store,
  deliveries: readonly Partial<NewDelivery>[],
  changes: Partial<NewMessage> = {},
): Promise<string> {
  const message = newMessage(await contentOf(store, 'x\r\n'), changes);
  const all = deliveries.map((delivery, i) => newDelivery({ n: i + 1, nextAt: NOW, ...delivery }));
  await store.write('accept', { message, emails: [], deliveries: all, events: [] });
  return message.id;
}

const claim = (store: Store, now = NOW): Promise<unknown> =>
  claimReady(store, { process: here, now, retryAt: [NOW + 60] });

type Settled = Parameters<typeof settle>[2][number];

function settle(
  store: Store,
  message: string,
  deliveries: readonly {
    readonly n: number;
    readonly state: 'relayed' | 'failed' | 'waiting' | 'unsure' | 'dropped';
    readonly mayHaveLeft?: true;
  }[],
): ReturnType<typeof store.write<'settle'>> {
  const params = { token: 'run', message, at: NOW + 9, deliveries, attempts: [], events: [], reports: [] };
  return store.write('settle', params);
}

async function back(store: Store, message: string, numbers?: readonly number[]): Promise<string> {
  const about = { message, at: NOW + 5, by: KEEPER, ...(numbers === undefined ? {} : { numbers }) };
  const answer = await store.write('takeBack', about);
  return typeof answer === 'string' ? answer : answer.map(inShort).join(' ');
}

const inShort = ({ n, answer }: TakenBackDelivery): string => `${n}:${answer}`;

async function states(store: Store, message: string): Promise<string> {
  return (await store.read('deliveries', { message })).map(({ state }) => state).join(' ');
}

export function takeBackContract(engine: Engine): void {
  describe(`${engine.name}: taking a message back`, () => {
    test('what waits or is held stops, content and due time go with it, and it is told once', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, { state: 'held', nextAt: 0 }, { state: 'held', nextAt: NOW + 99 }]);
      assert.equal(await back(store, id), '1:stopped 2:stopped 3:stopped');
      assert.equal(await states(store, id), 'dropped dropped dropped');
      assert.equal(await store.read('nextReady', { after: 0 }), undefined);
      assert.deepEqual((await store.read('findMessages', { id }))[0]?.content.place, { kind: 'file', name: '' });
      assert.equal(await back(store, id), '1:stopped 2:stopped 3:stopped');
      const events = await store.read('events', { message: id });
      assert.deepEqual(
        events.map(({ n, facts }) => ({ n, facts })),
        [1, 2, 3].map((n) => ({ n, facts: { kind: 'taken-back', by: 'keeper', answer: 'stopped' } })),
      );
    });

    test('one delivery of several, and nobody but the account that submitted it', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, {}], { account: 'alice' });
      const order = { message: id, at: NOW, by: { by: 'sender', name: 'bob' } } as const;
      assert.equal(await store.write('takeBack', { ...order, account: 'bob' }), 'not-yours');
      assert.equal(await store.write('takeBack', { ...order, message: 'none' }), 'missing');
      assert.equal(await states(store, id), 'waiting waiting');
      assert.equal(await back(store, id, [2, 9]), '2:stopped');
      assert.equal(await states(store, id), 'waiting dropped');
      const answer = await store.write('takeBack', { ...order, account: 'alice' });
      assert.ok(typeof answer !== 'string');
      assert.deepEqual(answer.map(inShort), ['1:stopped', '2:stopped']);
    });

    test('what is being sent is asked to stop: it may end as relayed or dropped, and not wait again', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, {}, {}, {}]);
      await claim(store);
      assert.equal(await back(store, id, [1, 2, 3]), '1:leaving 2:leaving 3:leaving');
      assert.equal(await states(store, id), 'sending sending sending sending');
      const outcomes: readonly Settled[] = [
        { n: 1, state: 'relayed' },
        { n: 2, state: 'waiting' },
        { n: 3, state: 'failed' },
        { n: 4, state: 'waiting' },
      ];
      assert.deepEqual(await settle(store, id, outcomes), { stop: [2, 3] });
      assert.equal(await states(store, id), 'sending sending sending sending');
      const stopped = outcomes.map((one) => (one.n === 2 || one.n === 3 ? { ...one, state: 'dropped' as const } : one));
      assert.equal(await settle(store, id, stopped), 'done');
      assert.equal(await states(store, id), 'relayed dropped dropped waiting');
      assert.equal(await back(store, id), '1:left 2:stopped 3:stopped 4:stopped');
    });

    test('asked again while it is being sent, it is no news', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}]);
      await claim(store);
      assert.equal(await back(store, id), '1:leaving');
      assert.equal(await back(store, id), '1:leaving');
      assert.equal((await store.read('events', { message: id })).length, 1);
      assert.equal((await store.read('deliveries', { message: id }))[0]?.stopRequestedAt, NOW + 5);
    });

    test('an attempt that nobody knows the end of leaves a doubt, however often it was tried since', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, {}, {}]);
      await claim(store);
      await settle(store, id, [
        { n: 1, state: 'waiting', mayHaveLeft: true },
        { n: 2, state: 'unsure' },
        { n: 3, state: 'waiting' },
      ]);
      await claim(store, NOW + 60);
      await settle(store, id, [
        { n: 1, state: 'waiting' },
        { n: 3, state: 'waiting' },
      ]);
      assert.equal(await back(store, id), '1:unknown 2:unknown 3:stopped');
      assert.equal(await back(store, id), '1:unknown 2:unknown 3:stopped');
    });

    test('a crash while it is being sent: asked back it ends, else it waits; either way nobody knows whether it left', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, {}]);
      await claim(store);
      await back(store, id, [1]);
      assert.equal((await store.write('freeProcesses', { gone: [here], at: NOW + 7 })).deliveries, 2);
      assert.equal(await states(store, id), 'dropped waiting');
      assert.equal((await store.read('deliveries', { message: id }))[0]?.endedAt, NOW + 7);
      const events = await store.read('events', { message: id });
      assert.deepEqual(events.find(({ n, at }) => n === 1 && at === NOW + 7)?.facts, {
        kind: 'stopped',
        mayHaveLeft: true,
      });
      assert.equal(await back(store, id), '1:unknown 2:unknown');
      assert.deepEqual((await store.read('findMessages', { id }))[0]?.content.place, { kind: 'file', name: '' });
    });

    test('what has ended stays as it is', async (t) => {
      const store = await engine.open(t);
      const id = await enqueue(store, [{}, {}]);
      await claim(store);
      await settle(store, id, [
        { n: 1, state: 'relayed' },
        { n: 2, state: 'failed' },
      ]);
      assert.equal(await back(store, id), '1:left 2:failed');
      assert.deepEqual(await store.read('events', { message: id }), []);
    });
  });
}
