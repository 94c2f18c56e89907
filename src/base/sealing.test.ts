import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { openSeal } from './sealing.ts';

const key = randomBytes(32);

test('what is sealed opens again, in its place and with its key alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
      const seal = openSeal(key);
      const sealed = seal.seal(secret, 'remote r1');
      assert.equal(seal.open(sealed, 'remote r1'), secret);
      assert.equal(seal.open(sealed, 'remote r2'), undefined);
      assert.equal(openSeal(randomBytes(32)).open(sealed, 'remote r1'), undefined);
      if (secret.length > 3) assert.ok(!sealed.includes(secret));
    }),
  );
});

test('the same secret is never sealed to the same text', () => {
  const seal = openSeal(key);
  assert.notEqual(seal.seal('x', 'a'), seal.seal('x', 'a'));
});

test('what was changed, cut or made up does not open, and makes no error', () => {
  const seal = openSeal(key);
  const sealed = seal.seal('secret', 'a');
  for (const wrong of [
    '',
    'v1',
    'v1.',
    'v2' + sealed.slice(2),
    sealed.slice(0, -2),
    `${sealed.slice(0, 8)}A${sealed.slice(9)}x`,
    'v1.AAAA',
  ])
    assert.equal(seal.open(wrong, 'a'), undefined, wrong);
});
