import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHash, makeHash } from './password-worker.ts';
import { DECOY, openPasswords } from './passwords.ts';

test('a password fits the hash made of it and no other', async (t) => {
  const passwords = openPasswords();
  t.after(() => passwords.close());
  const hash = await passwords.make('correct horse');
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await passwords.check('correct horse', hash), true);
  assert.equal(await passwords.check('correct Horse', hash), false);
});

test('an unknown name is checked against a decoy and never fits', async (t) => {
  const passwords = openPasswords();
  t.after(() => passwords.close());
  assert.equal(await passwords.check('', undefined), false);
});

test('the decoy costs what a real check costs', () => {
  const cost = (hash: string): string | undefined => /\$m=[^$]*\$/.exec(hash)?.[0];
  assert.equal(cost(DECOY), cost(makeHash('x')));
  assert.equal(DECOY.length, makeHash('x').length);
});

test('beyond the queue the answer is busy, at once', async (t) => {
  const passwords = openPasswords(2);
  t.after(() => passwords.close());
  const hash = makeHash('x');
  const answers = await Promise.all(Array.from({ length: 5 }, () => passwords.check('x', hash)));
  assert.deepEqual(answers, [true, true, 'busy', 'busy', 'busy']);
});

test('what is no argon2id hash is an error, not a wrong password', () => {
  assert.throws(() => checkHash('x', '$2b$10$abc'), /not an argon2id hash/);
});
