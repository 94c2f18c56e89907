import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEnhanced, parseEnhanced } from './enhanced.ts';

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

/** Subject and the highest detail in the registry of RFC 5248; 4.8 and above, and the like, are nobody's. */
const REGISTERED: readonly (readonly [subject: number, last: number])[] = [[1, 10], [2, 4], [3, 6], [4, 7], [5, 6], [6, 10], [7, 30]]; // prettier-ignore

test('[5248-2-registry] every registered code has words of its own', () => {
  for (const [subject, last] of REGISTERED) {
    const general = describeEnhanced(`5.${subject}.0`);
    for (let detail = 1; detail <= last; detail++) {
      const words = describeEnhanced(`5.${subject}.${detail}`);
      assert.notEqual(words.sentence, general.sentence, `X.${subject}.${detail}`);
      assert.match(words.sentence, /^[A-Z].*\.$/);
      assert.match(words.advice, /^[A-Z].*\.$/);
    }
  }
});

test('a code that nobody registered gets the words of its subject, or of none', () => {
  assert.equal(describeEnhanced('5.1.99').sentence, describeEnhanced('5.1.0').sentence);
  assert.equal(describeEnhanced('5.99.1').subject, 'undefined');
  assert.deepEqual(['2.1.5', '4.1.5', '5.1.5'].map((code) => describeEnhanced(code as '5.1.5').class), ['done', 'not now', 'refused']); // prettier-ignore
});
