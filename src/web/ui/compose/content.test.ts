import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, hasFormat, htmlOfText, letterOf, readFacts, usedFiles, writeFacts } from './content.ts';
import type { Content } from './content.ts';

const content = (facts: Partial<Content> = {}): Content => ({
  identity: 'own',
  from: { name: null, email: 'alice@a.test' },
  replyTo: null,
  to: [{ kind: 'person', person: { name: 'Bob', email: 'bob@b.test' } }],
  cc: [],
  bcc: [],
  typed: { to: '', cc: '', bcc: '' },
  subject: 'Lunch',
  mode: 'plain',
  text: 'Yes',
  html: '',
  direction: 'auto',
  quote: undefined,
  files: [],
  inReplyTo: null,
  references: null,
  original: undefined,
  ...facts,
});

const quote = { lead: 'Bob wrote:', text: '> Lunch?\n> Bob', html: '', position: 'below', isForward: false } as const;

test('what is still being typed goes along, and what is no address stays behind', () => {
  const letter = letterOf(
    content({ typed: { to: 'carol@c.test', cc: 'nobody', bcc: '' }, cc: [{ kind: 'unclear', text: 'x', why: '' }] }),
  );
  assert.deepEqual(
    letter.to.map(({ email }) => email),
    ['bob@b.test', 'carol@c.test'],
  );
  assert.deepEqual(letter.cc, []);
});

test('a picture that is no longer in the text is no file of the letter', () => {
  const picture = (cid: string) => ({ key: cid, name: 'a.png', type: 'image/png', size: 1, blobId: cid, cid });
  const plan = { key: 'plan', name: 'plan.pdf', type: 'application/pdf', size: 1, blobId: 'b' };
  const files = [picture('in text@a.test'), picture('quoted@a.test'), picture('deleted@a.test'), plan];
  const rich = content({
    mode: 'rich',
    html: '<div><img src="cid:in%20text%40a.test"></div>',
    quote: { ...quote, html: '<img alt="" src="cid:quoted%40a.test">' },
    files,
  });
  assert.deepEqual(
    usedFiles(rich).map(({ key }) => key),
    ['in text@a.test', 'quoted@a.test', 'plan'],
  );
});

test('the quote stands below or above the own words', () => {
  assert.equal(letterOf(content({ quote })).text, 'Yes\n\nBob wrote:\n> Lunch?\n> Bob');
  assert.equal(
    letterOf(content({ quote: { ...quote, position: 'above' } })).text,
    'Bob wrote:\n> Lunch?\n> Bob\n\nYes',
  );
});

test('text that is quoted in a rich letter is HTML that says the same, and nothing more', () => {
  const evil = { ...quote, text: '> <img src=x onerror=alert(1)> & "co"' };
  const { html } = letterOf(content({ mode: 'rich', html: '<div>Yes</div>', quote: evil }));
  assert.match(html, /^<div dir="auto"><div>Yes<\/div><\/div><br><div dir="auto">/u);
  assert.match(html, /<div>&lt;img src=x onerror=alert\(1\)&gt; &amp; &quot;co&quot;<\/div><\/blockquote>$/u);
});

test('files that are not with the server are not named to it', () => {
  const files = [
    { key: 'a', name: 'a.pdf', type: 'application/pdf', size: 1, blobId: 'u-1' },
    { key: 'b', name: 'b.pdf', type: 'application/pdf', size: 1 },
  ];
  assert.deepEqual(letterOf(content({ files })).files, [
    { name: 'a.pdf', type: 'application/pdf', size: 1, blobId: 'u-1' },
  ]);
});

test('what a draft remembers of itself is the same when it is read again', () => {
  const facts = factsOf('k', content({ quote, direction: 'rtl', typed: { to: 'grüße', cc: '', bcc: '' } }));
  const written = writeFacts(facts);
  assert.match(written, /^[\w+/= ]+$/u);
  assert.ok(written.split(' ').every((word) => word.length <= 60));
  assert.deepEqual(readFacts(written.replaceAll(' ', '\r\n ')), facts);
  assert.deepEqual(facts.unclear.to, ['grüße']);
});

test('what somebody else wrote into that field is nothing', () => {
  for (const field of [null, undefined, '', 'hello', btoa('{}'), btoa('{"key":1}'), btoa('null')])
    assert.equal(readFacts(field), undefined);
});

test('lines become blocks, and formatting is what lines are not', () => {
  assert.equal(htmlOfText('a\n\n  b'), '<div>a</div><div><br></div><div>&nbsp;&nbsp;b</div>');
  assert.ok(!hasFormat(htmlOfText('a < b\n\nc')));
  for (const html of ['<b>x</b>', '<ul><li>x</li></ul>', '<div style="color: red">x</div>', '<img src="cid:x">'])
    assert.ok(hasFormat(html), html);
});
