import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testDirectory } from '../accounts/testing.ts';
import type { TestDirectory } from '../accounts/testing.ts';
import { silentLog, thisProcess } from '../base/index.ts';
import { settle } from '../base/testing.ts';
import { openComposer, openHeldMail } from '../intake/index.ts';
import { reply } from '../mail/index.ts';
import type { AttemptResult, Outbound, RecipientOutcome } from '../outbound/index.ts';
import type { NewDelivery, QueueEntry, Store } from '../store/index.ts';
import { contentOf, newDelivery, newMessage, textOf } from '../store/testing.ts';
import { EVERY_STATE } from './operator.ts';
import { startRunner } from './runner.ts';
import type { QueueSettings, Runner } from './runner.ts';

type Outcome = RecipientOutcome['outcome'];
/** `dead`: nobody answers there. `patience`: a 421. */
type Answer = Outcome | 'dead' | 'patience';
type Job = Parameters<Outbound['attempt']>[0];

/** How an outcome looks that says something about the destination. */
const TROUBLES = {
  dead: { outcome: 'deferred', stage: 'connect', remote: false, reply: reply(451, '4.4.1', 'nobody answers') },
  patience: { outcome: 'deferred', stage: 'mail', remote: true, reply: reply(421, '4.7.0', 'too many') },
} as const;

/** A way out in the hands of a test: it notes each job and answers when it is told what. */
class FakeOutbound implements Outbound {
  readonly jobs: Job[] = [];
  readonly texts: string[] = [];
  answer: (job: Job, signal: AbortSignal) => Promise<Answer> | Answer = () => 'relayed';
  /** Whose mail goes by a route of its own. */
  provided: string | undefined;

  async attempt(job: Job, signal: AbortSignal): Promise<AttemptResult> {
    this.jobs.push(job);
    this.texts.push(await textOf(job.message.content()));
    const outcome = await this.answer(job, signal);
    if (outcome === 'dead' || outcome === 'patience') {
      const outcomes = job.recipients.map(({ n }) => ({ n, ...TROUBLES[outcome] }));
      return { considered: [], tries: [], outcomes };
    }
    const code = { relayed: 250, deferred: 450, failed: 550, unsure: 451 }[outcome];
    const answer = reply(code, undefined, `${outcome} said the test`);
    return {
      considered: [],
      tries: [],
      outcomes: job.recipients.map(({ n }) => ({ n, outcome, stage: 'rcpt', reply: answer, remote: true })),
    };
  }

  goesBySender({ mailFrom }: { readonly mailFrom: string }): boolean {
    return mailFrom === this.provided;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const MINUTE = 60_000;
/** Before it is tried again to write down what the store did not take. */
const TROUBLE_PAUSE = 5_000;
/** A quarter of the first step. */
const FIRST_PAUSE = 15_000;
const SETTINGS: QueueSettings = {
  retry: [MINUTE, 5 * MINUTE],
  giveUp: 60 * MINUTE,
  delayNotice: 30 * MINUTE,
  most: 4,
  mostPerDestination: 2,
  suppress: 60 * MINUTE,
};

interface World extends TestDirectory {
  readonly outbound: FakeOutbound;
  readonly start: () => Runner;
  enqueue(...deliveries: readonly (Partial<NewDelivery> & { readonly mailFrom?: string })[]): Promise<string>;
  queue(): Promise<readonly QueueEntry[]>;
  /** Looks at what is ready are answered only then, with what they saw before. */
  slowLook?: Promise<void>;
  /** What was asked of the store so far. */
  readonly asked: () => number;
  /** Whether the store takes what came of attempts. */
  readonly settles: (does: boolean) => void;
  /** Messages of which it did not. */
  readonly unsettled: ReadonlySet<string>;
  /** A message held for a minute. */
  hold(recipients: readonly Partial<NewDelivery>[], notify?: readonly string[]): Promise<string>;
  until(what: string, ask: () => boolean | Promise<boolean>): Promise<void>;
}

async function world(t: TestContext): Promise<World> {
  const running: Runner[] = [];
  let stopAll = (): Promise<void> => Promise.resolve();
  // Set before the store's own hook: hooks run in their order, and the runners need the store to stop.
  t.after(() => stopAll());
  const parts = await testDirectory(t);
  const { store, clock, router } = parts;
  let asked = 0;
  let settles = true;
  const unsettled = new Set<string>();
  const counted: Store = Object.create(store, {
    read: {
      value: (async (name, params) => {
        asked += 1;
        const seen = await store.read(name, params);
        if (name === 'readyDestinations') await made.slowLook;
        return seen;
      }) satisfies Store['read'],
    },
    write: {
      value: ((name, params) => {
        asked += 1;
        if (name === 'settle' && !settles) {
          unsettled.add((params as { readonly message: string }).message);
          return Promise.reject(new Error('the disk is full'));
        }
        return store.write(name, params);
      }) satisfies Store['write'],
    },
    onChange: { value: (listener: Parameters<Store['onChange']>[0]) => store.onChange(listener) },
  }) as Store;
  const outbound = new FakeOutbound();
  stopAll = async () => {
    let stopped = false;
    const stopping = Promise.all(running.map((runner) => runner.stop(0))).finally(() => {
      stopped = true;
    });
    while (!stopped) await clock.advance(1);
    await stopping;
  };
  const made: World = {
    ...parts,
    outbound,
    unsettled,
    asked: () => asked,
    settles(does) {
      settles = does;
    },
    start() {
      const runner = startRunner({
        store: counted,
        outbound,
        held: openHeldMail({ router }),
        composer: openComposer({ store, router, clock }),
        clock,
        log: silentLog,
        process: thisProcess(),
        hostname: () => 'mx.a.test',
        settings: () => SETTINGS,
        random: () => 0,
      });
      running.push(runner);
      return runner;
    },
    async enqueue(...deliveries) {
      const content = await contentOf(store, 'Subject: s\r\n\r\nbody\r\n');
      const message = newMessage(content, {
        mailFrom: deliveries[0]?.mailFrom ?? 'alice@a.test',
        prefix: Buffer.from('Received: here\r\n'),
        receivedAt: clock.now(),
      });
      const queued = deliveries.map((changes, i) => newDelivery({ n: i + 1, nextAt: clock.now(), ...changes }));
      await store.write('accept', { message, emails: [], deliveries: queued, events: [] });
      return message.id;
    },
    async hold(recipients, notify) {
      const releaseAt = clock.now() + 60_000;
      const content = await contentOf(store, 'Subject: s\r\n\r\nbody\r\n');
      const message = newMessage(content, { mailFrom: 'alice@a.test', receivedAt: clock.now(), releaseAt });
      const wishes = notify === undefined ? {} : { notify };
      const deliveries = recipients.map((changes, i) =>
        newDelivery({ n: i + 1, state: 'held', nextAt: releaseAt, ...wishes, ...changes }),
      );
      await store.write('accept', { message, emails: [], deliveries, events: [] });
      return message.id;
    },
    queue: () => store.read('listQueue', { filter: { states: EVERY_STATE }, limit: 100 }),
    async until(what, ask) {
      const patience = performance.now() + 10_000;
      while (!(await ask())) {
        if (performance.now() > patience) assert.fail(`${what} did not come about`);
        // Time moves for what the runner gathers, not for a next try to come due.
        const next = clock.untilNext ?? Number.POSITIVE_INFINITY;
        if (next <= 10) await clock.advance(next);
        else await settle();
      }
    },
  };
  return made;
}

async function states(world: World): Promise<string> {
  return (await world.queue())
    .map((entry) => `${entry.delivery.recipient} ${entry.delivery.state} ${entry.delivery.attempts}`)
    .join(', ');
}

test('what is due is claimed, handed on with our prefix, and ends', async (t) => {
  const w = await world(t);
  w.start();
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('relayed', async () => (await states(w)) === 'bob@b.test relayed 1');
  assert.deepEqual(w.outbound.texts, ['Received: here\r\nSubject: s\r\n\r\nbody\r\n']);
});

test('whether the sender had logged in is told to the way out: routes of senders hang on it', async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  const content = await contentOf(w.store, 'Subject: s\r\n\r\nbody\r\n');
  const message = newMessage(content, { mailFrom: 'alice@a.test', source: 'submission', account: alice });
  const deliveries = [newDelivery({ nextAt: w.clock.now(), recipient: 'carol@b.test' })];
  await w.store.write('accept', { message, emails: [], deliveries, events: [] });
  w.start();
  await w.until('relayed', async () => (await states(w)) === 'carol@b.test relayed 1');
  await w.enqueue({ recipient: 'bob@b.test' });
  await w.until('both', () => w.outbound.jobs.length === 2);
  assert.deepEqual(
    w.outbound.jobs.map((job) => [job.recipients[0]?.address, job.message.submitted]),
    [
      ['carol@b.test', true],
      ['bob@b.test', false],
    ],
  );
});

test('[5321-4.5.4.1-retry] a deferred message is tried again at its next time and not before', async (t) => {
  const w = await world(t);
  w.outbound.answer = () => 'deferred';
  w.start();
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('tried once', async () => (await states(w)) === 'bob@b.test waiting 1');
  await w.clock.advance(MINUTE / 2);
  assert.equal(w.outbound.jobs.length, 1);
  await w.clock.advance(MINUTE / 2);
  await w.until('tried twice', async () => (await states(w)) === 'bob@b.test waiting 2');
  w.outbound.answer = () => 'relayed';
  await w.clock.advance(5 * MINUTE);
  await w.until('relayed', async () => (await states(w)) === 'bob@b.test relayed 3');
});

test('the attempt and its next time are in the store before the attempt is made (P3)', async (t) => {
  const w = await world(t);
  let seen: QueueEntry | undefined;
  w.outbound.answer = async (): Promise<Outcome> => {
    [seen] = await w.queue();
    return 'relayed';
  };
  w.start();
  const at = w.clock.now();
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('relayed', async () => (await states(w)) === 'bob@b.test relayed 1');
  assert.equal(seen?.delivery.state, 'sending');
  assert.equal(seen.delivery.attempts, 1);
  assert.ok(seen.delivery.nextAt >= at + MINUTE);
});

test('who wants to be asked is asked only where the end of the data had been said: that is in the store before it is', async (t) => {
  const { outbound, start, enqueue, store, until } = await world(t);
  const said: boolean[] = [];
  outbound.answer = async (job, signal) => {
    await job.beforeEnd?.();
    said.push(job.beforeEnd !== undefined);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve('deferred');
      });
    });
  };
  const ids = [await enqueue({ onUnsure: 'ask' }), await enqueue({ onUnsure: 'retry', destination: 'd.test' })];
  start();
  await until('both are at the end', () => said.length === 2);
  assert.deepEqual(new Set(said), new Set([false, true]));
  const { boot } = thisProcess();
  await store.write('freeProcesses', { gone: [thisProcess()], at: 0, boot });
  const states = await Promise.all(ids.map((message) => store.read('deliveries', { message })));
  assert.deepEqual(
    states.flat().map(({ state }) => state),
    ['unsure', 'waiting'],
  );
  // Whose claim was taken away says nothing any more.
  await assert.rejects(async () => outbound.jobs.find(({ beforeEnd }) => beforeEnd !== undefined)?.beforeEnd?.());
});

test("a failed recipient bounces to the sender's mailbox in the same commit", async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  w.outbound.answer = () => 'failed';
  w.start();
  const id = await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('failed', async () => (await states(w)) === 'bob@b.test failed 1');
  assert.equal((await w.store.read('account', { id: alice }))?.usedMessages, 1);
  const kinds = (await w.store.read('events', { message: id })).map((event) => event.facts.kind);
  assert.deepEqual(kinds, ['attempt', 'reported']);
});

// It stayed "sending" until the program was started anew.
test('what could not be recorded goes on by itself when the store takes it again', async (t) => {
  const w = await world(t);
  w.outbound.answer = () => 'deferred';
  w.settles(false);
  w.start();
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('the attempt', () => w.outbound.jobs.length === 1);
  await w.clock.advance(MINUTE / 2);
  assert.equal(await states(w), 'bob@b.test sending 1');
  w.settles(true);
  await w.clock.advance(MINUTE / 2 - 1);
  await w.until('put back', async () => (await states(w)) === 'bob@b.test waiting 1');
  w.outbound.answer = () => 'relayed';
  await w.clock.advance(1);
  await w.until('relayed', async () => (await states(w)) === 'bob@b.test relayed 2');
});

test('where what came of it could not be recorded, who wants to be asked is asked, if the end of the data had been said', async (t) => {
  const w = await world(t);
  w.outbound.answer = async (job): Promise<Outcome> => {
    if (job.destination === 'b.test') await job.beforeEnd?.();
    return 'relayed';
  };
  w.settles(false);
  w.start();
  /** Messages that came in one moment have no order. */
  const both = async (): Promise<string> => (await states(w)).split(', ').toSorted().join(', ');
  const said = await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test', onUnsure: 'ask' });
  await w.enqueue({ recipient: 'carol@c.test', destination: 'c.test', onUnsure: 'ask' });
  await w.until('both outcomes that are not taken', () => w.unsettled.size === 2);
  w.settles(true);
  await w.until('put back', async () => {
    // Each is put back after a pause of its own, which begins when the store has refused its outcome.
    const next = w.clock.untilNext ?? Number.POSITIVE_INFINITY;
    if (next <= TROUBLE_PAUSE) await w.clock.advance(next);
    return (await both()) === 'bob@b.test unsure 1, carol@c.test waiting 1';
  });
  await w.clock.advance(2 * MINUTE);
  await w.until('carol has it', async () => (await both()) === 'bob@b.test unsure 1, carol@c.test relayed 2');
  assert.equal(w.outbound.jobs.length, 3);
  const kinds = (await w.store.read('events', { message: said })).map((event) => event.facts.kind);
  assert.deepEqual(kinds, ['interrupted']);
});

test('a stop waits no longer for a store that takes nothing than for attempts', async (t) => {
  const w = await world(t);
  w.settles(false);
  const runner = w.start();
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('the attempt', () => w.outbound.jobs.length === 1);
  let stopped = false;
  const stopping = runner.stop(1_000).then(() => {
    stopped = true;
  });
  await w.clock.advance(1_000);
  await w.until('the end', () => stopped);
  await stopping;
  assert.equal(await states(w), 'bob@b.test sending 1');
});

test('one dead destination does not keep another waiting', async (t) => {
  const w = await world(t);
  w.outbound.answer = (job, signal) => (job.destination === 'dead.test' ? untilCut(signal) : 'relayed');
  w.start();
  for (let i = 0; i < 8; i++) await w.enqueue({ recipient: `x${i}@dead.test`, destination: 'dead.test' });
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('bob is served', async () => (await states(w)).includes('bob@b.test relayed 1'));
  assert.equal(w.outbound.jobs.filter((job) => job.destination === 'dead.test').length, SETTINGS.mostPerDestination);
});

/** Nobody answers until the attempt is cut off; it may have been before it began. */
function untilCut(signal: AbortSignal): Promise<'deferred'> {
  return new Promise((resolve) => {
    whenCut(signal, () => {
      resolve('deferred');
    });
  });
}

function whenCut(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then();
  else signal.addEventListener('abort', then);
}

/** Attempts that end when the test says so: `end` ends the oldest under way. */
function byHand(outbound: FakeOutbound): {
  readonly end: (answer: Answer) => void;
  readonly underWay: () => readonly string[];
} {
  const open: { readonly destination: string; readonly end: (answer: Answer) => void }[] = [];
  outbound.answer = ({ destination }, signal) =>
    new Promise((resolve) => {
      open.push({ destination, end: resolve });
      whenCut(signal, () => resolve('deferred'));
    });
  return {
    end: (answer) => open.shift()?.end(answer),
    underWay: () => open.map(({ destination }) => destination),
  };
}

test('a domain with very many messages does not keep others waiting, though its mail is older', async (t) => {
  const w = await world(t);
  const hand = byHand(w.outbound);
  for (let i = 0; i < 40; i++)
    await w.enqueue({ recipient: `x${i}@big.test`, destination: 'big.test', nextAt: w.clock.now() - 1_000 });
  for (let i = 0; i < 12; i++) await w.enqueue({ recipient: `x@d${i}.test`, destination: `d${i}.test` });
  w.start();
  for (let ended = 0; ended < 16; ended++) {
    // Three quarters of the room, as long as nothing is known of them.
    await w.until('the room is used', () => hand.underWay().length >= 3);
    hand.end('relayed');
  }
  const others = w.outbound.jobs.filter(({ destination }) => destination !== 'big.test');
  assert.equal(others.length, 12, w.outbound.jobs.map(({ destination }) => destination).join(' '));
});

test('ten thousand messages to a dead domain, older than all others, keep nobody waiting', async (t) => {
  const w = await world(t);
  w.outbound.answer = ({ destination }) => (destination === 'dead.test' ? 'dead' : 'relayed');
  const old = { destination: 'dead.test', nextAt: w.clock.now() - 1_000 };
  await Promise.all(Array.from({ length: 10_000 }, (_, i) => w.enqueue({ ...old, recipient: `x${i}@dead.test` })));
  w.start();
  await w.until('the dead domain has been tried', () => w.outbound.jobs.length > 0);
  const id = await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('bob is served', async () => {
    const [bob] = await w.store.read('deliveries', { message: id });
    return bob?.state === 'relayed';
  });
  const dead = w.outbound.jobs.filter(({ destination }) => destination === 'dead.test');
  assert.ok(dead.length <= 10, `${dead.length} tries were made at the dead domain first`);
});

test('a destination that is down is tried now and then; what waits for it is no attempt and costs no work', async (t) => {
  const w = await world(t);
  w.outbound.answer = () => 'dead';
  for (let i = 0; i < 6; i++) await w.enqueue({ recipient: `x${i}@dead.test`, destination: 'dead.test' });
  w.start();
  const tried = (n: number) => async (): Promise<boolean> =>
    w.outbound.jobs.length === n && !(await states(w)).includes('sending');
  const isPaused = async (): Promise<boolean> =>
    (await w.store.read('readyDestinations', { now: w.clock.now(), limit: 1 })).length === 0;
  await w.until('it is in a pause', async () => (await tried(w.outbound.jobs.length)()) && (await isPaused()));
  // Two at once, and a third where the clock moved between their ends: then the second said nothing new.
  const first = w.outbound.jobs.length;
  assert.ok(first === 2 || first === 3, `${first} attempts`);
  const before = w.asked();
  await w.clock.advance(FIRST_PAUSE - 1_000);
  assert.ok(w.asked() - before < 10, `the store was asked ${w.asked() - before} times`);
  const waiting = (await w.queue()).filter(({ delivery }) => delivery.attempts === 0);
  assert.equal(waiting.length, 6 - first);
  assert.ok(waiting.every(({ delivery }) => delivery.state === 'waiting' && delivery.nextAt <= w.clock.now()));
  await w.clock.advance(1_000);
  await w.until('it is tried once more', tried(first + 1));
  await w.clock.advance(2 * FIRST_PAUSE - 1_000);
  assert.ok(await tried(first + 1)(), 'the next pause is longer');
  w.outbound.answer = () => 'relayed';
  await w.clock.advance(20 * MINUTE);
  await w.until('it is up again', async () => (await states(w)).split(' relayed').length === 7);
});

test('a destination that asks for patience gets fewer at a time, and more again when it takes mail', async (t) => {
  const w = await world(t);
  const hand = byHand(w.outbound);
  w.start();
  for (let i = 0; i < 10; i++) await w.enqueue({ recipient: `x${i}@b.test`, destination: 'b.test' });
  const atOnce = (n: number): Promise<void> => w.until(`${n} at once`, () => hand.underWay().length === n);
  await atOnce(2);
  hand.end('patience');
  await atOnce(1);
  await w.clock.advance(1_000);
  assert.equal(hand.underWay().length, 1);
  hand.end('relayed');
  await atOnce(2);
});

test('a pause that begins while the queue is being looked at holds', async (t) => {
  const w = await world(t);
  const hand = byHand(w.outbound);
  for (let i = 0; i < 3; i++) await w.enqueue({ recipient: `x${i}@dead.test`, destination: 'dead.test' });
  w.start();
  await w.until('two are tried', () => hand.underWay().length === 2);
  const look = Promise.withResolvers<void>();
  w.slowLook = look.promise;
  hand.end('dead');
  const settled = (n: number) => async (): Promise<boolean> => (await states(w)).split(' waiting 1').length === n + 1;
  await w.until('one has ended', settled(1));
  hand.end('dead');
  await w.until('both have ended', settled(2));
  look.resolve();
  await w.clock.advance(FIRST_PAUSE - 1_000);
  assert.equal(w.outbound.jobs.length, 2, 'what was seen before the pause is not claimed in it');
});

test('a person who wants it tried now does not wait for the pause', async (t) => {
  const w = await world(t);
  w.outbound.answer = () => 'dead';
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push(await w.enqueue({ recipient: `x${i}@dead.test`, destination: 'dead.test' }));
  w.start();
  await w.until('a pause', async () => w.outbound.jobs.length === 2 && !(await states(w)).includes('sending'));
  const change = { numbers: [1], action: 'retry', at: w.clock.now(), events: [] } as const;
  await w.store.write('changeDeliveries', { message: ids[3]!, ...change });
  await w.until('it is tried', () => w.outbound.jobs.length === 3);
});

test('dead destinations, however many, leave room for those that take mail', async (t) => {
  const w = await world(t);
  let dead: (signal: AbortSignal) => Promise<Answer> | Answer = () => 'dead';
  w.outbound.answer = ({ destination }, signal) => (destination.startsWith('dead') ? dead(signal) : 'relayed');
  for (let i = 0; i < 8; i++) await w.enqueue({ recipient: `x@dead${i}.test`, destination: `dead${i}.test` });
  await w.enqueue({ recipient: 'x@b.test', destination: 'b.test' });
  w.start();
  await w.until('they are known to be dead', async () => (await states(w)).split(' waiting 1').length === 9);
  // Now each of them takes its time.
  dead = (signal) => new Promise((resolve) => whenCut(signal, () => resolve('deferred')));
  await w.clock.advance(MINUTE);
  await w.until('half of the room is theirs', () => w.outbound.jobs.length === 11);
  await w.enqueue({ recipient: 'y@b.test', destination: 'b.test' });
  await w.until('b.test is served', async () => (await states(w)).includes('y@b.test relayed 1'));
  assert.equal(w.outbound.jobs.length, 12);
});

test('what has waited too long behind a dead destination goes back with the attempt that failed, not one by one', async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  for (let i = 0; i < 5; i++) await w.enqueue({ recipient: `old${i}@dead.test`, destination: 'dead.test' });
  await w.clock.advance(SETTINGS.giveUp);
  await w.enqueue({ recipient: 'young@dead.test', destination: 'dead.test' });
  w.outbound.answer = () => 'dead';
  w.start();
  await w.until('the old ones ended', async () => (await states(w)).split(' failed 1').length === 6);
  assert.equal(w.outbound.jobs.length, 2);
  assert.match(await states(w), /young@dead\.test waiting 0/);
  assert.equal((await w.store.read('account', { id: alice }))?.usedMessages, 5, 'each has its report');
});

// It came back with the words of a server that it would not have been sent to, and was never tried.
test('but what goes by a route of its sender is tried', async (t) => {
  const w = await world(t);
  w.outbound.provided = 'carol@a.test';
  for (let i = 0; i < 3; i++) await w.enqueue({ recipient: `old${i}@dead.test`, destination: 'dead.test' });
  await w.clock.advance(1);
  await w.enqueue({ recipient: 'bob@dead.test', destination: 'dead.test', mailFrom: 'carol@a.test' });
  await w.clock.advance(SETTINGS.giveUp);
  w.outbound.answer = ({ message }) => (message.mailFrom === 'carol@a.test' ? 'relayed' : 'dead');
  w.start();
  await w.until('the others ended', async () => (await states(w)).split(' failed 1').length === 4);
  await w.until("carol's arrived", async () => (await states(w)).includes('bob@dead.test relayed 1'));
});

test('the 101st recipient at a destination goes in another transaction', async (t) => {
  const w = await world(t);
  w.start();
  const to = Array.from({ length: 101 }, (_, i) => ({ recipient: `x${i}@b.test`, destination: 'b.test' }));
  await w.enqueue(...to);
  await w.until('all relayed', () => w.outbound.jobs.length === 2);
  assert.deepEqual(
    w.outbound.jobs.map(({ recipients }) => recipients.length),
    [100, 1],
  );
});

test('recipients of different aliases go apart, each with its Delivered-To', async (t) => {
  const w = await world(t);
  w.start();
  await w.enqueue(
    { recipient: 'one@b.test', destination: 'b.test', original: 'team@a.test' },
    { recipient: 'two@b.test', destination: 'b.test', original: 'club@a.test' },
    { recipient: 'three@b.test', destination: 'b.test' },
  );
  await w.until('all relayed', async () => (await states(w)).split(' relayed').length === 4);
  const seen = w.outbound.texts.map((text) => /^Delivered-To: (.*)\r\n/.exec(text)?.[1] ?? 'none');
  assert.deepEqual(seen.toSorted(), ['club@a.test', 'none', 'team@a.test']);
});

test('a second runner waits until the first gives up its lease', async (t) => {
  const w = await world(t);
  const first = w.start();
  await w.enqueue({ recipient: 'one@b.test', destination: 'b.test' });
  await w.until('the first works', async () => (await states(w)) === 'one@b.test relayed 1');
  w.start();
  await w.clock.advance(5_000);
  await first.stop(0);
  await w.enqueue({ recipient: 'two@b.test', destination: 'b.test' });
  await w.until('the second works', async () => (await states(w)).includes('two@b.test relayed 1'));
});

test('stopping waits for the attempt under way, then cuts it off; the message waits for the next start', async (t) => {
  const w = await world(t);
  w.outbound.answer = (_job, signal) => untilCut(signal);
  const runner = w.start();
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('sending', async () => (await states(w)) === 'bob@b.test sending 1');
  let stopped = false;
  const stopping = runner.stop(10_000).then(() => {
    stopped = true;
  });
  await w.clock.advance(9_000);
  assert.equal(stopped, false);
  await w.clock.advance(2_000);
  await w.until('stopped', () => stopped);
  await stopping;
  assert.equal(await states(w), 'bob@b.test waiting 1');
});

test("one group that can't be settled does not hold back the others of its claim", async (t) => {
  const w = await world(t);
  w.outbound.answer = (job) =>
    job.recipients[0]?.address === 'two@b.test' ? Promise.reject(new Error('broken')) : 'relayed';
  w.start();
  await w.enqueue(
    { recipient: 'one@b.test', destination: 'b.test', original: 'team@a.test' },
    { recipient: 'two@b.test', destination: 'b.test', original: 'club@a.test' },
  );
  await w.until('both settled', async () => (await states(w)) === 'one@b.test relayed 1, two@b.test waiting 1');
});

test('an outbound that breaks its promise loses nothing: the message waits', async (t) => {
  const w = await world(t);
  w.outbound.answer = () => Promise.reject(new Error('broken'));
  w.start();
  await w.enqueue({ recipient: 'bob@b.test', destination: 'b.test' });
  await w.until('put back', async () => (await states(w)) === 'bob@b.test waiting 1');
});

const OURS = { destination: 'a.test' };

test('[4865-4.2-held] a held message moves when its time has come: ours are filed, others handed on, success told', async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  const bob = await w.account('bob@a.test');
  w.start();
  const held = [
    { ...OURS, recipient: 'bob+x@a.test' },
    { ...OURS, recipient: 'bob@a.test', original: 'info@a.test' },
    { recipient: 'out@b.test', destination: 'b.test' },
  ];
  const id = await w.hold(held, ['success']);
  await w.clock.advance(59_900);
  assert.match(await states(w), /^bob\+x@a\.test held 0, bob@a\.test held 0, out@b\.test held 0$/);
  assert.equal(w.outbound.texts.length, 0);
  await w.clock.advance(200);
  const ended = 'bob+x@a.test filed 1, bob@a.test filed 1, out@b.test relayed 1';
  await w.until('all have it', async () => (await states(w)) === ended);
  assert.equal((await w.store.read('account', { id: bob }))?.usedMessages, 2);
  assert.equal(w.outbound.texts.length, 1);
  await w.until('the reports', async () => ((await w.store.read('account', { id: alice }))?.usedMessages ?? 0) >= 2);
  const kinds = (await w.store.read('events', { message: id })).map(({ n, facts }) => `${n} ${facts.kind}`);
  assert.deepEqual(
    kinds.toSorted(),
    ['1 filed', '1 reported', '2 filed', '2 reported', '3 attempt', '3 reported'].toSorted(),
  );
});

test('a held message whose recipient is gone comes back; one whose mailbox is full waits, from then on', async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  await w.account('full@a.test', 0);
  w.start();
  await w.hold([
    { ...OURS, recipient: 'gone@a.test' },
    { ...OURS, recipient: 'full@a.test' },
  ]);
  await w.clock.advance(60_100);
  await w.until('both were decided', async () => (await states(w)) === 'gone@a.test failed 1, full@a.test waiting 1');
  assert.equal((await w.store.read('account', { id: alice }))?.usedMessages, 1, 'the bounce');
  const [gone, full] = await w.queue();
  assert.match(gone?.delivery.lastReply ?? '', /5\.1\.1 There is no gone@a\.test here any more/);
  assert.match(full?.delivery.lastReply ?? '', /4\.2\.2/);
});

test('the keeper may let a held message go before its time', async (t) => {
  const w = await world(t);
  const bob = await w.account('bob@a.test');
  w.start();
  const message = await w.hold([{ ...OURS, recipient: 'bob@a.test' }]);
  await w.store.write('changeDeliveries', {
    message,
    numbers: [1],
    action: 'release',
    at: w.clock.now(),
    events: [],
  });
  await w.until('filed', async () => (await states(w)) === 'bob@a.test filed 1');
  assert.equal((await w.store.read('account', { id: bob }))?.usedMessages, 1);
});
