import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuClock } from '../base/testing.ts';
import { bodyLists, hasAttachment, packTree, partNumbered, TREE_LIMITS, TreeReader, unpackTree } from './index.ts';
import type { Part, ReadTree } from './index.ts';

function read(content: Buffer | string, limits = TREE_LIMITS): ReadTree {
  const reader = new TreeReader(limits);
  reader.write(Buffer.from(content as string));
  return reader.end();
}

/** A message from lines, "--x" lines and fields as they stand. */
function lines(...all: readonly string[]): string {
  return all.join('\r\n');
}

function only(content: string): Part {
  return read(content).root;
}

/** A multipart of that kind around these parts; what a part holds says which it is. */
function multi(subtype: string, ...parts: readonly string[]): string {
  const boundary = `b${parts.join('').length}${subtype}`;
  const inside = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${subtype}; boundary=${boundary}\r\n\r\n${inside}--${boundary}--\r\n`;
}

function leaf(label: string, type: string, disposition?: string): string {
  return `Content-Type: ${type}\r\n${disposition === undefined ? '' : `Content-Disposition: ${disposition}\r\n`}\r\n${label}`;
}

/** What the parts hold, in order. */
function labels(content: string, parts: readonly Part[]): string {
  return parts.map(({ bodyAt, bodyLength }) => content.slice(bodyAt, bodyAt + bodyLength).trim()).join('');
}

test('[2046-5.1-read] a message becomes a tree of parts, each with its place', () => {
  const content = lines(
    'Subject: x',
    'Content-Type: multipart/mixed; boundary=x',
    '',
    'before',
    '--x',
    '',
    'one',
    '--x',
    'Content-Type: IMAGE/PNG; name=a.png',
    'Content-Transfer-Encoding: Base64',
    'Content-ID: <a@b>',
    '',
    'AAEC',
    'AwQ=',
    '--x--',
    'behind',
  );
  const { root, troubles } = read(content);
  assert.deepEqual(troubles, []);
  const [first, second] = root.subParts ?? [];
  assert.equal(root.number, 1);
  assert.equal(content.slice(root.headerAt, root.headerAt + root.headerLength).endsWith('boundary=x\r\n'), true);
  assert.equal(content.slice(root.bodyAt), content.slice(root.bodyAt, root.bodyAt + root.bodyLength));
  assert.deepEqual(first, {
    number: 2,
    headerAt: content.indexOf('--x') + 5,
    headerLength: 0,
    bodyAt: content.indexOf('one'),
    bodyLength: 3,
    size: 3,
    type: 'text/plain',
    charset: 'us-ascii',
  });
  assert.deepEqual(
    [second?.type, second?.encoding, second?.name, second?.cid],
    ['image/png', 'base64', 'a.png', 'a@b'],
  );
  assert.equal(second?.size, 5);
  assert.equal(second?.bodyLength, 10);
  assert.equal(partNumbered(root, 3), second);
});

test('fields of each part can be had', () => {
  const tree = read(multi('mixed', leaf('a', 'text/x-a'), leaf('b', 'text/x-b')));
  assert.deepEqual(tree.fields(3).map((field) => [field.name, field.raw.toString()]), [['content-type', 'Content-Type: text/x-b\r\n']]); // prettier-ignore
  assert.deepEqual(tree.fields(9), []);
});

for (const [field, expected] of [
  ['Content-Type: text/html; charset="UTF-8"', { type: 'text/html', charset: 'utf-8' }],
  ['Content-Type: text/html (a comment); charset=koi8-r (another)', { type: 'text/html', charset: 'koi8-r' }],
  ['Content-Type: nonsense', { type: 'text/plain', charset: 'us-ascii' }],
  ['Content-Type: image/png', { type: 'image/png' }],
  [
    'Content-Type: text/plain; format=Flowed; delsp=YES',
    { type: 'text/plain', charset: 'us-ascii', flowed: { delsp: true } },
  ],
  ['Content-Disposition: Attachment; filename="a;b.txt"', { disposition: 'attachment', name: 'a;b.txt' }],
  [
    'Content-Disposition: attachment; filename=my report (2).pdf',
    { disposition: 'attachment', name: 'my report (2).pdf' },
  ],
  ['Content-Disposition: attachment; filename="unended', { disposition: 'attachment', name: 'unended' }],
  [
    'Content-Disposition: attachment;\r\n filename="=?utf-8?Q?=C3=BC.txt?="',
    { disposition: 'attachment', name: 'ü.txt' },
  ],
  ["Content-Disposition: attachment; filename*=utf-8'de'%C3%BC%20x", { disposition: 'attachment', name: 'ü x' }],
  [
    "Content-Disposition: attachment; filename*1*=%BC.t; filename*2=xt; filename*0*=utf-8''%C3",
    { disposition: 'attachment', name: 'ü.txt' },
  ],
  [
    "Content-Disposition: attachment; filename=x.txt; filename*=iso-8859-1''%FC.txt",
    { disposition: 'attachment', name: 'ü.txt' },
  ],
  ['Content-Disposition: attachment; filename="ü\\"q\\".txt"', { disposition: 'attachment', name: 'ü"q".txt' }],
  ['Content-Disposition: attachment; filename="a\r\n b\0c"', { disposition: 'attachment', name: 'a b c' }],
  ['Content-Type: text/plain; name*0=lo; name*1=ng', { type: 'text/plain', charset: 'us-ascii', name: 'long' }],
  ['Content-ID: (c) <x@y> ', { cid: 'x@y' }],
  ['Content-ID: x@y', { cid: 'x@y' }],
  ['Content-Language: de, en-GB (British)', { language: ['de', 'en-GB'] }],
  ['Content-Location: http://a.test/\r\n b?c', { location: 'http://a.test/b?c' }],
  ['Content-Transfer-Encoding: 7BIT', { encoding: '7bit' }],
] as const)
  test(`[8621-4.1.4-part] what a part's header says: ${JSON.stringify(field)}`, () => {
    const { number, headerAt, headerLength, bodyAt, bodyLength, size, ...facts } = only(`${field}\r\n\r\n`);
    assert.deepEqual([number, headerAt, bodyLength, size, bodyAt - headerLength], [1, 0, 0, 0, 2]);
    assert.deepEqual(facts, {
      type: 'text/plain',
      ...('type' in expected ? {} : { charset: 'us-ascii' }),
      ...expected,
    });
  });

test('[8621-4.1.4-lists] the body lists of the example in RFC 8621', () => {
  const content = multi(
    'mixed',
    leaf('A', 'text/plain', 'inline'),
    multi(
      'mixed',
      multi(
        'alternative',
        multi('mixed', leaf('B', 'text/plain', 'inline'), leaf('C', 'image/jpeg', 'inline'), leaf('D', 'text/plain', 'inline')), // prettier-ignore
        multi('related', leaf('E', 'text/html'), leaf('F', 'image/jpeg')),
      ),
      leaf('G', 'image/jpeg', 'attachment'),
      leaf('H', 'application/x-excel'),
      leaf('J', 'message/rfc822'),
    ),
    leaf('K', 'text/plain', 'inline'),
  );
  const { textBody, htmlBody, attachments } = bodyLists(read(content).root);
  assert.equal(labels(content, textBody), 'ABCDK');
  assert.equal(labels(content, htmlBody), 'AEK');
  assert.equal(labels(content, attachments), 'CFGHJ');
});

for (const [content, text, html, attachments, has] of [
  [leaf('A', 'text/plain'), 'A', 'A', '', false],
  [leaf('A', 'text/html'), 'A', 'A', '', false],
  [leaf('A', 'application/pdf'), '', '', 'A', true],
  [multi('alternative', leaf('A', 'text/plain'), leaf('B', 'text/html')), 'A', 'B', '', false],
  [multi('alternative', leaf('A', 'text/html')), 'A', 'A', '', false],
  [
    multi('alternative', leaf('A', 'text/plain'), leaf('B', 'text/html'), leaf('C', 'text/calendar')),
    'A',
    'B',
    'C',
    true,
  ],
  [multi('related', leaf('A', 'text/html'), leaf('B', 'image/png', 'inline')), 'A', 'A', 'B', false],
  [multi('related', leaf('A', 'text/html'), `Content-ID: <b>\r\n${leaf('B', 'image/png')}`), 'A', 'A', 'B', false],
  [multi('related', leaf('A', 'text/html'), leaf('B', 'image/png')), 'A', 'A', 'B', true],
  [multi('mixed', leaf('A', 'text/plain'), leaf('B', 'text/plain; name=b.txt')), 'A', 'A', 'B', true],
  [multi('mixed', leaf('A', 'text/plain'), leaf('B', 'image/png')), 'AB', 'AB', '', false],
  [multi('mixed', leaf('A', 'text/plain'), leaf('B', 'text/plain', 'attachment')), 'A', 'A', 'B', true],
  [multi('signed', leaf('A', 'text/plain'), leaf('B', 'application/pgp-signature')), 'A', 'A', 'B', false],
  [
    multi('alternative', multi('related', leaf('A', 'text/plain'), leaf('B', 'image/png')), leaf('C', 'text/html')),
    'A',
    'C',
    'B',
    true,
  ],
] as const)
  test(`[8621-4.1.4-lists] ${text} as text, ${html} as HTML, "${attachments}" attached, of ${content.length} octets`, () => {
    const { root } = read(content);
    const lists = bodyLists(root);
    assert.equal(labels(content, lists.textBody), text);
    assert.equal(labels(content, lists.htmlBody), html);
    assert.equal(labels(content, lists.attachments), attachments);
    assert.equal(hasAttachment(root), has);
  });

test('what is broken is shown, and the trouble named', () => {
  assert.deepEqual(only('Content-Type: multipart/mixed; boundary=x\r\n\r\nall').trouble, 'no-parts');
  const { type, size, trouble } = only(
    'Content-Type: multipart/mixed\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==',
  );
  assert.deepEqual([type, size, trouble], ['text/plain', 1, 'no-parts']);
  assert.equal(only('Content-Transfer-Encoding: base64\r\n\r\na$b').trouble, 'encoding');
  assert.equal(only('Content-Transfer-Encoding: rot13\r\n\r\na').trouble, 'encoding');
  assert.deepEqual(only(''), { number: 1, headerAt: 0, headerLength: 0, bodyAt: 0, bodyLength: 0, size: 0, type: 'text/plain', charset: 'us-ascii' }); // prettier-ignore
});

test('[8621-4.1.4-bounded] beyond a limit: what is within it is there, and the trouble is named', () => {
  const limits = { depth: 2, sections: 4, octets: 500 };
  const deep = read(multi('mixed', multi('mixed', multi('mixed', leaf('a', 'text/plain')))), limits);
  const third = deep.root.subParts?.[0]?.subParts?.[0];
  assert.deepEqual([third?.type, third?.trouble, third?.subParts], ['application/octet-stream', 'too-deep', undefined]);
  const many = read(multi('mixed', ...Array.from({ length: 9 }, () => leaf('a', 'text/plain'))), limits);
  assert.deepEqual([many.troubles, many.root.subParts?.length], [['too-many-parts'], 3]);
  const large = `X: ${'y'.repeat(600)}\r\n${leaf('a', 'text/plain')}`;
  const partly = read(multi('mixed', large, leaf('b', 'text/plain')), limits);
  assert.deepEqual([partly.troubles, partly.root.subParts?.map(({ number }) => number)], [['header-too-large'], [3]]);
  assert.deepEqual(read(large, limits).troubles, ['header-too-large']);
});

test('a hostile message is read in bounded time', () => {
  const spent = cpuClock();
  const nested = Array.from(
    { length: 100_000 },
    (_, n) => `Content-Type: multipart/x; boundary=b${n}\r\n\r\n--b${n}\r\n`,
  );
  assert.equal(read(nested.join('')).root.subParts?.length, 1);
  const parameters = `Content-Type: text/plain${'; a=b'.repeat(1_000_000)}\r\n\r\nx`;
  assert.deepEqual(read(parameters).troubles, ['header-too-large']);
  assert.equal(read(`Content-Type: text/plain${'; a=b'.repeat(100_000)}\r\n\r\nx`).root.type, 'text/plain');
  const reader = new TreeReader();
  for (let n = 0; n < 2_000; n++) reader.write(Buffer.alloc(65_536, 'a'));
  assert.deepEqual(reader.end().troubles, ['header-too-large']);
  for (const sign of ['"', '(', '\\', "'", ';', '=', '*', '<', '%']) {
    const value = sign.repeat(200_000);
    read(`Content-Type: ${value}\r\nContent-Disposition: a; filename=${value}\r\nContent-ID: ${value}\r\nContent-Location: ${value}\r\n\r\n`); // prettier-ignore
  }
  assert.ok(spent() < 10_000);
});

test('[8621-4.1.4-stored] the packed form gives the tree back; cut, its beginning', () => {
  const tree = read(multi('mixed', multi('alternative', leaf('a', 'text/plain; format=flowed'), leaf('b', 'text/html', 'inline; filename=ü')), leaf('c', 'application/pdf'))); // prettier-ignore
  const packed = packTree(tree);
  assert.deepEqual(unpackTree(packed), { root: tree.root, troubles: [] });
  for (let most = 300; most < packed.length + 200; most += 40) {
    const cut = packTree(tree, most);
    assert.ok(Buffer.byteLength(cut) <= most);
    const { root, troubles } = unpackTree(cut) ?? {};
    assert.deepEqual([root?.type, troubles], ['multipart/mixed', most < packed.length ? ['cut'] : troubles]);
  }
  for (const other of ['', '{}', 'null', '[]', packed.replace('"version":1', '"version":0')])
    assert.equal(unpackTree(other), undefined);
});
