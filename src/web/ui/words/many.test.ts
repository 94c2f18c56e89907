import assert from 'node:assert/strict';
import { test } from 'node:test';
import { size } from './many.ts';

test('size: as people say it', () => {
  const table: readonly (readonly [number, string])[] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [1_234, '1.2 kB'],
    [21_504, '21.5 kB'],
    [999_999, '1 MB'],
    [4_190_000, '4.2 MB'],
    [99_960_000, '100 MB'],
    [123_456_789, '123 MB'],
    [5_368_709_120, '5.4 GB'],
    [7e15, '7,000 TB'],
  ];
  for (const [octets, words] of table) assert.equal(size(octets), words);
});
