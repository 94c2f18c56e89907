/** What is written down of a claim when a message was taken back meanwhile, and notes to the postmaster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testDirectory } from '../accounts/testing.ts';
import type { TestDirectory } from '../accounts/testing.ts';
import { thisProcess } from '../base/index.ts';
import { openComposer } from '../intake/index.ts';
import { reply } from '../mail/index.ts';
import type { RecipientOutcome } from '../outbound/index.ts';
import { readEmailForPop } from '../store/index.ts';
import type { Claim, NewDelivery, NewMessage } from '../store/index.ts';
import { claimReady, contentOf, newDelivery, newMessage, textOf } from '../store/testing.ts';
import { changeQueue } from './operator.ts';
import { recordSettlement } from './record.ts';
import type { Recorded } from './record.ts';
import { settleAttempt } from './settle.ts';
import { takeBack } from './take-back.ts';
import type { TakenBackRecipient } from './take-back.ts';

const MINUTE = 60_000;
const SETTINGS = { retry: [MINUTE], giveUp: 60 * MINUTE, delayNotice: 30 * MINUTE };

const REPLIES = {
  relayed: reply(250, '2.0.0', 'taken'),
  deferred: reply(450, '4.2.0', 'later'),
  failed: reply(554, '5.7.1', 'no'),
  unsure: reply(451, '4.4.2', 'lost behind the final dot'),
} as const;

interface World extends TestDirectory {
  enqueue(deliveries: readonly Partial<NewDelivery>[], changes?: Partial<NewMessage>): Promise<string>;
  claim(): Promise<Claim>;
  /** Settles a claim; outcomes by number, the last for all others. */
  settle(claim: Claim, ...outcomes: readonly RecipientOutcome['outcome'][]): Promise<Recorded>;
  /** Claims what is due and has it fail. */
  fail(): Promise<void>;
  takeBack(message: string): Promise<readonly TakenBackRecipient[]>;
  /** By the keeper; the reports that were written. */
  giveUp(message: string): Promise<readonly string[]>;
  states(message: string): Promise<string>;
  told(message: string): Promise<readonly string[]>;
  /** The texts in an account's mailbox. */
  mailbox(account: string): Promise<readonly string[]>;
}

async function world(t: TestContext, options: { readonly postmaster?: string } = {}): Promise<World> {
  const directory = await testDirectory(t, options);
  const { store, clock, router } = directory;
  const composer = openComposer({ store, router, clock });
  const parts = { store, clock, composer, hostname: () => 'mx.a.test', settings: () => SETTINGS };
  const w: World = {
    ...directory,
    async enqueue(deliveries, changes = {}) {
      const content = await contentOf(store, 'Subject: s\r\n\r\nbody\r\n');
      const message = newMessage(content, { mailFrom: 'alice@a.test', receivedAt: clock.now(), ...changes });
      const queued = deliveries.map((one, i) => newDelivery({ n: i + 1, nextAt: clock.now(), ...one }));
      await store.write('accept', { message, emails: [], deliveries: queued, events: [] });
      return message.id;
    },
    async claim() {
      const [claim] = await claimReady(store, { now: clock.now(), retryAt: [clock.now() + MINUTE], each: 1 });
      assert.ok(claim !== undefined);
      return claim;
    },
    settle(claim, ...outcomes) {
      const result = {
        considered: [],
        tries: [{ host: 'mx.b.test', stage: 'rcpt', startedAt: 1, endedAt: 2 } as const],
        outcomes: claim.deliveries.map(({ n }, i): RecipientOutcome => {
          const outcome = outcomes[Math.min(i, outcomes.length - 1)] ?? 'deferred';
          return { n, outcome, stage: 'rcpt', reply: REPLIES[outcome], remote: true, try: 0 };
        }),
      };
      const settlement = settleAttempt(claim, result, SETTINGS, clock.now());
      return recordSettlement(parts, { token: 'run', claim }, settlement);
    },
    async fail() {
      assert.equal((await w.settle(await w.claim(), 'failed')).kind, 'done');
    },
    async takeBack(message) {
      const answer = await takeBack(parts, { message, patience: 0, by: { by: 'keeper' } });
      assert.ok(typeof answer !== 'string');
      return answer;
    },
    async giveUp(message) {
      return (await changeQueue({ ...parts, process: thisProcess() }, 'fail', { message })).reports;
    },
    states: async (message) => (await store.read('deliveries', { message })).map(({ state }) => state).join(' '),
    told: async (message) =>
      (await store.read('events', { message })).map(({ n, facts }) => `${n ?? ''} ${facts.kind}`),
    async mailbox(account) {
      const locked = { account, token: 'look', at: 1, process: thisProcess(), peer: '' };
      const lock = await store.write('lockMaildrop', locked);
      assert.ok(lock.kind === 'locked');
      const { emails } = await store.read('maildropSlice', { mailbox: lock.mailbox, afterUid: 0, limit: 100 });
      const texts: string[] = [];
      for (const id of emails) {
        const email = await store.read('email', { id });
        if (email !== undefined) texts.push(await textOf(readEmailForPop(store.content, email)));
      }
      await store.write('quitMaildrop', { ...locked, sessionId: '', remove: [], events: [] });
      return texts;
    },
  };
  return w;
}

test('taken back while it is being sent: handed on it has left, all else stops, and nobody gets a report', async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  const id = await w.enqueue([{}, {}, {}, {}]);
  const claim = await w.claim();
  const asked = await w.takeBack(id);
  assert.deepEqual(
    asked.map(({ answer }) => answer),
    ['leaving', 'leaving', 'leaving', 'leaving'],
  );
  w.clock.jump(40 * MINUTE);
  const { stopped, reports } = await w.settle(claim, 'relayed', 'deferred', 'failed', 'unsure');
  assert.deepEqual([stopped, reports], [[2, 3, 4], []]);
  assert.equal(await w.states(id), 'relayed dropped dropped dropped');
  assert.deepEqual(await w.mailbox(alice), [], 'neither a bounce nor a notice of delay');
  const answers = await w.takeBack(id);
  assert.deepEqual(
    answers.map(({ answer, to }) => [answer, to]),
    [
      ['left', 'mx.b.test'],
      ['stopped', undefined],
      ['stopped', undefined],
      ['unknown', undefined],
    ],
  );
  const events = await w.store.read('events', { message: id });
  assert.deepEqual(
    events.flatMap(({ n, facts }) => (facts.kind === 'stopped' ? [[n, facts.mayHaveLeft]] : [])),
    [
      [2, false],
      [3, false],
      [4, true],
    ],
  );
  assert.ok(
    events.every(({ facts }) => facts.kind !== 'attempt' || facts.nextAt === undefined),
    'no next time is told of',
  );
});

test('those of a claim that were not taken back are settled and reported as ever', async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  const id = await w.enqueue([{}, { recipient: 'dora@c.test' }]);
  const claim = await w.claim();
  await w.store.write('takeBack', { message: id, numbers: [1], at: w.clock.now(), by: { by: 'keeper' } });
  await w.settle(claim, 'failed');
  assert.equal(await w.states(id), 'dropped failed');
  const [bounce = ''] = await w.mailbox(alice);
  assert.match(bounce, /Final-Recipient: rfc822; dora@c\.test/);
  assert.doesNotMatch(bounce, /carol@c\.test/);
});

test('what lies in a mailbox here has left', async (t) => {
  const w = await world(t);
  const id = await w.enqueue([{ n: 2 }]);
  const filed = { kind: 'filed', recipient: 'bob@a.test', account: 'b', mailbox: 'inbox', uidl: 'u' } as const;
  await w.claim();
  await w.store.write('settle', {
    token: 'run',
    message: id,
    at: 5,
    deliveries: [{ n: 2, state: 'waiting' }],
    attempts: [],
    events: [{ message: id, n: 1, at: 3, facts: filed }],
    reports: [],
  });
  assert.deepEqual(await w.takeBack(id), [
    { n: 1, recipient: 'bob@a.test', answer: 'left', to: 'a mailbox here', at: 3 },
    { n: 2, recipient: 'carol@c.test', answer: 'stopped' },
  ]);
});

test('who waits hears what became of it when the attempt has ended, or that it goes on when patience ends', async (t) => {
  const w = await world(t);
  const id = await w.enqueue([{}]);
  const claim = await w.claim();
  const order = { message: id, by: { by: 'keeper' }, patience: 5_000 } as const;
  let answers: Awaited<ReturnType<typeof takeBack>> | undefined;
  const ask = (): Promise<void> => takeBack(w, order).then((answer) => void (answers = answer));
  const first = ask();
  while (answers === undefined) await w.clock.advance(500);
  await first;
  assert.deepEqual(answers, [{ n: 1, recipient: 'carol@c.test', answer: 'leaving' }]);
  answers = undefined;
  const at = w.clock.now();
  const second = ask();
  await w.settle(claim, 'relayed');
  while (answers === undefined) await w.clock.advance(100);
  await second;
  assert.deepEqual(answers, [{ n: 1, recipient: 'carol@c.test', answer: 'left', to: 'mx.b.test', at }]);
});

test('[5321-4.5.5-null-note] mail from the null sender that fails is reported to nobody; the postmaster gets a note', async (t) => {
  const w = await world(t);
  const postmaster = await w.account('keeper@a.test');
  const id = await w.enqueue([{ notify: ['never'] }], { mailFrom: '' });
  await w.fail();
  const [note = ''] = await w.mailbox(postmaster);
  assert.match(note, /^Return-Path: <>\r\n/);
  assert.match(note, /\r\nAuto-Submitted: auto-generated\r\n/);
  assert.match(note, new RegExp(`Message ${id} could not be delivered`));
  assert.match(note, /carol@c\.test\r\n {2}554 5\.7\.1 no/);
  assert.deepEqual(await w.told(id), ['1 attempt', '1 unreported', '1 reported']);
});

test('[5321-4.5.5-null-note] at most one an hour; the next one counts what came between', async (t) => {
  const w = await world(t);
  const postmaster = await w.account('keeper@a.test');
  for (let i = 0; i < 4; i++) {
    await w.enqueue([{}], { mailFrom: '' });
    await w.fail();
    w.clock.jump(19 * MINUTE);
  }
  assert.equal((await w.mailbox(postmaster)).length, 1);
  await w.enqueue([{}], { mailFrom: '' });
  await w.fail();
  const notes = await w.mailbox(postmaster);
  assert.equal(notes.length, 2);
  assert.match(notes[1] ?? '', /3 more deliveries failed like this since the note\s+before/);
  assert.deepEqual(await w.store.read('lastNote', {}), { at: w.clock.now(), untold: 0 });
});

test('[5321-4.5.5-null-note] never a note about a note', async (t) => {
  const w = await world(t, { postmaster: 'keeper@elsewhere.test' });
  await w.enqueue([{}], { mailFrom: '' });
  await w.fail();
  const [entry] = await w.store.read('listQueue', { filter: {}, limit: 9 });
  assert.equal(entry?.delivery.recipient, 'keeper@elsewhere.test');
  w.clock.jump(120 * MINUTE);
  await w.fail();
  assert.deepEqual(await w.store.read('listQueue', { filter: {}, limit: 9 }), []);
  assert.deepEqual(
    await w.told(entry.message),
    ['', '1', '1', '1', '1'].map(
      (n, i) => `${n} ${['composed', 'routed', 'queued', 'attempt', 'unreported'][i] ?? ''}`,
    ),
  );
  assert.equal((await w.store.read('lastNote', {}))?.untold, 0);
});

test('a report that its sender can not be given, for the address leads nowhere, is told to the postmaster too', async (t) => {
  const w = await world(t);
  const postmaster = await w.account('keeper@a.test');
  await w.enqueue([{}], { mailFrom: 'gone@a.test' });
  await w.fail();
  assert.match((await w.mailbox(postmaster))[0] ?? '', /its\s+sender's address gone@a\.test leads nowhere/);
});

test('where there is no postmaster it is counted; a sender who wants no reports is no case for a note', async (t) => {
  const w = await world(t);
  await w.enqueue([{}, {}], { mailFrom: '' });
  await w.fail();
  await w.enqueue([{ notify: ['never'] }]);
  await w.fail();
  assert.deepEqual(await w.store.read('lastNote', {}), { at: 0, untold: 2 });
});

// The bounce was written whatever NOTIFY said.
test('[3461-4.1-never] what the keeper gives up on is told as after an attempt: not to a sender who wants no report', async (t) => {
  const w = await world(t);
  const alice = await w.account('alice@a.test');
  const id = await w.enqueue([
    { notify: ['never'] },
    { notify: ['delay'] },
    { onFailure: 'state' },
    { recipient: 'dora@c.test' },
  ]);
  assert.equal((await w.giveUp(id)).length, 1);
  assert.equal(await w.states(id), 'failed failed failed failed');
  const [bounce = '', ...others] = await w.mailbox(alice);
  assert.deepEqual(others, []);
  assert.match(bounce, /Final-Recipient: rfc822; dora@c\.test/);
  assert.doesNotMatch(bounce, /carol@c\.test/);
  const told = [...['1', '2', '3', '4'].map((n) => `${n} operator`), '1 unreported', '2 unreported', '3 unreported'];
  assert.deepEqual(await w.told(id), [...told, '4 reported']);
});
