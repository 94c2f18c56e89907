import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLineCount, parseMessageNumber } from './number.ts';

const numbers: readonly (readonly [text: string, value: number | string])[] = [
  ['1', 1],
  ['999999999', 999_999_999],
  ['0000000000000000000007', 7],
  ['1000000000', Infinity],
  ['9'.repeat(5_000), Infinity],
  ['0', 'Message numbers start at 1; there is no message 0'],
  ['00', 'Message numbers start at 1; there is no message 0'],
  ['-1', 'Message numbers start at 1; a negative one names nothing'],
  ['-0', 'Message numbers start at 1; a negative one names nothing'],
  ['', 'A message number is written in decimal digits'],
  ['+1', 'A message number is written in decimal digits'],
  ['1e3', 'A message number is written in decimal digits'],
  ['0x1', 'A message number is written in decimal digits'],
  ['1.0', 'A message number is written in decimal digits'],
  ['١', 'A message number is written in decimal digits'],
];

for (const [text, expected] of numbers) {
  test(`[1939-3-message-number] ${JSON.stringify(text.slice(0, 30))} as a message number`, () => {
    const number = parseMessageNumber(text);
    assert.equal(number.ok ? number.value : number.text, expected);
  });
}

test('[1939-7-top-zero] a number of body lines may be 0 or huge, not negative', () => {
  assert.deepEqual(parseLineCount('0'), { ok: true, value: 0 });
  assert.deepEqual(parseLineCount('0010'), { ok: true, value: 10 });
  assert.deepEqual(parseLineCount('99999999999999'), { ok: true, value: Infinity });
  for (const text of ['-1', '', 'all', '1.5']) assert.equal(parseLineCount(text).ok, false, text);
});

test('every message number comes back from its decimal form', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.nat(20), (number, zeros) => {
      assert.deepEqual(parseMessageNumber('0'.repeat(zeros) + String(number)), { ok: true, value: number });
    }),
  );
});
