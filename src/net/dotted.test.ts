import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import fc from 'fast-check';
import { DottedText } from './dotted.ts';

interface Whole {
  readonly text: string;
  readonly rest: string;
  readonly bare: string | undefined;
}

/** The rules on the whole input at once, written as they are said: slow and plain. */
function reference(input: string): Whole | undefined {
  const end = `\r\n${input}`.indexOf('\r\n.\r\n');
  if (end === -1) return undefined;
  const stuffed = input.slice(0, end);
  const text = stuffed
    .split('\r\n')
    .map((line) => line.replace(/^\./, ''))
    .join('\r\n');
  const found = /\r(?!\n)|(?<!\r)\n|\0/.exec(stuffed)?.[0];
  const bare = found === undefined ? undefined : { '\r': 'cr', '\n': 'lf', '\0': 'nul' }[found];
  return { text, rest: input.slice(end + 3), bare };
}

function unstuff(pieces: readonly string[]): Whole | undefined {
  const framing = new DottedText();
  let text = '';
  for (const [i, piece] of pieces.entries()) {
    const step = framing.push(Buffer.from(piece, 'latin1'));
    text += step.text.toString('latin1');
    if (!step.ended) continue;
    const rest = piece.slice(step.used) + pieces.slice(i + 1).join('');
    return { text, rest, bare: framing.bare };
  }
  return undefined;
}

const good: readonly [name: string, input: string, text: string][] = [
  ['empty', '.\r\n', ''],
  ['one line', 'a\r\n.\r\n', 'a\r\n'],
  ['a stuffed dot', '..\r\n.\r\n', '.\r\n'],
  ['a stuffed dot at the start of text', '..a\r\n...b\r\n.\r\n', '.a\r\n..b\r\n'],
  ['a dot that was not doubled', '.a\r\n.\r\n', 'a\r\n'],
  ['dots inside lines', 'a.\r\nb.c\r\n.\r\n', 'a.\r\nb.c\r\n'],
  ['empty lines', '\r\n\r\n.\r\n', '\r\n\r\n'],
];
for (const [name, input, text] of good) {
  test(`[5321-4.5.2-unstuffing] ${name}`, () => {
    assert.deepEqual(unstuff([`${input}NEXT`]), { text, rest: 'NEXT', bare: undefined });
    assert.deepEqual(unstuff([...`${input}NEXT`]), { text, rest: 'NEXT', bare: undefined });
  });
}

/** Ends that other servers have taken for one: the smuggler's tools. */
const falseEnds = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\r',
  '\r\n.\r\r\n',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\0\n',
  '\r\r\n.\n',
];
for (const end of falseEnds) {
  test(`[5321-4.1.1.4-end] [5321-2.3.8-bare] ${JSON.stringify(end)} does not end a text and is remembered`, () => {
    const input = `a${end}MAIL FROM:<>\r\n.\r\nNEXT`;
    const whole = unstuff([input]);
    assert.equal(whole?.rest, 'NEXT');
    assert.notEqual(whole.bare, undefined);
    assert.deepEqual(whole, reference(input));
    assert.deepEqual(unstuff([...input]), reference(input));
  });
}

test('the first bare octet is the one that is remembered', () => {
  const bareOf = (text: string): string | undefined => unstuff([`${text}\r\n.\r\n`])?.bare;
  assert.equal(bareOf('a\0b\rc\nd'), 'nul');
  assert.equal(bareOf('a\rb\0c\nd'), 'cr');
  assert.equal(bareOf('a\nb\rc\0d'), 'lf');
  assert.equal(bareOf('a\r\0'), 'cr');
});

test('what stands behind the end does not count', () => {
  assert.deepEqual(unstuff(['a\r\n.\r\nb\nc\0']), { text: 'a\r\n', rest: 'b\nc\0', bare: undefined });
});

test('unstuffing equals the reference for any octets and any chunking', () => {
  const part = fc.constantFrom('\r', '\n', '\r\n', '.', '\r\n.', '\r\n.\r\n', 'a', 'bcd', '\0');
  const pieces = fc.array(
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
    { maxLength: 16 },
  );
  fc.assert(
    fc.property(pieces, (cut) => {
      const whole = cut.join('');
      assert.deepEqual(unstuff(cut), reference(whole));
      assert.deepEqual(unstuff([...whole]), reference(whole));
    }),
    { numRuns: 3000 },
  );
});

for (const [name, line] of [
  ['of ordinary lines', `${'x'.repeat(76)}\r\n`],
  ['of empty lines', '\r\n'],
  ['of stuffed dots', '..\r\n'],
  ['of bare CRs', '\r'],
] as const) {
  test(`64 MB ${name} are unstuffed in well under a second`, () => {
    const chunk = Buffer.from(line.repeat(Math.ceil(65_536 / line.length)));
    const framing = new DottedText();
    let octets = 0;
    const spent = cpuClock();
    for (let i = 0; i < 1024; i++) octets += framing.push(chunk).text.length;
    const took = spent();
    assert.ok(octets > 40_000_000);
    // Alone on the machine: 0.1 s to 0.6 s.
    assert.ok(took < 5000, `${took} ms`);
  });
}

test('a chunk without stuffed dots is handed on without a copy', () => {
  const chunk = Buffer.from('Subject: x\r\n\r\nbody\r\n');
  assert.equal(new DottedText().push(chunk).text.buffer, chunk.buffer);
});

test('what was handed in is not changed', () => {
  const chunk = Buffer.from('..a\r\n..b\r\n.\r\n');
  new DottedText().push(chunk);
  assert.equal(chunk.toString(), '..a\r\n..b\r\n.\r\n');
});
