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

test('those who are known have a queue of their own and come first, but every fourth turn is a stranger’s', async (t) => {
  const passwords = openPasswords(4);
  t.after(() => passwords.close());
  const hash = makeHash('x');
  const order: string[] = [];
  const check = async (name: string, known: boolean): Promise<void> => {
    order.push((await passwords.check('x', hash, { known })) === 'busy' ? `${name} is busy` : name);
  };
  const strangers = ['s1', 's2', 's3', 's4', 's5'].map((name) => check(name, false));
  const known = ['k1', 'k2', 'k3', 'k4'].map((name) => check(name, true));
  await Promise.all([...strangers, ...known]);
  // The first found the worker idle.
  assert.deepEqual(order, ['s5 is busy', 'k4 is busy', 's1', 'k1', 'k2', 's2', 'k3', 's3', 's4']);
});

test('what is not wanted any more when its turn comes costs nothing', async (t) => {
  const passwords = openPasswords();
  t.after(() => passwords.close());
  const hash = makeHash('x');
  let left = 2;
  const turn = { wanted: () => left > 0 };
  const answers = Array.from({ length: 50 }, () =>
    passwords.check('x', hash, turn).then((answer) => {
      left--;
      return answer;
    }),
  );
  // One was begun before the answer to the second was heard.
  assert.deepEqual(await Promise.all(answers), [true, true, true, ...Array<string>(47).fill('unwanted')]);
  left = 1;
  assert.equal(await passwords.check('x', hash, turn), true);
});

test('what is no argon2id hash is an error, not a wrong password', () => {
  assert.throws(() => checkHash('x', '$2b$10$abc'), /not an argon2id hash/);
});
