/** Any messages written to an mbox and read back, in whatever pieces, are the same octets; any octets are read without trouble. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MboxReader, toMbox } from './mbox.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100) * 5;

const PIECES = ['From ', '>From ', '>', '>>', 'F', 'From', '\n', '\n\n', '\r\n', '\r', '\r\n\r\n', 'a', 'Subject: x', '\0', 'ÿ', 'From a@b Thu Jan  1 00:00:00 1970\n', 'From export@posthorn.invalid Thu Jan  1 00:00:00 1970\n']; // prettier-ignore
const octets = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 20, size: 'max' })
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

/** Cuts at every place that the sizes give, again and again. */
function* cut(whole: Buffer, sizes: readonly number[]): Iterable<Buffer> {
  for (let at = 0, n = 0; at < whole.length; n++) {
    const end = at + (sizes[n % sizes.length] ?? whole.length);
    yield whole.subarray(at, end);
    at = end;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

async function* stream(pieces: Iterable<Buffer>): AsyncIterable<Buffer> {
  yield* pieces;
}

function read(pieces: Iterable<Buffer>): readonly Buffer[] {
  const reader = new MboxReader();
  const messages: Buffer[][] = [];
  const take = (found: ReturnType<MboxReader['write']>): void => {
    for (const piece of found)
      if (piece.kind === 'begin') messages.push([]);
      else messages.at(-1)?.push(piece.octets);
  };
  for (const piece of pieces) take(reader.write(piece));
  take(reader.end());
  return messages.map((one) => Buffer.concat(one));
}

test('messages written to an mbox come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(octets, { maxLength: 5 }), sizes, sizes, async (messages, written, given) => {
      const parts: Buffer[] = [];
      for (const one of messages) for await (const part of toMbox(stream(cut(one, written)), 0)) parts.push(part);
      const back = read(cut(Buffer.concat(parts), given));
      assert.deepEqual(
        back.map((one) => one.toString('latin1')),
        messages.map((one) => one.toString('latin1')),
      );
    }),
    { numRuns },
  );
});

test('what others wrote is read the same, however it is cut, and nothing is made up', () => {
  fc.assert(
    fc.property(octets, sizes, (whole, given) => {
      const found = read(cut(whole, given));
      assert.deepEqual(found, read([whole]));
      assert.ok(found.reduce((sum, one) => sum + one.length, 0) <= whole.length);
    }),
    { numRuns },
  );
});
