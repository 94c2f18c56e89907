import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineEnds } from './line-ends.ts';

function mended(...chunks: readonly string[]): string {
  const lineEnds = new LineEnds();
  return chunks.map((chunk) => lineEnds.push(Buffer.from(chunk, 'latin1')).toString('latin1')).join('');
}

const CASES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['a\r\nb\r\n', 'a\r\nb\r\n'],
  ['a\nb', 'a\r\nb'],
  ['a\rb', 'a\r\nb'],
  ['\n.\n', '\r\n.\r\n'],
  ['\r.\r', '\r\n.\r\n'],
  ['\r\r\n', '\r\n\r\n'],
  ['\n\r', '\r\n\r\n'],
  ['\r\n\n', '\r\n\r\n'],
  ['\n\n\r\r', '\r\n\r\n\r\n\r\n'],
  ['a\0b\xff', 'a\0b\xff'],
];

for (const [text, expected] of CASES) {
  test(`[5321-2.3.8-client-line-ends] ${JSON.stringify(text)} leaves as ${JSON.stringify(expected)}, however it is cut`, () => {
    assert.equal(mended(text), expected);
    assert.equal(mended(...text), expected);
    for (let at = 0; at <= text.length; at++) assert.equal(mended(text.slice(0, at), '', text.slice(at)), expected);
  });
}

test('[5321-2.3.8-client-line-ends] any text in any pieces equals the simple rule applied to the whole', () => {
  const octets = fc.array(fc.constantFrom('\r', '\n', 'a', '.'), { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 6 }), (chunks) => {
      assert.equal(mended(...chunks), chunks.join('').replace(/\r\n|\r|\n/g, '\r\n'));
    }),
    { numRuns: 500 },
  );
});

test('a clean chunk is passed on as it is', () => {
  const chunk = Buffer.from('a\r\nb\r\n');
  assert.equal(new LineEnds().push(chunk), chunk);
});
