import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PopCount, toPop } from './framing.ts';

const table: readonly (readonly [string, string])[] = [
  ['', ''],
  ['a', 'a\r\n'],
  ['a\r\n', 'a\r\n'],
  ['a\n', 'a\r\n'],
  ['a\r', 'a\r\n'],
  ['\n\n', '\r\n\r\n'],
  ['\r\r\n', '\r\n\r\n'],
  ['\n\r', '\r\n\r\n'],
  ['a\rb\nc\r\nd', 'a\r\nb\r\nc\r\nd\r\n'],
];

async function pop(chunks: readonly string[]): Promise<{ readonly text: string; readonly counted: number }> {
  const count = new PopCount();
  const pieces: Buffer[] = [];
  async function* source(): AsyncIterable<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  }
  for (const chunk of chunks) count.add(Buffer.from(chunk, 'latin1'));
  for await (const piece of toPop(source())) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString('latin1'), counted: count.octets };
}

for (const [stored, sent] of table) {
  test(`${JSON.stringify(stored)} is sent as ${JSON.stringify(sent)}, cut anywhere`, async () => {
    for (let at = 0; at <= stored.length; at++) {
      assert.deepEqual(await pop([stored.slice(0, at), stored.slice(at)]), { text: sent, counted: sent.length });
    }
  });
}

test('what is counted is what is sent: only CRLF ends a line, whatever the content and however it is cut', async () => {
  const text = fc.string({ unit: fc.constantFrom('\r', '\n', 'a', '.'), maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 5 }), async (chunks) => {
      const { text: sent, counted } = await pop(chunks);
      assert.equal(sent.length, counted);
      assert.ok(sent === '' || sent.endsWith('\r\n'));
      assert.doesNotMatch(sent, /(^|[^\r])\n|\r(?!\n)/);
      assert.equal(
        sent.replaceAll('\r\n', '\n').replace(/\n$/, ''),
        chunks
          .join('')
          .replace(/\r\n|\r|\n/g, '\n')
          .replace(/\n$/, ''),
      );
    }),
  );
});
