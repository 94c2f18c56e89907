import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { prepareName, preparePassword, saslPrep } from './prepare.ts';
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

test('[4013-2.1-mapping] SCRAM maps spaces to spaces and invisible marks to nothing, then NFKC', () => {
  const table: readonly (readonly [string, string])[] = [
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['a\u00a0b\u1680c\u200bd\u3000e', 'a b c d e'],
    ['a\u200c\u200d\u2060\ufeff\ufe0f\u034fb', 'ab'],
    ['a\u034f\u0308', 'ä'],
    ['\u00ad', '\u00ad'],
    ['\u{1f600}', '\u{1f600}'],
  ];
  for (const [text, expected] of table) assert.equal(saslPrep(text), expected, JSON.stringify(text));
});

test('[4013-2.3-kept] what SASLprep forbids stays as it is', () => {
  assert.equal(saslPrep('\ue000'), '\ue000');
  assert.equal(saslPrep('\u06271'), '\u06271');
});
