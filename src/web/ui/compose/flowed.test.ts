import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { fromFlowed, toFlowed } from './flowed.ts';

/** RFC 3676 §4.1, as a reader does it; the signature's separator is never joined. */
function unflow(text: string): string {
  const out: string[] = [];
  let open: { depth: number; text: string } | undefined;
  for (const line of text.split('\n')) {
    const depth = /^>*/u.exec(line)?.[0].length ?? 0;
    const rest = line.slice(depth).replace(/^ /u, '');
    const flows = rest.endsWith(' ') && rest !== '-- ';
    const joined: { depth: number; text: string } =
      open !== undefined && open.depth === depth ? { depth, text: open.text + rest } : { depth, text: rest };
    open = flows ? joined : undefined;
    if (!flows) out.push('>'.repeat(depth) + (depth > 0 ? ' ' : '') + joined.text);
  }
  if (open !== undefined) out.push(open.text);
  return out.join('\n');
}

test('a long paragraph goes out in lines that flow', () => {
  const long = 'word '.repeat(40).trim();
  const lines = toFlowed(long).split('\n');
  assert.ok(lines.length > 2);
  assert.ok(lines.every((line) => line.length <= 78));
  assert.ok(lines.slice(0, -1).every((line) => line.endsWith(' ')));
  assert.equal(unflow(lines.join('\n')), long);
});

test('what could be taken for something else is stuffed', () => {
  assert.equal(toFlowed('From here'), ' From here');
  assert.equal(toFlowed('  code'), '   code');
  assert.equal(toFlowed('end  '), 'end');
  assert.equal(toFlowed('-- '), '-- ');
  assert.equal(toFlowed('> > deep'), '>> deep');
  assert.equal(toFlowed('>'), '>');
});

test('what flows is read again as it was written', () => {
  const word = fc.stringMatching(/^[a-zA-Zé.,-]{1,12}$/u).filter((text) => text !== '--');
  const line = fc.tuple(fc.nat(3), fc.array(word, { maxLength: 60 })).map(([depth, words]) => {
    const text = words.join(' ');
    return depth === 0 ? text : `${'>'.repeat(depth)} ${text}`;
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      assert.equal(unflow(toFlowed(lines.join('\n'))), lines.join('\n'));
    }),
  );
});

test('paragraphs are the same after the way there and back', () => {
  const texts = [
    'a\n\nb',
    `${'word '.repeat(60).trim()}\n> ${'quoted '.repeat(40).trim()}\n>> deep`,
    ' x\nFrom y',
    'Hi\n\n-- \nBob',
  ];
  for (const text of texts) assert.equal(fromFlowed(toFlowed(text)), text);
  assert.equal(fromFlowed('foo \nbar', true), 'foobar');
});
