import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { breakLines, decodeHeaderText, encodeHeaderText, foldWords } from './words.ts';
import { anyCharacter } from './testing.ts';

test('[2047-2-encoded-word] text of other scripts becomes encoded-words in short lines', () => {
  assert.equal(encodeHeaderText('Grüße'), '=?utf-8?B?R3LDvMOfZQ==?=');
  assert.equal(encodeHeaderText('Grüsse aus dem Süden'), '=?utf-8?Q?Gr=C3=BCsse_aus_dem_S=C3=BCden?=');
  assert.equal(encodeHeaderText('plain words'), 'plain words');
  assert.equal(encodeHeaderText('=?utf-8?Q?forged?='), '=?utf-8?B?PT91dGYtOD9RP2ZvcmdlZD89?=');
  for (const line of `Subject: ${encodeHeaderText('日本語 '.repeat(40), 9)}`.split('\r\n'))
    assert.ok(line.length <= 76, line);
});

test('[2047-5-whole-characters] no character is split over two encoded-words', () => {
  for (const word of encodeHeaderText('😀'.repeat(40)).split('\r\n '))
    assert.doesNotMatch(decodeHeaderText(word), /\ufffd/);
});

test('[2047-6.2-display] blanks between encoded-words vanish, others stay', () => {
  const table: readonly (readonly [string, string])[] = [
    ['=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?Q?a?=\r\n =?utf-8?Q?b?= c', 'ab c'],
    ['x =?iso-8859-1?Q?=FC_y?= z', 'x ü y z'],
    ['=?UTF-8?b?w7w=?=', 'ü'],
    ['=?utf-8*de?Q?a?=', 'a'],
    ['=?no-such-charset?Q?a?=', '=?no-such-charset?Q?a?='],
    ['=?utf-8?X?a?=', '=?utf-8?X?a?='],
    ['=?utf-8?Q?a', '=?utf-8?Q?a'],
    // One character split over two words by a careless encoder.
    ['=?utf-8?B?ww==?= =?utf-8?B?vA==?=', 'ü'],
    ['=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=', 'ü'],
  ];
  for (const [value, text] of table) assert.equal(decodeHeaderText(value), text, value);
});

test('[5322-2.1.1-line] words are folded below 78 characters, and a word without end is broken', () => {
  for (const line of foldWords('word '.repeat(100), 9).split('\r\n')) assert.ok(line.length <= 78);
  assert.deepEqual(breakLines('x'.repeat(500), 78).map((line) => line.length), [240, 240, 20]); // prettier-ignore
  assert.deepEqual(breakLines('', 78), []);
  assert.deepEqual(breakLines('aa bb', 5), ['aa bb']);
  assert.deepEqual(breakLines('aa bb', 5, 3), ['aa', 'bb']);
});

test('any text becomes one field, which reads back as the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), (text) => {
      const value = encodeHeaderText(text, 9);
      assert.match(value, /^(?:[ -~]+(?:\r\n (?=[^ ]))?)*$/);
      const clean = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(); // prettier-ignore
      assert.equal(decodeHeaderText(value.replaceAll('\r\n', '')).replace(/ +/g, ' '), clean.replace(/ +/g, ' '));
    }),
  );
});

test('hostile values cost linear time, and none makes the decoder throw', () => {
  for (const text of ['=?', '?=', '=?a?q?', '=?utf-8?Q?a?= ', ' ', '?= ']) decodeHeaderText(text.repeat(50_000));
  fc.assert(fc.property(fc.array(fc.constantFrom('=?', 'utf-8', '?', 'Q', 'B', '?=', '=C3', ' ', '==', '\r\n'), { maxLength: 20 }), (pieces) => decodeHeaderText(pieces.join('')).length >= 0)); // prettier-ignore
});
