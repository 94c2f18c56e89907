import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { topOfMessage } from './top-of-message.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size), 'latin1');
}

async function top(text: string, lines: number, size = 1_000): Promise<string> {
  let result = '';
  for await (const piece of topOfMessage(pieces(text, size), lines)) result += piece.toString('latin1');
  return result;
}

const cases: readonly (readonly [text: string, lines: number, answer: string])[] = [
  ['A: 1\r\n\r\none\r\ntwo\r\n', 0, 'A: 1\r\n\r\n'],
  ['A: 1\r\n\r\none\r\ntwo\r\n', 1, 'A: 1\r\n\r\none\r\n'],
  ['A: 1\r\n\r\none\r\ntwo\r\n', 2, 'A: 1\r\n\r\none\r\ntwo\r\n'],
  ['A: 1\r\n\r\none\r\ntwo\r\n', Infinity, 'A: 1\r\n\r\none\r\ntwo\r\n'],
  ['A: 1\r\n\r\n\r\n\r\nx\r\n', 1, 'A: 1\r\n\r\n\r\n'],
  ['A: 1\r\nB: 2\r\n', 0, 'A: 1\r\nB: 2\r\n'],
  ['A: 1\r\n\r\n', 5, 'A: 1\r\n\r\n'],
  ['\r\nbody\r\nmore\r\n', 1, '\r\nbody\r\n'],
  ['A: 1\n\nno line ends\r\n\r\nbody\r\n', 0, 'A: 1\n\nno line ends\r\n\r\n'],
  ['A: 1\r\n\n\r\n\r\nbody\r\n', 0, 'A: 1\r\n\n\r\n\r\n'],
  ['', 3, ''],
];

for (const [text, lines, answer] of cases) {
  test(`[1939-7-top] TOP ${lines} of ${JSON.stringify(text)}`, async () => {
    assert.equal(await top(text, lines), answer);
    assert.equal(await top(text, lines, 1), answer, 'cut at every octet');
  });
}

/** Slow and plain: split into lines, find the first empty one. */
function reference(text: string, lines: number): string {
  const parts = text.split(/(?<=\r\n)/);
  const blank = parts.indexOf('\r\n');
  return blank === -1 ? text : parts.slice(0, blank + 1 + lines).join('');
}

test('[1939-7-top] TOP equals a plain reference, however the message is cut', async () => {
  const octets = fc.array(fc.constantFrom('\r\n', '\r', '\n', 'a', '.', ': '), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(octets, fc.nat(6), fc.integer({ min: 1, max: 9 }), async (parts, lines, size) => {
      const text = parts.join('');
      assert.equal(await top(text, lines, size), reference(text, lines));
    }),
  );
});

test('no more of the source is read than the answer needs, and it is closed', async () => {
  let given = 0;
  let closed = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        await Promise.resolve();
        given++;
        yield Buffer.from('A: 1\r\n\r\nbody\r\n');
      }
    } finally {
      closed = true;
    }
  }
  for await (const piece of topOfMessage(endless(), 1)) assert.equal(piece.toString(), 'A: 1\r\n\r\nbody\r\n');
  assert.equal(given, 1);
  assert.equal(closed, true);
});
