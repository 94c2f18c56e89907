import assert from 'node:assert/strict';
import test from 'node:test';
import { letterOctets, packedOctets, sizeInWords } from './packed-size.ts';

test('a file packed is as long as base64 in lines of 76 with their ends', () => {
  for (const octets of [0, 1, 2, 3, 57, 58, 1_000, 100_000]) {
    const lines =
      Buffer.alloc(octets)
        .toString('base64')
        .match(/.{1,76}/gu) ?? [];
    assert.equal(
      packedOctets(octets),
      lines.reduce((sum, line) => sum + line.length + 2, 0),
      String(octets),
    );
  }
});

test('21 MB of files are about 28.8 MB on the wire', () => {
  assert.equal(sizeInWords(letterOctets({ text: 200, html: 0, files: [21_000_000] }), 'en'), '28.7 MB');
});

test('sizes are told in one unit', () => {
  assert.equal(sizeInWords(0, 'en'), '0 bytes');
  assert.equal(sizeInWords(1, 'en'), '1 byte');
  assert.equal(sizeInWords(999, 'en'), '999 bytes');
  assert.equal(sizeInWords(1_234, 'en'), '1.2 kB');
  assert.equal(sizeInWords(999_999, 'en'), '1 MB');
  assert.equal(sizeInWords(123_456_789, 'en'), '123 MB');
});
