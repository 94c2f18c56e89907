import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phrasesIn } from '../../store/index.ts';
import { excerpt, marked } from './snippet.ts';
import { testMail } from './testing.ts';

const MARKED: readonly (readonly [text: string, search: string, marked: string | undefined])[] = [
  ['The Foosball cup', 'foosball', 'The <mark>Foosball</mark> cup'],
  ['The Foosball cup', 'foo', undefined],
  ['The Foosball cup', 'foo*', 'The <mark>Foosball</mark> cup'],
  ['a <b> & "c"', 'b', 'a &lt;<mark>b</mark>&gt; &amp; &quot;c&quot;'],
  ['<script>', 'script', '&lt;<mark>script</mark>&gt;'],
  ['one two three two', 'two', 'one <mark>two</mark> three <mark>two</mark>'],
  ['one two three', '"two three"', 'one <mark>two three</mark>'],
  ['two, three', '"two three"', '<mark>two, three</mark>'],
  ['Grüße aus Köln', 'grusse koln', 'Grüße aus <mark>Köln</mark>'],
  ['Grüße aus Köln', 'köln', 'Grüße aus <mark>Köln</mark>'],
  ['Grüße aus Köln', 'KOLN', 'Grüße aus <mark>Köln</mark>'],
  ['mail bob@b.test now', 'bob@b.test', 'mail <mark>bob@b.test</mark> now'],
  ['東京都の天気', '京都', '東<mark>京都</mark>の天気'],
  ['nothing', '', undefined],
  ['', 'x', undefined],
];

for (const [text, search, expected] of MARKED)
  test(`[8621-5-mark] ${JSON.stringify(search)} in ${JSON.stringify(text)}`, () => {
    assert.equal(marked(text, phrasesIn(search)), expected);
  });

test('[8621-5-bounded] an excerpt has 255 octets at most, begins near the match, and cuts nothing in two', () => {
  const text = `${'before '.repeat(100)}<needle> & ${'äußerst & '.repeat(100)}`;
  const found = excerpt(text, phrasesIn('needle')) ?? '';
  assert.ok(Buffer.byteLength(found) <= 255, String(Buffer.byteLength(found)));
  assert.match(found, /^…before .*&lt;<mark>needle<\/mark>&gt; &amp; äußerst .*…$/);
  assert.doesNotMatch(found, /&(?!amp;|lt;|gt;|quot;)/);
  const long = excerpt('x'.repeat(1_000), phrasesIn('x*')) ?? '';
  assert.ok(Buffer.byteLength(long) <= 255);
  assert.match(long, /^<mark>x+<\/mark>…$/);
});

test('[8621-5.1-get] where the words of a filter stand, in the subject and in the body', async (t) => {
  const { put, ok, error } = await testMail(t);
  const plain = await put('Subject: The foosball cup\r\n\r\nYear after year the foosball is held\r\n');
  const html = await put('Subject: none\r\nContent-Type: text/html\r\n\r\n<p>Only <i>one</i> foosball &lt;table&gt;');
  const other = await put('Subject: x\r\n\r\ny\r\n');
  const filter = {
    operator: 'AND',
    conditions: [{ text: 'foosball' }, { operator: 'NOT', conditions: [{ text: 'year' }] }],
  };
  const { list, notFound } = await ok('SearchSnippet/get', { filter, emailIds: [plain, html, other, 'nobody'] });
  assert.deepEqual(list, [
    {
      emailId: plain,
      subject: 'The <mark>foosball</mark> cup',
      preview: 'Year after year the <mark>foosball</mark> is held',
    },
    { emailId: html, subject: null, preview: 'Only one <mark>foosball</mark> &lt;table&gt;' },
    { emailId: other, subject: null, preview: null },
  ]);
  assert.deepEqual(notFound, ['nobody']);
  const none = await ok('SearchSnippet/get', { filter: null, emailIds: [plain] });
  assert.deepEqual(none['list'], [{ emailId: plain, subject: null, preview: null }]);
  assert.equal(none['notFound'], null);
  const wrong = { filter: { nothing: 1 }, emailIds: [] };
  assert.equal((await error('SearchSnippet/get', wrong))['type'], 'unsupportedFilter');
  const many = { filter: null, emailIds: Array.from({ length: 501 }, (_, n) => `e${n}`) };
  assert.equal((await error('SearchSnippet/get', many))['type'], 'requestTooLarge');
});
