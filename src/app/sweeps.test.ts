import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDirectory } from '../accounts/testing.ts';
import type { TestDirectory } from '../accounts/testing.ts';
import { silentLog, thisProcess } from '../base/index.ts';
import { settle } from '../base/testing.ts';
import type { Store } from '../store/index.ts';
import { claimReady, contentOf, messageParams, newDelivery, newMessage } from '../store/testing.ts';
import type { Core } from './core.ts';
import { startSweeps } from './sweeps.ts';

const DAY = 24 * 60 * 60_000;
const SWEEP = 11 * 60_000;

/** What of the house the sweeps look at. */
function core(parts: TestDirectory, keep: number): Core {
  const config = { journey: { keep }, web: { idle: 7 * DAY } };
  return { ...parts, process: thisProcess(), log: silentLog, config: () => config } as unknown as Core;
}

/** Lets a sweep begin, and waits for what it should bring about. */
async function sweepUntil(parts: TestDirectory, what: string, ask: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await parts.clock.advance(SWEEP);
    for (let turn = 0; turn < 200; turn++) {
      if (await ask()) return;
      await settle();
    }
  }
  assert.fail(`${what} did not come about`);
}

test('the mail of a closed account is kept 30 days, and then goes with it', async (t) => {
  const parts = await testDirectory(t);
  const stop = startSweeps(core(parts, 400 * DAY));
  const alice = await parts.account('alice@a.test');
  await parts.store.write('accept', await messageParams(parts.store, alice));
  await parts.directory.removeAccount('alice@a.test', false);
  const left = async (): Promise<number | undefined> =>
    (await parts.store.read('account', { id: alice }))?.usedMessages;
  await parts.clock.advance(29 * DAY);
  await parts.clock.advance(SWEEP);
  await settle(200);
  assert.equal(await left(), 1, 'after 29 days');
  await parts.clock.advance(DAY);
  await sweepUntil(parts, 'the end of the account', async () => (await left()) === undefined);
  await stop();
});

test('a journey is kept for the time set, and then goes', async (t) => {
  const parts = await testDirectory(t);
  const stop = startSweeps(core(parts, 3 * DAY));
  const alice = await parts.account('alice@a.test');
  const mail = await messageParams(parts.store, alice);
  const { id } = mail.message;
  const at = parts.clock.now();
  const events = [{ message: id, at, facts: { kind: 'operator', action: 'test' } }] as const;
  await parts.store.write('accept', { ...mail, message: { ...mail.message, receivedAt: at }, emails: [], events });
  const told = async (): Promise<number> => (await parts.store.read('events', { message: id })).length;
  await parts.clock.advance(2 * DAY);
  await parts.clock.advance(SWEEP);
  await settle(200);
  assert.equal(await told(), 1, 'after two days');
  await parts.clock.advance(DAY);
  await sweepUntil(parts, 'the end of the journey', async () => (await told()) === 0);
  await stop();
});

test('a login that nobody used for long goes', async (t) => {
  const parts = await testDirectory(t);
  const { store, clock } = parts;
  const stop = startSweeps(core(parts, 400 * DAY));
  await parts.directory.addAccount('alice@a.test', 'correct horse');
  const found = await store.read('accountAt', { local: 'alice', domain: 'a.test' });
  const verifier = found?.credentials[0]?.value ?? '';
  const account = found?.account.id ?? '';
  await store.write('openSession', { digest: 'd', account, verifier, at: clock.now(), most: 9 });
  const is = async (): Promise<boolean> => (await store.read('session', { digest: 'd' })) !== undefined;
  await clock.advance(6 * DAY);
  await clock.advance(SWEEP);
  await settle(200);
  assert.equal(await is(), true, 'after six days');
  await clock.advance(DAY);
  await sweepUntil(parts, 'the end of the login', async () => !(await is()));
  await stop();
});

// Commands register nowhere, so nobody looked for them, and the delivery was "sending" for ever.
test('what a command had claimed that died is free again, without a new start', async (t) => {
  const parts = await testDirectory(t);
  const { store } = parts;
  const stop = startSweeps(core(parts, 400 * DAY));
  const message = newMessage(await contentOf(store, 'x\r\n'));
  await store.write('accept', { message, emails: [], deliveries: [newDelivery()], events: [] });
  const process = { ...thisProcess(), start: '1' };
  await store.write('claimForOperator', { token: 'op', process, message: message.id, numbers: [1] });
  const state = async (): Promise<string | undefined> =>
    (await store.read('deliveries', { message: message.id }))[0]?.state;
  assert.equal(await state(), 'sending');
  await sweepUntil(parts, 'the end of the claim', async () => (await state()) === 'waiting');
  await stop();
});

test('what was learned of a destination is forgotten a day after, when there is no mail for it', async (t) => {
  const parts = await testDirectory(t);
  const { store, clock } = parts;
  let swept = 0;
  const write: Store['write'] = async (name, params) => {
    const done = await store.write(name, params);
    if (name === 'forgetDestinations') swept += 1;
    return done;
  };
  const watched = Object.create(store, { write: { value: write }, read: { value: store.read.bind(store) } }) as Store;
  const stop = startSweeps(core({ ...parts, store: watched }, 400 * DAY));
  const at = clock.now();
  /** What is known of the destination, seen with a message that is due there. */
  const standing = async (): Promise<string | undefined> => {
    const message = newMessage(await contentOf(store, 'x\r\n'));
    await store.write('accept', { message, emails: [], deliveries: [newDelivery({ nextAt: at })], events: [] });
    const [ready] = await store.read('readyDestinations', { now: at, limit: 1 });
    const [claim] = await claimReady(store, { now: at });
    const ended = { deliveries: [{ n: 1, state: 'relayed' as const }], attempts: [], events: [], reports: [] };
    await store.write('settle', { token: 'run', message: claim!.message.id, at, ...ended });
    return ready?.standing;
  };
  const sweep = async (): Promise<void> => {
    const before = swept;
    await sweepUntil(parts, 'a sweep', () => Promise.resolve(swept > before));
  };
  assert.equal(await standing(), 'unknown');
  const learned = { destination: 'c.test', standing: 'well', notBefore: 0 } as const;
  const nothing = { deliveries: [], attempts: [], events: [], reports: [] };
  await store.write('settle', { token: 'run', message: 'none', at, ...nothing, learned });
  await clock.advance(DAY - 3 * SWEEP);
  await sweep();
  assert.equal(await standing(), 'well');
  await clock.advance(2 * SWEEP);
  // The first may have begun before.
  await sweep();
  await sweep();
  assert.equal(await standing(), 'unknown');
  await stop();
});
