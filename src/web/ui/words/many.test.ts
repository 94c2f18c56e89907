import assert from 'node:assert/strict';
import { test } from 'node:test';
import { size } from './many.ts';

test('size: as people say it', () => {
  const table: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KB'],
    [21_504, '21 KB'],
    [1_048_575, '1.0 MB'],
    [4_404_019, '4.2 MB'],
    [30_198_989, '29 MB'],
    [5_368_709_120, '5.0 GB'],
  ];
  for (const [octets, words] of table) assert.equal(size(octets), words);
});
