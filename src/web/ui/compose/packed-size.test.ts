import assert from 'node:assert/strict';
import test from 'node:test';
import { size } from '../words/many.ts';
import { letterOctets, packedOctets, SizeLimits } from './packed-size.ts';

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

test('21 MB of files are about 28.7 MB on the wire', () => {
  assert.equal(size(letterOctets({ text: 200, html: 0, files: [21_000_000] })), '28.7 MB');
});

test('what fits is judged as it goes out, not as it lies on the disk', () => {
  const limits = new SizeLimits(50_000_000, 36_000_000);
  assert.equal(limits.takes([35_000_000]), true);
  assert.equal(limits.takes([36_000_001]), false);
  assert.equal(limits.takes([18_000_000, 18_000_001]), false);
  assert.equal(limits.takes([30_000_000], 5_000_000, 5_000_000), false);
  assert.equal(new SizeLimits(Infinity, Infinity).takes([1e12]), true);
});
