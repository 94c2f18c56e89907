import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Patch } from '../message.ts';
import { textOf } from '../testing.ts';
import { patched } from './patched.ts';

// eslint-disable-next-line typescript/require-await -- a source is asynchronous
async function* cut(octets: Buffer, sizes: readonly number[]): AsyncIterable<Buffer> {
  for (let at = 0, n = 0; at < octets.length; n++) {
    const size = sizes[n % sizes.length] as number;
    yield octets.subarray(at, at + size);
    at += size;
  }
}

/** The whole, from its end to its beginning. */
function slowly(content: string, patches: readonly Patch[]): string {
  return patches.reduceRight(
    (text, { at, replaces, with: instead }) =>
      text.slice(0, at) + Buffer.from(instead).toString() + text.slice(at + replaces),
    content,
  );
}

/** Gaps between patches, what they replace, what comes instead. */
const places = fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.string({ unit: fc.constantFrom('X', 'Y'), maxLength: 5 })), {
  maxLength: 6,
});

test('replaced are exactly the octets that a patch names, whatever the pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      places,
      fc.nat(20),
      fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1 }),
      async (...args) => {
        const [found, more, sizes] = args;
        const patches: Patch[] = [];
        let at = 0;
        for (const [gap, replaces, instead] of found) {
          patches.push({ at: at + gap, replaces, with: Buffer.from(instead) });
          at += gap + Math.max(1, replaces);
        }
        const content = 'abcdefghijklmnopqrstuvwxyz'.repeat(10).slice(0, at + more);
        assert.equal(await textOf(patched(cut(Buffer.from(content), sizes), patches)), slowly(content, patches));
      },
    ),
  );
});

test('what comes instead leaves in pieces too', async () => {
  const sizes: number[] = [];
  const source = cut(Buffer.from('abc'), [3]);
  for await (const piece of patched(source, [{ at: 1, replaces: 1, with: Buffer.alloc(150_000) }]))
    sizes.push(piece.length);
  assert.deepEqual(sizes, [1, 65_536, 65_536, 150_000 - 2 * 65_536, 1]);
});
