import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { silentLog } from '../base/index.ts';
import { authenticate, saslMechanism } from '../sasl/index.ts';
import type { LoginVerdict, ProofAttempt, ScramVerifier } from '../sasl/index.ts';
import type { Store } from '../store/index.ts';
import { openLogins } from './logins.ts';
import type { Logins, ProvenLogin } from './logins.ts';
import { networkOf, testDirectory } from './testing.ts';
import type { TestDirectory } from './testing.ts';

const PEER = { address: '192.0.2.1', sessionId: 's' };

async function withAlice(t: TestContext): Promise<{ readonly logins: Logins; readonly parts: TestDirectory }> {
  const parts = await testDirectory(t);
  await parts.directory.addAccount('alice@a.test', 'correct horse');
  return { parts, logins: opened(parts) };
}

/** The time that a verifier is held back passes at once. */
function opened(parts: TestDirectory, store: Store = parts.store): Logins {
  const logins = openLogins({ ...parts, store, log: silentLog, countGuesses: () => true, networkOf });
  return {
    ...logins,
    async prove(...args) {
      const attempt = logins.prove(...args);
      await parts.clock.advance(5);
      return await attempt;
    },
  };
}

/** The same store, `look`ed at before each read. */
function watched(store: Store, look: () => void): Store {
  const read = async (...args: Parameters<Store['read']>): Promise<unknown> => {
    look();
    return await store.read(...args);
  };
  return Object.create(store, { read: { value: read }, write: { value: store.write.bind(store) } }) as Store;
}

/** What a login of our own client comes to. */
async function logIn(
  logins: Logins,
  name: string,
  password: string,
  options: { readonly between?: () => Promise<unknown>; readonly peer?: typeof PEER } = {},
): Promise<LoginVerdict<ProvenLogin> | undefined> {
  const row = saslMechanism('SCRAM-SHA-256');
  const client = row?.connect({ name, password });
  assert.ok(row !== undefined && client !== undefined);
  const outcome = await authenticate<ProvenLogin, 'unbelieved'>({
    mechanism: row,
    line: {},
    backend: {
      password: (login, peer) => logins.verify(login, peer, 'pop3'),
      proof: (claim, peer) => logins.prove(claim, peer, 'pop3'),
    },
    peer: options.peer ?? PEER,
    initial: client.initial,
    ask: async (challenge) => {
      await options.between?.();
      return client.next(challenge) ?? 'unbelieved';
    },
  });
  assert.ok(outcome.kind !== 'malformed' && outcome.kind !== 'stopped');
  return outcome;
}

async function verifierOf(logins: Logins, name: string): Promise<ScramVerifier> {
  const attempt = await logins.prove({ mechanism: 'SCRAM-SHA-256', name, actAs: '' }, PEER, 'pop3');
  assert.ok(attempt.kind === 'verifier');
  return attempt.verifier;
}

async function saltOf(logins: Logins, name: string): Promise<string> {
  return (await verifierOf(logins, name)).salt.toString('hex');
}

test('a password that was set can be proven, by the address or the bare local part', async (t) => {
  const { logins } = await withAlice(t);
  for (const name of ['alice@a.test', 'ALICE@A.TEST', 'alice']) {
    const verdict = await logIn(logins, name, 'correct horse');
    assert.ok(verdict?.kind === 'accepted', name);
    assert.deepEqual(
      { ...verdict.login, account: '' },
      { account: '', name: 'alice@a.test', mechanism: 'SCRAM-SHA-256' },
    );
  }
});

test('[5802-9-decoy] an unknown name goes through the same steps and gets the same words as a wrong password', async (t) => {
  const { logins, parts } = await withAlice(t);
  await parts.account('nopassword@a.test');
  const wrong = await logIn(logins, 'alice@a.test', 'wrong');
  assert.equal(wrong?.kind, 'refused');
  for (const name of ['nobody@a.test', 'nobody', 'nobody@elsewhere.test', 'nopassword@a.test', 'a b', '@'])
    assert.deepEqual(await logIn(logins, name, 'wrong'), wrong, name);
});

test('[5802-9-decoy] the salt of an unknown name stays the same, after a restart and however it is written', async (t) => {
  const { logins, parts } = await withAlice(t);
  const salt = await saltOf(logins, 'nobody@a.test');
  for (const name of ['nobody@a.test', 'NOBODY@A.TEST']) assert.equal(await saltOf(logins, name), salt);
  assert.equal(await saltOf(opened(parts), 'nobody@a.test'), salt);
  assert.notEqual(await saltOf(logins, 'nobody2@a.test'), salt);
  const { iterations } = await verifierOf(logins, 'nobody@a.test');
  assert.equal(iterations, (await verifierOf(logins, 'alice@a.test')).iterations);
});

test('[5802-9-decoy] a bare name always shows the salt of one of its addresses, whether somebody has it or not', async (t) => {
  const { logins, parts } = await withAlice(t);
  await parts.directory.addDomain('b.test');
  await parts.directory.addAccount('bob@b.test', 'correct horse');
  await parts.directory.addAccount('carol@a.test', 'correct horse');
  await parts.directory.addAccount('carol@b.test', 'correct horse');
  const seen = new Set<string>();
  const nobodies = Array.from({ length: 20 }, (_, i) => `nobody${i}`);
  for (const name of ['alice', 'bob', 'carol', ...nobodies]) {
    const [bare, a, b] = [
      await saltOf(logins, name),
      await saltOf(logins, `${name}@a.test`),
      await saltOf(logins, `${name}@b.test`),
    ];
    assert.notEqual(a, b);
    assert.ok(bare === a || bare === b, name);
    if (name.startsWith('nobody')) seen.add(bare === a ? 'a' : 'b');
  }
  assert.equal(seen.size, 2, 'neither domain is the one of all unknown names');
  assert.equal((await logIn(logins, 'carol', 'correct horse'))?.kind, 'refused');
});

test('[5802-9-decoy] the store is asked as often for a name that nobody has', async (t) => {
  const { parts } = await withAlice(t);
  let reads = 0;
  const counting = watched(parts.store, () => {
    reads += 1;
  });
  const logins = opened(parts, counting);
  assert.equal((await logIn(logins, 'warm@a.test', 'up'))?.kind, 'refused');
  const readsOf = async (name: string): Promise<number> => {
    reads = 0;
    await logIn(logins, name, 'wrong');
    return reads;
  };
  assert.equal(await readsOf('nobody@a.test'), await readsOf('alice@a.test'));
  assert.equal(await readsOf('nobody'), await readsOf('alice'));
});

test('[5802-9-decoy] a verifier is shown after the same time, whoever is asked for', async (t) => {
  const { parts } = await withAlice(t);
  const logins = openLogins({ ...parts, log: silentLog, countGuesses: () => true, networkOf });
  for (const name of ['alice@a.test', 'nobody@a.test', 'alice', 'nobody']) {
    let shown = false;
    const attempt = logins.prove({ mechanism: 'SCRAM-SHA-256', name, actAs: '' }, PEER, 'pop3').then(() => {
      shown = true;
    });
    await parts.store.read('listDomains', {});
    await parts.clock.advance(4);
    assert.equal(shown, false, name);
    await parts.clock.advance(1);
    await attempt;
  }
});

test('[5802-5.1-act-as] acting as somebody else fails like a wrong password', async (t) => {
  const { logins } = await withAlice(t);
  const conclude = async (actAs: string): Promise<LoginVerdict<ProvenLogin>> => {
    const claim = { mechanism: 'SCRAM-SHA-256', name: 'alice', actAs };
    const attempt = await logins.prove(claim, PEER, 'pop3');
    assert.ok(attempt.kind === 'verifier');
    return await attempt.conclude(true);
  };
  for (const own of ['', 'alice', 'alice@a.test', 'ALICE@a.test'])
    assert.equal((await conclude(own)).kind, 'accepted', own);
  assert.deepEqual(await conclude('bob@a.test'), await logIn(logins, 'alice', 'wrong'));
});

test('[5802-3-wrong-proof] wrong proofs are counted with wrong passwords, and a right one waits then too', async (t) => {
  const { logins, parts } = await withAlice(t);
  const plain = { mechanism: 'PLAIN', name: 'alice@a.test', password: 'wrong', actAs: '' };
  for (let i = 0; i < 10; i++) {
    await logIn(logins, 'alice@a.test', `wrong ${i}`);
    await logins.verify(plain, PEER, 'submission');
  }
  const verdict = await logIn(logins, 'alice@a.test', 'correct horse');
  assert.ok(verdict?.kind === 'busy' && verdict.rule === 'too-many-guesses');
  const elsewhere = { ...PEER, address: '192.0.2.2' };
  assert.equal((await logIn(logins, 'alice@a.test', 'correct horse', { peer: elsewhere }))?.kind, 'accepted');
  await parts.clock.advance(10 * 60_000);
  assert.equal((await logIn(logins, 'alice@a.test', 'correct horse'))?.kind, 'accepted');
});

test('[5802-3-wrong-proof] of many proofs at once no more are looked at than of many in a row', async (t) => {
  const { logins } = await withAlice(t);
  const claim = { mechanism: 'SCRAM-SHA-256', name: 'alice@a.test', actAs: '' };
  const attempts: ProofAttempt<ProvenLogin>[] = [];
  for (let i = 0; i < 30; i++) attempts.push(await logins.prove(claim, PEER, 'pop3'));
  const conclude = async (proven: boolean): Promise<string> => {
    const attempt = attempts.pop();
    assert.ok(attempt?.kind === 'verifier');
    return (await attempt.conclude(proven)).kind;
  };
  for (let i = 0; i < 20; i++) assert.equal(await conclude(false), 'refused');
  assert.equal(await conclude(false), 'busy');
  assert.equal(await conclude(true), 'busy', 'the right one too, or it would tell');
});

test('unknown names are counted too', async (t) => {
  const { logins } = await withAlice(t);
  for (let i = 0; i < 20; i++) await logIn(logins, 'nobody@a.test', 'wrong');
  assert.equal((await logIn(logins, 'nobody@a.test', 'wrong'))?.kind, 'busy');
});

test('a password that is changed, or an account that is closed, during the exchange proves nothing', async (t) => {
  const { logins, parts } = await withAlice(t);
  const change = { between: () => parts.directory.setPassword('alice@a.test', 'another horse') };
  assert.equal((await logIn(logins, 'alice', 'correct horse', change))?.kind, 'refused');
  const close = { between: () => parts.directory.removeAccount('alice@a.test', false).catch(() => undefined) };
  assert.equal((await logIn(logins, 'alice', 'another horse', close))?.kind, 'refused');
});

test('a store that fails makes a login wait, and is asked again for the next', async (t) => {
  const { parts } = await withAlice(t);
  let broken = true;
  const failing = watched(parts.store, () => {
    if (broken) throw new Error('the disk is gone');
  });
  const logins = opened(parts, failing);
  const verdict = await logIn(logins, 'alice', 'correct horse');
  assert.ok(verdict?.kind === 'busy' && verdict.rule === 'internal-error');
  broken = false;
  assert.equal((await logIn(logins, 'alice', 'correct horse'))?.kind, 'accepted');
  const late = { between: () => Promise.resolve((broken = true)) };
  assert.equal((await logIn(logins, 'alice', 'correct horse', late))?.kind, 'busy');
});
