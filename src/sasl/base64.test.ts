import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64 } from './base64.ts';

test('[4648-3.5-strict] base 64 is taken only as an encoder writes it', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['', ''],
    ['YQ==', 'a'],
    ['YWI=', 'ab'],
    ['YWJj', 'abc'],
    ['AGEAYg==', '\0a\0b'],
    ['YQ', undefined],
    ['YQ=', undefined],
    ['YQ===', undefined],
    ['YR==', undefined],
    ['=', undefined],
    ['====', undefined],
    ['Y=Q=', undefined],
    ['YQ==YQ==', undefined],
    ['YW Jj', undefined],
    ['YWJj\n', undefined],
    ['YWJ-', undefined],
    ['*', undefined],
  ];
  for (const [text, octets] of table)
    assert.equal(decodeBase64(text)?.toString('latin1'), octets, JSON.stringify(text));
});

test('any octets come back, and what is taken is written the same', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) =>
      Buffer.from(octets).equals(decodeBase64(Buffer.from(octets).toString('base64')) as Buffer),
    ),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[AQg=w+/]{0,8}$/), (text) => {
      const octets = decodeBase64(text);
      return octets === undefined || octets.toString('base64') === text;
    }),
  );
});
