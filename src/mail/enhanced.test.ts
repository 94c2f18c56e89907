import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnhanced } from './enhanced.ts';

test('[3463-2-code] a code at the start of a text is understood', () => {
  const table: readonly (readonly [string, string | undefined, string?])[] = [
    ['5.1.1 No such user', '5.1.1', 'No such user'],
    ['2.0.0', '2.0.0', ''],
    ['4.999.999 x', '4.999.999', 'x'],
    ['3.1.1 x', undefined],
    ['5.1 x', undefined],
    ['5.1.1x', undefined],
    ['5.01.1 x', undefined],
    ['5.1.1000 x', undefined],
    [' 5.1.1 x', undefined],
    ['192.0.2.1 x', undefined],
    ['', undefined],
  ];
  for (const [text, code, rest] of table)
    assert.deepEqual(parseEnhanced(text), code === undefined ? undefined : { code, text: rest }, text);
});
