import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from './lines.ts';

function split(text: string, size: number, longest = 100): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(longest, (line) => lines.push(line));
  for (let at = 0; at < text.length; at += size) splitter.push(Buffer.from(text.slice(at, at + size), 'latin1'));
  return lines;
}

test('lines come out the same however the text is cut', () => {
  const lines = fc.array(
    fc.stringMatching(/^[ -~\r\n]{0,20}$/).filter((line) => !`${line}\r\n`.slice(0, -1).includes('\r\n')),
  );
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 7 }), (all, size) => {
      assert.deepEqual(split(all.map((line) => `${line}\r\n`).join(''), size), all);
    }),
  );
});

test('a line that is too long is an error, complete or not', () => {
  assert.throws(() => split(`${'a'.repeat(101)}\r\n`, 1_000), RangeError);
  assert.throws(() => split('a'.repeat(1_000), 50), RangeError);
});
