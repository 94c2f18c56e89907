import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeXtext, encodeUtf8Address, encodeXtext } from './xtext.ts';
import { anyCharacter } from './testing.ts';

test('[3461-4-xtext] xtext is decoded strictly', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['', ''],
    ['QQ314159', 'QQ314159'],
    ['rfc822;Bob@b.test', 'rfc822;Bob@b.test'],
    ['a+2Bb+3Dc', 'a+b=c'],
    ['a+20b', 'a b'],
    ['+C3+BC', 'ü'],
    ['a+2bb', undefined],
    ['a+', undefined],
    ['a+2', undefined],
    ['a=b', undefined],
    ['a b', undefined],
    ['ü', undefined],
    ['+0D+0A', undefined],
    ['+00', undefined],
    ['+FF', undefined],
  ];
  for (const [text, value] of table) assert.equal(decodeXtext(text), value, text);
});

test('[3461-4-xtext] what is encoded is decoded to the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (value) => {
      const text = encodeXtext(value);
      assert.match(text, /^[!-~]*$/);
      const clean = !/[\0-\x1f\x7f]/.test(value);
      assert.equal(decodeXtext(text), clean ? value.toWellFormed() : undefined);
    }),
  );
});

test('[6533-3-utf8-address] an address in UTF-8 is spelled in ASCII', () => {
  assert.equal(encodeUtf8Address('ünal@b.test'), '\\x{FC}nal@b.test');
  assert.equal(encodeUtf8Address('a\\b+c=d😀@b.test'), 'a\\x{5C}b\\x{2B}c\\x{3D}d\\x{1F600}@b.test');
});
