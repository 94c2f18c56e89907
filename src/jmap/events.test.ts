import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { addAccount, eventually, messageParams } from '../store/testing.ts';
import type { EventWishes, PushEvent } from './index.ts';
import { testJmap } from './testing.ts';
import type { TestJmap } from './testing.ts';

interface World extends TestJmap {
  /** What arrives, from now on; closed after the test. */
  listen(wishes?: Partial<EventWishes>): Promise<Listener>;
  deliver(account?: string): Promise<void>;
  state(): Promise<string>;
}

interface Listener {
  readonly events: PushEvent[];
  readonly ended: Promise<void>;
  close(): void;
}

async function world(t: TestContext): Promise<World> {
  const parts = await testJmap(t);
  const { jmap, store, account } = parts;
  const closing: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const close of closing) await close();
  });
  const listen: World['listen'] = async (wishes = {}) => {
    const { signal, abort } = new (class {
      readonly #controller = new AbortController();
      readonly signal = this.#controller.signal;
      abort = (): void => this.#controller.abort();
    })();
    const events: PushEvent[] = [];
    const source = jmap.events(account, { types: '*', closeafter: 'no', ping: 0, signal, ...wishes });
    const ended = (async () => {
      for await (const event of source) events.push(event);
    })();
    closing.push(async () => {
      abort();
      await ended;
    });
    // It has looked at the states of now once that read is done.
    await store.read('mailState', { account: account.id });
    await new Promise((resolve) => setImmediate(resolve));
    return { events, ended, close: abort };
  };
  return {
    ...parts,
    listen,
    deliver: async (to = account.id) => store.write('accept', await messageParams(store, to)),
    state: async () => (await parts.ok('Mailbox/get', { ids: [] }))['state'],
  };
}

test('a change is pushed with the states of now, once for all that changed [8620-7.1-state-change] [8620-7.3-state]', async (t) => {
  const { listen, deliver, state, account } = await world(t);
  const { events } = await listen();
  await deliver();
  await eventually(() => events.length > 0);
  const now = await state();
  const [event] = events;
  assert.ok(event?.event === 'state');
  const { '@type': type, changed } = event.data;
  assert.equal(type, 'StateChange');
  assert.deepEqual(Object.keys(changed), [account.id]);
  assert.deepEqual([changed[account.id]?.['Mailbox'], changed[account.id]?.['Thread']], [now, now]);
});

test('nothing is pushed where nothing changed, nor of types that were not wished for [8620-7.3-types]', async (t) => {
  const { listen, deliver, store, account } = await world(t);
  const other = await addAccount(store, 'eve');
  const all = await listen();
  const threads = await listen({ types: ['Thread', 'Nonsense'] });
  const none = await listen({ types: ['Nonsense'] });
  await deliver(other);
  await store.write('setSetting', { name: 'x', value: '1' });
  assert.deepEqual([all.events, threads.events], [[], []]);
  await deliver();
  await eventually(() => threads.events.length > 0 && all.events.length > 0);
  const [event] = threads.events;
  assert.deepEqual(event?.event === 'state' && Object.keys(event.data.changed[account.id] ?? {}), ['Thread']);
  assert.deepEqual([all.events.length, threads.events.length, none.events.length], [1, 1, 0]);
});

test('EmailDelivery changes when an email came, and then only [8621-1.5-email-delivery]', async (t) => {
  const { listen, deliver, ok, account } = await world(t);
  const { events } = await listen();
  const told = (): boolean => {
    const event = events.at(-1);
    return event?.event === 'state' && 'EmailDelivery' in (event.data.changed[account.id] ?? {});
  };
  await deliver();
  await eventually(() => events.length === 1);
  assert.equal(told(), true);
  await ok('Mailbox/set', { create: { k: { name: 'x' } } });
  await eventually(() => events.length === 2);
  assert.equal(told(), false);
});

test('with closeafter it ends behind the first state [8620-7.3-closeafter]', async (t) => {
  const { listen, deliver } = await world(t);
  const { events, ended } = await listen({ closeafter: 'state' });
  await deliver();
  await ended;
  assert.equal(events.length, 1);
});

test('who comes back is told at once what was missed [8620-7.3-last-event-id]', async (t) => {
  const { listen, deliver } = await world(t);
  const first = await listen({ closeafter: 'state' });
  await deliver();
  await first.ended;
  const [event] = first.events;
  assert.ok(event?.event === 'state');
  const current = await listen({ lastEventId: event.id });
  await deliver();
  await eventually(() => current.events.length === 1);
  const late = await listen({ lastEventId: event.id, closeafter: 'state' });
  await late.ended;
  assert.deepEqual(late.events, current.events);
  const odd = await listen({ lastEventId: 'nonsense \n' });
  assert.deepEqual(odd.events, []);
});

test('pings come when nothing else did, in an interval that is told [8620-7.3-ping]', async (t) => {
  const { listen, deliver, clock } = await world(t);
  const { events, close, ended } = await listen({ ping: 30 });
  await clock.advance(29_000);
  assert.equal(events.length, 0);
  await clock.advance(1_000);
  assert.deepEqual(events, [{ event: 'ping', data: { interval: 30 } }]);
  await clock.advance(20_000);
  await deliver();
  await eventually(() => events.length === 2);
  await clock.advance(29_000);
  assert.equal(events.length, 2);
  await clock.advance(1_000);
  assert.equal(events.at(-1)?.event, 'ping');
  const timers = clock.pending;
  close();
  await ended;
  assert.equal(clock.pending, timers - 1);
  const long = await listen({ ping: 1_000_000 });
  await clock.advance(3_600_000);
  assert.deepEqual(long.events, [{ event: 'ping', data: { interval: 3_600 } }]);
});
