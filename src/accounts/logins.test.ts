import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { silentLog } from '../base/index.ts';
import { openLogins } from './logins.ts';
import type { Logins } from './logins.ts';
import { networkOf, testDirectory } from './testing.ts';

const PEER = { address: '192.0.2.1', sessionId: 's' };

async function withAlice(
  t: TestContext,
): Promise<{ readonly logins: Logins; readonly parts: Awaited<ReturnType<typeof testDirectory>> }> {
  const parts = await testDirectory(t);
  await parts.directory.addAccount('alice@a.test', 'correct horse');
  return { parts, logins: openLogins({ ...parts, log: silentLog, countGuesses: () => true, networkOf }) };
}

function login(
  name: string,
  password: string,
  actAs = '',
): { mechanism: string; name: string; password: string; actAs: string } {
  return { mechanism: 'PLAIN', name, password, actAs };
}

test('the login name is the address, or the bare local part while one account has it', async (t) => {
  const { logins, parts } = await withAlice(t);
  for (const name of ['alice@a.test', 'ALICE@A.TEST', 'alice']) {
    const verdict = await logins.verify(login(name, 'correct horse'), PEER, 'pop3');
    assert.equal(verdict.kind, 'accepted', name);
    if (verdict.kind === 'accepted') assert.equal(verdict.login.name, 'alice@a.test');
  }
  await parts.directory.addDomain('b.test');
  await parts.directory.addAccount('alice@b.test', 'correct horse');
  assert.equal((await logins.verify(login('alice', 'correct horse'), PEER, 'pop3')).kind, 'refused');
});

test('an unknown name and a wrong password get the same words', async (t) => {
  const { logins } = await withAlice(t);
  const wrong = await logins.verify(login('alice@a.test', 'wrong'), PEER, 'pop3');
  const unknown = await logins.verify(login('nobody@a.test', 'wrong'), PEER, 'pop3');
  assert.deepEqual(wrong, unknown);
  assert.equal(wrong.kind, 'refused');
});

test('acting as somebody else is refused', async (t) => {
  const { logins } = await withAlice(t);
  assert.equal(
    (await logins.verify(login('alice@a.test', 'correct horse', 'alice@a.test'), PEER, 'pop3')).kind,
    'accepted',
  );
  assert.equal(
    (await logins.verify(login('alice@a.test', 'correct horse', 'bob@a.test'), PEER, 'pop3')).kind,
    'refused',
  );
});

test("a closed account can't log in", async (t) => {
  const { logins, parts } = await withAlice(t);
  await parts.directory.removeAccount('alice@a.test', false);
  assert.equal((await logins.verify(login('alice@a.test', 'correct horse'), PEER, 'pop3')).kind, 'refused');
});

test('after many wrong passwords from one address the right one waits too, and another address does not', async (t) => {
  const { logins, parts } = await withAlice(t);
  for (let i = 0; i < 20; i++) await logins.verify(login('alice@a.test', `wrong ${i}`), PEER, 'pop3');
  const verdict = await logins.verify(login('alice@a.test', 'correct horse'), PEER, 'pop3');
  assert.equal(verdict.kind, 'busy');
  if (verdict.kind === 'busy') assert.match(verdict.text, /try again in 10 minutes/);
  assert.equal(
    (await logins.verify(login('alice@a.test', 'correct horse'), { ...PEER, address: '192.0.2.2' }, 'pop3')).kind,
    'accepted',
  );
  await parts.clock.advance(10 * 60_000);
  assert.equal((await logins.verify(login('alice@a.test', 'correct horse'), PEER, 'pop3')).kind, 'accepted');
});

test('of many guesses at once hardly more are checked than of many in a row', async (t) => {
  const { logins } = await withAlice(t);
  const guess = (n: number): Promise<string> =>
    logins.verify(login('alice@a.test', `wrong ${n}`), PEER, 'pop3').then(({ kind }) => kind);
  const kinds = await Promise.all(Array.from({ length: 100 }, (_, n) => guess(n)));
  const checked = kinds.filter((kind) => kind === 'refused').length;
  assert.ok(checked >= 20 && checked <= 21, String(checked));
  assert.equal(kinds.filter((kind) => kind === 'busy').length, 100 - checked);
});

test('a machine with many addresses is counted as one, and the owner elsewhere logs in', async (t) => {
  const { logins } = await withAlice(t);
  const from = (address: string, password: string): Promise<string> =>
    logins.verify(login('alice@a.test', password), { ...PEER, address }, 'pop3').then(({ kind }) => kind);
  for (let n = 0; n < 20; n++) assert.equal(await from(`2001:db8:1:2:3:4:5:${n}`, 'wrong'), 'refused');
  assert.equal(await from('2001:db8:1:2:3:4:5:99', 'wrong'), 'busy');
  assert.equal(await from('2001:db8:1:2:3:4:6:1', 'correct horse'), 'accepted');
});

test('a right password makes the next login from there one of somebody known', async (t) => {
  const { parts } = await withAlice(t);
  const known: unknown[] = [];
  const passwords: typeof parts.passwords = {
    ...parts.passwords,
    check(password, hash, turn) {
      known.push(turn?.known);
      return parts.passwords.check(password, hash, turn);
    },
  };
  const logins = openLogins({ ...parts, passwords, log: silentLog, countGuesses: () => true, networkOf });
  const tries: readonly (readonly [string, string, string])[] = [
    ['wrong', '192.0.2.1', 'alice'],
    ['correct horse', '192.0.2.1', 'alice'],
    ['wrong', '192.0.2.1', 'ALICE'],
    ['wrong', '192.0.2.1', 'bob'],
    ['wrong', '192.0.2.2', 'alice'],
  ];
  for (const [password, address, name] of tries)
    await logins.verify(login(name, password), { ...PEER, address }, 'pop3');
  assert.deepEqual(known, [false, false, true, false, false]);
});

/** Logins as a protocol makes them that sends the password with every request; `checked` counts what was hashed. */
async function withRequests(t: TestContext): Promise<{
  readonly parts: Awaited<ReturnType<typeof testDirectory>>;
  readonly ask: (name: string, password: string, address?: string) => Promise<string>;
  readonly checked: () => number;
}> {
  const { parts } = await withAlice(t);
  let checked = 0;
  const check: typeof parts.passwords.check = (...args) => {
    checked++;
    return parts.passwords.check(...args);
  };
  const passwords = { ...parts.passwords, check };
  const logins = openLogins({ ...parts, passwords, log: silentLog, countGuesses: () => true, networkOf });
  return {
    parts,
    checked: () => checked,
    ask: (name, password, address = '192.0.2.1') =>
      logins.verifyAgain(login(name, password), { ...PEER, address }, 'web').then(({ kind }) => kind),
  };
}

test('a password that comes with every request is hashed once in a while, and once for those that come together', async (t) => {
  const { parts, ask, checked } = await withRequests(t);
  const together = await Promise.all(Array.from({ length: 8 }, () => ask('alice', 'correct horse')));
  assert.deepEqual([new Set(together), checked()], [new Set(['accepted']), 1]);
  assert.equal(await ask('alice', 'correct horse'), 'accepted');
  assert.equal(checked(), 1);
  assert.equal(await ask('alice', 'correct horse', '192.0.2.2'), 'accepted');
  assert.equal(checked(), 2, 'from another network it is checked');
  await parts.clock.advance(10 * 60_000);
  assert.equal(await ask('alice', 'correct horse'), 'accepted');
  assert.equal(checked(), 3, 'ten minutes later it is checked');
});

test('a wrong password is hashed each time, and what was proven does not help who guesses', async (t) => {
  const { ask, checked } = await withRequests(t);
  assert.equal(await ask('alice', 'correct horse'), 'accepted');
  for (let i = 0; i < 20; i++) assert.equal(await ask('alice', 'wrong'), 'refused');
  assert.equal(checked(), 21);
  assert.equal(await ask('alice', 'correct horse'), 'busy', 'an answer would tell');
  assert.equal(await ask('alice', 'correct horse', '192.0.2.2'), 'accepted');
});

test('a password that was changed, and that of a closed account, count no more at once', async (t) => {
  const { parts, ask } = await withRequests(t);
  assert.equal(await ask('alice', 'correct horse'), 'accepted');
  await parts.directory.setPassword('alice@a.test', 'another horse');
  assert.equal(await ask('alice', 'correct horse'), 'refused');
  assert.equal(await ask('alice', 'another horse'), 'accepted');
  await parts.directory.removeAccount('alice@a.test', false);
  assert.equal(await ask('alice', 'another horse'), 'refused');
});
