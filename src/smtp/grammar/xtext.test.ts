import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeXtext, encodeXtext } from './xtext.ts';

test('[3461-4-xtext] good and bad xtext', () => {
  const good: readonly (readonly [string, string])[] = [
    ['', ''],
    ['abc', 'abc'],
    ['a+2Bb', 'a+b'],
    ['a+3db', 'a=b'],
    ['+C3+A9', 'é'],
    ['é', 'é'],
    ['<>', '<>'],
  ];
  for (const [text, value] of good) assert.equal(decodeXtext(text), value, text);
  for (const text of ['a=b', 'a b', 'a+', 'a+2', 'a+zz', 'a\tb', 'a\0', '+C3', '+FF'])
    assert.equal(decodeXtext(text), undefined, text);
});

test('[3461-4-xtext] what is encoded is decoded to the same, and is xtext', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const encoded = encodeXtext(text);
      assert.match(encoded, /^[!-*,-<>-~+]*$/);
      assert.equal(decodeXtext(encoded), text);
    }),
  );
});
