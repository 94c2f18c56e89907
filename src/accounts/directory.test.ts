import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError, weakness } from './directory.ts';
import { testDirectory } from './testing.ts';

async function sentence(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DirectoryError, 'a refusal for people was expected');
  return error.message;
}

test('an account keeps verifiers, never the password', async (t) => {
  const { directory, store } = await testDirectory(t);
  await directory.addAccount('Alice@A.test', 'correct horse');
  const found = await store.read('accountAt', { local: 'alice', domain: 'a.test' });
  assert.deepEqual(
    found?.credentials.map((one) => one.kind),
    ['argon2id', 'scram-sha-256'],
  );
  assert.doesNotMatch(JSON.stringify(found), /correct horse/);
});

test("what can't be done is said with what to do", async (t) => {
  const { directory } = await testDirectory(t);
  await directory.addAccount('alice@a.test', 'x');
  assert.match(await sentence(directory.addAccount('alice@a.test', 'x')), /exists already/);
  assert.match(await sentence(directory.addAccount('bob@b.test', 'x')), /"domain add b\.test" makes it one/);
  assert.match(await sentence(directory.addAccount('no address', 'x')), /not a mail address/);
  assert.match(await sentence(directory.addAccount('*@a.test', 'x')), /catch-all/);
  assert.match(await sentence(directory.addAccount('e@a.test', '')), /empty/);
  assert.match(await sentence(directory.setPassword('bob@a.test', 'x')), /There is no account/);
  assert.match(await sentence(directory.addDomain('-bad-')), /not a domain name/);
  assert.match(await sentence(directory.addDomain('a.test')), /ours already|our domains already/);
  assert.match(await sentence(directory.removeDomain('c.test')), /was not added/);
  assert.match(await sentence(directory.removeAlias('x@a.test')), /There is no alias/);
  assert.match(await sentence(directory.addAlias('alice@a.test', ['x@b.test'], false)), /exists already/);
  assert.match(await sentence(directory.addAlias('z@a.test', [], false)), /at least one address/);
  assert.match(await sentence(directory.grant('nobody@a.test', 'x@b.test')), /There is no account/);
  assert.match(await sentence(directory.grant('alice@a.test', 'b.test')), /not a mail address/);
  assert.match(await sentence(directory.revoke('alice@a.test', 'x@b.test')), /was not granted/);
  await directory.grant('alice@a.test', 'x@b.test');
  assert.match(await sentence(directory.grant('alice@a.test', 'X@b.test')), /may send as x@b\.test already/);
});

test('a domain with accounts or aliases is not removed', async (t) => {
  const { directory } = await testDirectory(t);
  await directory.addDomain('B.test');
  await directory.addAlias('x@b.test', ['y@c.test'], false);
  assert.match(await sentence(directory.removeDomain('b.test')), /still has accounts or aliases/);
  await directory.removeAlias('x@b.test');
  assert.equal(await directory.removeDomain('b.test'), 'b.test');
});

test('an alias in a circle is refused when it is made, with the way round', async (t) => {
  const { directory } = await testDirectory(t);
  await directory.addAlias('x@a.test', ['y@a.test'], false);
  await directory.addAlias('y@a.test', ['z@a.test', 'out@b.test'], false);
  assert.match(
    await sentence(directory.addAlias('z@a.test', ['x@a.test'], false)),
    /circle: z@a\.test → x@a\.test → y@a\.test → z@a\.test/,
  );
  assert.match(await sentence(directory.addAlias('s@a.test', ['s@a.test'], false)), /circle/);
});

test('a way back over a subaddress or a catch-all is a circle too; an account on the way ends it', async (t) => {
  const { account, directory } = await testDirectory(t);
  await directory.addAlias('x@a.test', ['y@a.test'], false);
  assert.match(await sentence(directory.addAlias('y@a.test', ['X+tag@a.test'], false)), /circle: y@.* X\+tag@.* y@/);
  assert.match(await sentence(directory.addAlias('*@a.test', ['nobody@a.test'], false)), /circle/);
  await account('x+tag@a.test');
  await directory.addAlias('y@a.test', ['x+tag@a.test'], false);
  await directory.addAlias('*@a.test', ['x+tag@a.test'], false);
});

test('a local part that needs quotes is kept and shown with them', async (t) => {
  const { directory } = await testDirectory(t);
  assert.equal((await directory.addAccount('"a b"@a.test', 'x')).local, 'a b');
  assert.match(await sentence(directory.addAccount('"a b"@a.test', 'x')), /^"a b"@a\.test exists/);
});

test('a closed account can still be purged', async (t) => {
  const { directory, store } = await testDirectory(t);
  await directory.addAccount('alice@a.test', 'x');
  await directory.removeAccount('alice@a.test', false);
  assert.match(await sentence(directory.removeAccount('alice@a.test', false)), /There is no account/);
  await directory.removeAccount('alice@a.test', true);
  assert.deepEqual(await store.read('listAccounts', { closed: true }), []);
  assert.match(await sentence(directory.removeAccount('alice@a.test', true)), /There is no account/);
});

test('a closed account takes no login; its address is free again', async (t) => {
  const { directory, store } = await testDirectory(t);
  await directory.addAccount('alice@a.test', 'x');
  await directory.removeAccount('alice@a.test', false);
  assert.equal(await store.read('accountAt', { local: 'alice', domain: 'a.test' }), undefined);
  assert.equal((await store.read('listAccounts', { closed: true })).length, 1);
  await directory.addAccount('alice@a.test', 'y');
});

test('weak passwords are told, good ones are not', () => {
  for (const weak of ['short', 'aaaaaaaaaaaa', 'password1', '12345678']) assert.ok(weakness(weak), weak);
  assert.equal(weakness('correct horse battery staple'), undefined);
});
