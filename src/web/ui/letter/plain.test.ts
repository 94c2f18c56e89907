import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Block, findLinks, linesIn, parsePlain } from './plain.ts';

/** Quotes in brackets, the signature behind a tilde. */
function written(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'quote') return `[${written(block.blocks)}]`;
      const text = block.runs.map((run) => (run.kind === 'link' ? `<${run.text}>` : run.text)).join('');
      return block.kind === 'signature' ? `~${text}` : text;
    })
    .join('|');
}
const read = (text: string, flowed?: 'yes' | 'delsp'): string => written(parsePlain(text, flowed).blocks);

test('quotes are nested by their marks', () => {
  assert.equal(read('a\n> b\n>> c\n> > d\n> e\nf'), 'a|[b|[c|d]|e]|f');
  assert.equal(read('>>> deep\n> up'), '[[[deep]]|up]');
  assert.equal(read('1 > 0'), '1 > 0');
});

test('quotes deeper than anyone reads do not make boxes without end', () => {
  assert.equal(read(`${'>'.repeat(5000)}x`), `${'['.repeat(12)}x${']'.repeat(12)}`);
});

test('format=flowed: paragraphs are put together, quotes keep apart, stuffing goes', () => {
  assert.equal(read('one \ntwo \nthree\nfour', 'yes'), 'one two three|four');
  assert.equal(read('> a \n> b\n>> c\n d', 'yes'), '[a b|[c]]|d');
  assert.equal(read(' > no quote\n From here', 'yes'), '> no quote|From here');
  assert.equal(read('日本 \n語', 'delsp'), '日本語');
  assert.equal(read('text \n-- \nBob \nStone', 'yes'), 'text |~-- |~Bob Stone');
  assert.equal(read('one \ntwo'), 'one |two', 'and only then');
});

test('what follows the separator is the signature', () => {
  assert.equal(read('hi\n-- \nBob\n> q'), 'hi|~-- |~Bob|[q]');
  assert.equal(read('hi\n--\nBob'), 'hi|--|Bob');
});

const LINKS: readonly (readonly [text: string, marked: string])[] = [
  ['see https://a.test/x.', 'see <https://a.test/x>.'],
  ['(https://a.test/x_(y))', '(<https://a.test/x_(y)>)'],
  ['<https://a.test/x>', '<<https://a.test/x>>'],
  ['www.a.test, www.b.test!', '<www.a.test>, <www.b.test>!'],
  ['write to bob@b.test please', 'write to <bob@b.test> please'],
  ['javascript:alert(1) file:///x', 'javascript:alert(1) file:///x'],
  ['https://', 'https://'],
  ['"https://a.test/"', '"<https://a.test/>"'],
];
for (const [text, marked] of LINKS) {
  test(`links in ${JSON.stringify(text)}`, () => {
    assert.equal(written([{ kind: 'line', runs: findLinks(text) }]), marked);
  });
}

test('a text of any size is read in bounded time, and what is left out is counted', () => {
  const long = parsePlain('x'.repeat(600_000));
  assert.equal(long.leftOut, 100_000);
  const lines = parsePlain('ab\n'.repeat(30_000));
  assert.equal(lines.blocks.length, 20_000);
  assert.equal(lines.leftOut, 'ab\n'.length * 10_000);
  for (const text of [
    'https://' + ')'.repeat(400_000),
    'a@'.repeat(200_000),
    'www.'.repeat(100_000),
    '>'.repeat(400_000),
  ]) {
    assert.ok(parsePlain(text).blocks.length >= 1);
  }
});

test('plain: the lines of a quote, with those of quotes in it', () => {
  const quote = parsePlain('> a\n>> b\n>> c\n> d\n').blocks.find((block) => block.kind === 'quote');
  assert.ok(quote?.kind === 'quote');
  assert.equal(linesIn(quote), 4);
});
