import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDirectory } from '../accounts/testing.ts';
import type { TestDirectory } from '../accounts/testing.ts';
import { silentLog } from '../base/index.ts';
import { settle } from '../base/testing.ts';
import { messageParams } from '../store/testing.ts';
import type { Core } from './core.ts';
import { startSweeps } from './sweeps.ts';

const DAY = 24 * 60 * 60_000;
const SWEEP = 11 * 60_000;

/** What of the house the sweeps look at. */
function core(parts: TestDirectory, keep: number): Core {
  const config = { journey: { keep } };
  return { ...parts, log: silentLog, config: () => config } as unknown as Core;
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
