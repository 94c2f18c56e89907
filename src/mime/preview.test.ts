import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import { decodeFlowed, encodeFlowed, htmlToText, previewOf, unflowed, wordsOf } from './index.ts';

function plain(text: string): string {
  return previewOf([{ isHtml: false, text }]);
}

function html(text: string): string {
  return previewOf([{ isHtml: true, text }]);
}

test('[8621-4.1.4-preview] what the writer said, on one line', () => {
  assert.equal(plain('Hello,\n\n  how are\tyou?\n'), 'Hello, how are you?');
  assert.equal(plain('Yes.\n\nOn Monday, Joe wrote:\n> Really?\n> x\n\nAnd no.\n-- \nJane'), 'Yes. And no.');
  assert.equal(plain('Ja.\n\nAm Montag, dem 1. Januar, schrieb\nJoe <joe@a.test>:\n\n> Wirklich?'), 'Ja.');
  assert.equal(plain('Top.\n\n-----Original Message-----\nFrom: x'), 'Top.');
  assert.equal(plain('> only\n> a quote'), '> only > a quote');
  assert.equal(plain(''), '');
});

test('[8621-4.1.4-preview] of HTML its text, without what nobody sees', () => {
  assert.equal(html('<style>p{}</style><p hidden>a</p><p>Hi&nbsp;<b>you</b></p><script>x</script>'), 'Hi you');
  assert.equal(html('<div style="display:none">a</div>b<blockquote>c</blockquote>d'), 'b d');
  assert.equal(html(`Sale!${'&zwnj;&nbsp;&#847;'.repeat(99)}More`), 'Sale! More');
  assert.equal(html('<blockquote>all</blockquote>'), '> all');
});

test('[8621-4.1.4-preview] at most 256 characters, and whole ones', () => {
  const long = plain('😀 '.repeat(300));
  assert.equal([...long].length <= 256 && long.endsWith('…') && long.isWellFormed(), true);
  assert.equal([...plain('😀'.repeat(256))].length, 256);
  assert.equal(plain('a'.repeat(256)), 'a'.repeat(256));
  assert.equal(plain('a'.repeat(257)), `${'a'.repeat(255)}…`);
});

test('HTML as text for reading: links, lists, quotes, tables', () => {
  const letter = `<h1>Title</h1><p>Hello <b>wor</b>ld,<br>see <a href="https://b.test/x">this</a> or
    <a href="https://a.test/">a.test</a>.<ul><li>one<li>two<ul><li>deep</ul></ul><ol start="3"><li>three</ol>
    <blockquote>said<blockquote>before</blockquote></blockquote>
    <table><tr><td>a<td>b<tr><td>c<td>d</table><img alt="A cat"><pre>  kept\n x</pre><hr>`;
  assert.equal(
    htmlToText(letter, { forReading: true }),
    [
      'Title',
      '',
      'Hello world,',
      'see this <https://b.test/x> or a.test.',
      '',
      '- one',
      '- two',
      '  - deep',
      '',
      '3. three',
      '',
      '> said',
      '>',
      '> > before',
      '',
      'a  b',
      'c  d',
      '',
      '[A cat]',
      '',
      '  kept',
      ' x',
      '',
      '--------------------',
    ].join('\n'),
  );
});

test('hostile HTML is text in bounded time', () => {
  const spent = cpuClock();
  for (const piece of [
    '<div>',
    '<blockquote>',
    '<ul><li>',
    '<table><tr><td>',
    '</p>',
    '<',
    '<a href="',
    '&',
    '&#x',
    '<!--',
    '<p style="display:none">',
    '<svg><style>',
    '<pre>\n',
  ]) {
    // prettier-ignore
    const text = htmlToText(piece.repeat(1_000_000 / piece.length), { forReading: true, most: 500_000 });
    assert.ok(text.length <= 500_000);
  }
  assert.ok(spent() < 15_000);
});

test('words for the index: all text, bounded', () => {
  const pieces = [
    { isHtml: false, text: 'one\n> two' },
    { isHtml: true, text: '<p>three</p>' },
  ];
  assert.equal(wordsOf(pieces), 'one\n> two\nthree');
  assert.equal(wordsOf(pieces, 12), 'one\n> two\nth');
});

for (const [text, paragraphs] of [
  [
    'a \nb\nc',
    [
      [0, 'a b'],
      [0, 'c'],
    ],
  ],
  [
    '> a \n> b\n>> c \n> d',
    [
      [1, 'a b'],
      [2, 'c '],
      [1, 'd'],
    ],
  ],
  ['  stuffed', [[0, ' stuffed']]],
  [' From here', [[0, 'From here']]],
  [
    'a \n-- \nb',
    [
      [0, 'a '],
      [0, '-- '],
      [0, 'b'],
    ],
  ],
  [
    'a\n\nb\n',
    [
      [0, 'a'],
      [0, ''],
      [0, 'b'],
    ],
  ],
] as const)
  test(`[3676-4-read] paragraphs of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(
      decodeFlowed(text).map(({ quoted, text: line }) => [quoted, line]),
      paragraphs,
    );
  });

test('[3676-4-delsp] with delsp the blanks that join lines go', () => {
  assert.deepEqual(decodeFlowed('日 \n本', { delsp: true }), [{ quoted: 0, text: '日本' }]);
});

test('[3676-4-written] our own text in lines that can be joined', () => {
  const long = 'word '.repeat(40).trim();
  const written = encodeFlowed(`${long}\n> > ${long}\nFrom me\n -x\n-- \nJane`);
  for (const line of written.split('\n')) assert.ok(line.length <= 78, line);
  assert.match(written, /\n>> word/);
  assert.match(written, /\n From me\n {2}-x\n-- \nJane$/);
  const read = decodeFlowed(written, { delsp: true });
  assert.equal(unflowed(read), `${long}\n>> ${long}\nFrom me\n -x\n-- \nJane`);
  const wide = '日本語'.repeat(400);
  for (const line of encodeFlowed(wide).split('\n')) assert.ok(Buffer.byteLength(line) <= 998);
  assert.equal(unflowed(decodeFlowed(encodeFlowed(wide), { delsp: true })), wide);
});
