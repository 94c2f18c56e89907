import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeQuotedPrintable } from './transfer-encoding.ts';

function decode(text: string): string {
  const joined = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return joined;
}

test('quoted-printable encodes what is not plain, and blanks at the end of a line', () => {
  assert.equal(encodeQuotedPrintable('a=b ü \r\nx\t\r\n'), 'a=3Db =C3=BC=20\r\nx=09\r\n');
  assert.equal(encodeQuotedPrintable('a\rb'), 'a=0Db');
});

test('any octets come back from lines of at most 76 characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
      const text = encodeQuotedPrintable(octets);
      for (const line of text.split('\r\n')) assert.match(line, /^[\t -~]{0,76}(?<![ \t])$/);
      const same = Buffer.from(octets).toString('latin1').replace(/\r?\n/g, '\r\n'); // prettier-ignore
      assert.equal(decode(text), same);
    }),
  );
});
