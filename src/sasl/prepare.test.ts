import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { prepareName, preparePassword } from './prepare.ts';
import { anyCharacter } from '../mail/testing.ts';

test('[8265-4.2-opaque-string] a password is the same however its accents and spaces were typed', () => {
  assert.equal(preparePassword('pa\u0308ss'), 'päss');
  assert.equal(preparePassword('a\u00a0b\u3000c d'), 'a b c d');
  assert.equal(preparePassword(' Keep Case '), ' Keep Case ');
  assert.equal(preparePassword('😀'), '😀');
});

test('what can not be a password is refused', () => {
  for (const text of ['', 'a\0b', 'a\nb', 'a\u0085b', '\ud800', 'x'.repeat(1025), 'ü'.repeat(600)]) {
    assert.equal(preparePassword(text), undefined);
    assert.equal(prepareName(text), undefined);
  }
  assert.equal(preparePassword('x'.repeat(1024))?.length, 1024);
});

test('preparing twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, minLength: 1 }), (text) => {
      const once = preparePassword(text);
      if (once !== undefined) assert.equal(preparePassword(once), once);
    }),
    { numRuns: 500 },
  );
});
