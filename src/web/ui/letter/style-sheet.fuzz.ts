/** Whatever a letter's style sheet selects or asks for: what stays is bound to the letter, and ends where it should. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundSelectors, conditionOf } from './style-sheet.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: Number(process.env['FUZZ_RUNS'] ?? 100) * 10 });

const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'p',
        '.a',
        '#b',
        '*',
        ' ',
        ' > ',
        '+',
        '~',
        ',',
        ':hover',
        '[class="x"]',
        '(',
        ')',
        '[',
        ']',
        '"',
        '{',
        '}',
        ';',
        '\\',
        'body',
        'html',
        ':root',
        '/*',
        '@',
        '<',
      ),
      fc.constantFrom(
        '(max-width: 9px)',
        ' and ',
        'screen',
        'only ',
        'not ',
        '(prefers-color-scheme: dark)',
        '(height: 1px)',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((some) => some.join(''));

test('a selector that stays is bound to its box, and opens nothing', () => {
  const BOUND = /^[\w\s.#*>+~:"=()[\]^$|-]+:where\(#letter-0, #letter-0 \*\)$/;
  fc.assert(
    fc.property(pieces, (list) => {
      const kept = boundSelectors(list, 'letter-0', undefined);
      if (kept === undefined) return;
      for (const one of kept.split(/(?<=\*\)), /)) {
        assert.match(one, BOUND);
        assert.ok(!/[{};@\\<]|\/\*/.test(one), one);
        assert.ok(!one.replaceAll(/#(?:user-content-|letter-0)/g, '').includes('#'), one);
      }
    }),
  );
});

test('a condition that stays opens nothing, and says nothing of heights', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      const { media } = conditionOf(text) ?? { media: '' };
      assert.ok(/^[\w\s(),:.<>=-]*$/.test(media) && !/height|orientation|not|scheme/.test(media), media);
    }),
  );
});
