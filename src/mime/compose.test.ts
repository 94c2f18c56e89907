import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bodyLists,
  BodyTextReader,
  composeMessage,
  decodeTransfer,
  headerForm,
  TreeReader,
  writeField,
} from './index.ts';
import type {
  ComposedMessage,
  FieldToWrite,
  MessageToWrite,
  OctetSource,
  Part,
  PartToWrite,
  ReadTree,
} from './index.ts';

function text(content: string, more: Partial<PartToWrite> = {}): PartToWrite {
  return { type: 'text/plain', ...more, content: { kind: 'text', text: content } };
}

function multi(subtype: string, ...parts: readonly PartToWrite[]): PartToWrite {
  return { type: `multipart/${subtype}`, content: { kind: 'parts', parts } };
}

function source(content: Buffer | string, cut = 10_000): OctetSource {
  const octets = Buffer.from(content as string);
  return {
    size: octets.length,
    async *read() {
      await Promise.resolve();
      for (let at = 0; at < octets.length; at += cut) yield octets.subarray(at, at + cut);
    },
  };
}

function file(type: string, content: Buffer | string, more: Partial<PartToWrite> = {}): PartToWrite {
  return { type, disposition: 'attachment', ...more, content: { kind: 'octets', source: source(content) } };
}

async function composed(given: Partial<MessageToWrite>): Promise<ComposedMessage & { readonly octets: Buffer }> {
  const message = await composeMessage({ fields: [], body: text(''), seed: 'a@b', ...given });
  if ('trouble' in message) throw new Error(JSON.stringify(message));
  const octets = Buffer.concat(await Array.fromAsync(message.chunks()));
  assert.equal(octets.length, message.size);
  return { ...message, octets };
}

function read(octets: Buffer): ReadTree {
  const reader = new TreeReader();
  reader.write(octets);
  return reader.end();
}

function content(octets: Buffer, part: Part): string {
  const reader = new BodyTextReader(part);
  reader.write(octets.subarray(part.bodyAt, part.bodyAt + part.bodyLength));
  const { value, isEncodingProblem } = reader.end();
  assert.equal(isEncodingProblem, false);
  return value;
}

function octetsOf(octets: Buffer, { bodyAt, bodyLength, encoding }: Part): Buffer {
  return decodeTransfer(octets.subarray(bodyAt, bodyAt + bodyLength), encoding).octets;
}

test('[8621-4.6-composed] a letter of text, HTML, a picture in it and a file', async () => {
  const { octets, needsUtf8, is8bit } = await composed({
    fields: [
      { name: 'From', form: 'Addresses', value: [{ name: 'Jürgen', email: 'j@b.test' }] },
      { name: 'Subject', form: 'Text', value: 'Grüße  aus Köln' },
      { name: 'Date', form: 'Date', value: '2014-10-30T14:12:00+08:00' },
      { name: 'Message-ID', form: 'MessageIds', value: ['x@b.test'] },
    ],
    body: multi(
      'mixed',
      multi(
        'alternative',
        text('Hello ü\n'),
        multi(
          'related',
          text('<p>Hello ü <img src="cid:p">', { type: 'text/html' }),
          file('image/png', Buffer.of(1, 2, 3), { disposition: 'inline', cid: 'p' }),
        ),
      ),
      file('application/pdf', Buffer.alloc(100_000, 7), { name: 'Rechnung für März.pdf' }),
    ),
  });
  const tree = read(octets);
  assert.deepEqual([needsUtf8, is8bit], [false, false]);
  assert.doesNotMatch(octets.toString('latin1'), /[\x80-\xff]|[^\r]\n|\r[^\n]/);
  const [from, subject, date] = tree.fields(1);
  assert.deepEqual(headerForm(from!, 'Addresses'), [{ name: 'Jürgen', email: 'j@b.test' }]);
  assert.equal(headerForm(subject!, 'Text'), 'Grüße  aus Köln');
  assert.equal(headerForm(date!, 'Raw'), ' Thu, 30 Oct 2014 14:12:00 +0800');
  const { textBody, htmlBody, attachments } = bodyLists(tree.root);
  assert.deepEqual(
    textBody.map((part) => content(octets, part)),
    ['Hello ü\n'],
  );
  assert.deepEqual(
    htmlBody.map((part) => content(octets, part)),
    ['<p>Hello ü <img src="cid:p">'],
  );
  const [picture, pdf] = attachments;
  assert.deepEqual(
    [picture?.cid, picture?.disposition, octetsOf(octets, picture!)],
    ['p', 'inline', Buffer.of(1, 2, 3)],
  );
  assert.deepEqual([pdf?.name, pdf?.disposition, pdf?.size], ['Rechnung für März.pdf', 'attachment', 100_000]);
});

for (const [given, encoding, charset] of [
  ['plain', '7bit', 'us-ascii'],
  ['grün ist die Heide', 'quoted-printable', 'utf-8'],
  ['日本語', 'base64', 'utf-8'],
  ['x'.repeat(999), 'quoted-printable', 'us-ascii'],
  ['x'.repeat(998), '7bit', 'us-ascii'],
  ['nul\0', 'quoted-printable', 'us-ascii'],
  ['', '7bit', 'us-ascii'],
] as const)
  test(`[8621-4.6-encoding] ${JSON.stringify(given.slice(0, 20))} is written in ${encoding}`, async () => {
    const { octets } = await composed({ body: text(given) });
    const { root } = read(octets);
    assert.deepEqual([root.encoding, root.charset], [encoding, charset]);
    assert.equal(content(octets, root), given.replaceAll('\0', ''));
    for (const line of octets.toString('latin1').split('\r\n')) assert.ok(line.length <= 998);
  });

test('[8621-4.6-message] a message is attached as it is; one that no line can carry is encoded', async () => {
  const forwarded = 'Subject: ü\n\nHello\n--=_0_x\n';
  const { octets, is8bit } = await composed({ body: multi('mixed', text('see'), file('message/rfc822', forwarded)) });
  const { root } = read(octets);
  assert.equal(is8bit, true);
  assert.equal(root.encoding, '8bit');
  assert.deepEqual([root.subParts?.[1]?.type, root.subParts?.[1]?.encoding], ['message/rfc822', '8bit']);
  assert.equal(octetsOf(octets, root.subParts![1]!).toString(), forwarded.replaceAll('\n', '\r\n'));
  const long = `Subject: x\r\n\r\n${'y'.repeat(1_000)}`;
  const other = await composed({ body: multi('mixed', file('message/rfc822', long)) });
  const [part] = read(other.octets).root.subParts ?? [];
  assert.deepEqual([part?.type, part?.encoding], ['message/global', 'base64']);
  assert.equal(octetsOf(other.octets, part!).toString(), long);
});

test('[2046-5.1.1-boundary] a boundary stands in no part, though somebody tries', async () => {
  const first = await composed({ body: multi('mixed', text('a')) });
  const boundary = /boundary="?(=_[^"\r]+)/.exec(first.octets.toString())?.[1] ?? '';
  const trick = `--${boundary}\nContent-Type: text/html\n\nx\n--${boundary}--\n`;
  const body = multi('mixed', text(trick), file('message/rfc822', trick), multi('mixed', text(trick.replaceAll('=_0', '=_1')))); // prettier-ignore
  const { octets } = await composed({ body });
  const { root } = read(octets);
  assert.deepEqual(
    root.subParts?.map(({ type }) => type),
    ['text/plain', 'message/rfc822', 'multipart/mixed'],
  );
  assert.equal(content(octets, root.subParts![0]!), trick);
  assert.equal(root.subParts?.[2]?.subParts?.length, 1);
});

test('[8621-4.6-header] fields of a part, in place of what its properties would make', async () => {
  const { octets } = await composed({
    body: text('a', {
      cid: 'c@d',
      language: ['de', 'en'],
      location: 'http://a.test/x',
      name: 'ü.txt',
      fields: [
        { name: 'X-Own', form: 'Text', value: 'ü' },
        {
          name: 'Content-Type',
          form: 'Raw',
          value: ' text/calendar; method=REQUEST; charset=latin1; boundary=x; name*0="a b"',
        },
        { name: 'Content-Disposition', form: 'Raw', value: ' inline; filename=y.txt' },
        { name: 'Content-Transfer-Encoding', form: 'Raw', value: ' binary' },
      ],
    }),
  });
  const { root, fields } = read(octets);
  assert.deepEqual(
    [root.type, root.charset, root.encoding, root.disposition, root.name, root.cid, root.language, root.location],
    ['text/calendar', 'us-ascii', '7bit', 'inline', 'y.txt', 'c@d', ['de', 'en'], 'http://a.test/x'],
  );
  const raw = fields(1)
    .map((field) => field.raw.toString())
    .join('');
  assert.match(raw, /method=REQUEST/);
  assert.doesNotMatch(raw, /boundary|latin1|binary/);
});

test('[8621-4.6-bcc] Bcc stays in a draft, and is left out of what is sent', async () => {
  const fields: FieldToWrite[] = [
    { name: 'To', form: 'Addresses', value: [{ name: null, email: 'a@b.test' }] },
    { name: 'bcc', form: 'Addresses', value: [{ name: null, email: 'secret@b.test' }] },
  ];
  assert.match((await composed({ fields })).octets.toString(), /secret/);
  assert.doesNotMatch((await composed({ fields, withoutBcc: true })).octets.toString(), /secret/);
  const body = text('', { fields: fields.slice(1) });
  assert.doesNotMatch((await composed({ body, withoutBcc: true })).octets.toString(), /secret/);
});

test('[6532-3-written] UTF-8 before the "@" is kept, and said to need SMTPUTF8; a domain becomes A-labels', async () => {
  const to = (email: string): Partial<MessageToWrite> => ({ fields: [{ name: 'To', form: 'Addresses', value: [{ name: 'Ü', email }] }] }); // prettier-ignore
  const other = await composed(to('jürgen@bücher.test'));
  assert.equal(other.needsUtf8, true);
  assert.match(other.octets.toString(), /^To: =\?utf-8\?B\?w5w=\?= <jürgen@xn--bcher-kva\.test>\r\n/);
  const domain = await composed(to('j@bücher.test'));
  assert.equal(domain.needsUtf8, false);
  assert.match(domain.octets.toString(), /<j@xn--bcher-kva\.test>/);
});

test('a text in format=flowed says so', async () => {
  const long = 'word '.repeat(50).trim();
  const { octets } = await composed({
    body: { type: 'text/plain', content: { kind: 'text', text: long, flowed: true } },
  });
  const { root } = read(octets);
  assert.deepEqual(root.flowed, { delsp: true });
  assert.ok(content(octets, root).split('\n').length > 1);
});

for (const [given, trouble] of [
  [{ fields: [{ name: 'Bad name', form: 'Text', value: 'x' }] }, 'field'],
  [{ fields: [{ name: 'Date', form: 'Date', value: 'yesterday' }] }, 'field'],
  [{ fields: [{ name: 'References', form: 'MessageIds', value: ['a b'] }] }, 'field'],
  [{ body: text('', { type: 'nonsense' }) }, 'type'],
  [{ body: text('', { type: 'multipart/mixed' }) }, 'type'],
  [{ body: { ...multi('mixed'), type: 'text/plain' } }, 'type'],
  [{ body: text('', { disposition: 'a b' }) }, 'field'],
  [{ body: text('', { cid: 'a>b' }) }, 'field'],
  [
    { fields: Array.from({ length: 300 }, (_, n) => ({ name: `X-${n}`, form: 'Text', value: 'x'.repeat(1_000) })) },
    'header-too-large',
  ],
  [{ body: multi('mixed', ...Array.from({ length: 1_000 }, () => text(''))) }, 'too-many-parts'],
  [{ body: Array.from({ length: 40 }).reduce<PartToWrite>((part) => multi('mixed', part), text('')) }, 'too-deep'],
] as readonly (readonly [Partial<MessageToWrite>, string])[])
  test(`[8621-4.6-unwritable] what can't be written is said: ${trouble} ${JSON.stringify(given).slice(0, 60)}`, async () => {
    const answer = await composeMessage({ fields: [], body: text(''), seed: 'a', ...given });
    assert.equal('trouble' in answer && answer.trouble, trouble);
  });

test('a source that has not what it promised ends the reading', async () => {
  for (const type of ['image/png', 'message/rfc822']) {
    let times = 0;
    const lying: OctetSource = {
      size: 3,
      async *read() {
        await Promise.resolve();
        yield Buffer.from(times++ === 0 && type !== 'image/png' ? 'abc' : 'abcd');
      },
    };
    const message = await composeMessage({ fields: [], body: { type, content: { kind: 'octets', source: lying } }, seed: 'a' }); // prettier-ignore
    assert.ok('chunks' in message);
    await assert.rejects(Array.fromAsync(message.chunks()), /What was to be 3 octets were 4/);
  }
});

for (const [field, expected] of [
  [{ name: 'Subject', form: 'Text', value: 'a\r\nBcc: x@y' }, 'Subject: a Bcc: x@y\r\n'],
  [{ name: 'Subject', form: 'Text', value: '' }, 'Subject: \r\n'],
  [{ name: 'X', form: 'Raw', value: ' a\r\nBcc: x@y\r\n\r\nbody\0' }, 'X: a\r\n Bcc: x@y\r\n body\r\n'],
  [{ name: 'X', form: 'Raw', value: ' a\r\n\tb' }, 'X: a\r\n\tb\r\n'],
  [{ name: 'X', form: 'Raw', value: ' ü' }, 'X: =?utf-8?B?w7w=?=\r\n'],
  [{ name: 'To', form: 'Raw', value: ' Ü <a@b.test>' }, 'To: =?utf-8?B?w5w=?= <a@b.test>\r\n'],
  [
    {
      name: 'To',
      form: 'Addresses',
      value: [
        { name: 'a, b "c"', email: 'a@b.test' },
        { name: null, email: 'C@D.test' },
      ],
    },
    'To: "a, b \\"c\\"" <a@b.test>, C@D.test\r\n',
  ],
  [
    { name: 'To', form: 'Addresses', value: [{ name: null, email: 'a@b>, <evil@x.test' }] },
    'To: <"a@b>, <evil@x.test">\r\n',
  ],
  [{ name: 'To', form: 'Addresses', value: [{ name: 'x\r\nBcc: y@z', email: 'half' }] }, 'To: "x Bcc: y@z" <half>\r\n'],
  [{ name: 'To', form: 'Addresses', value: [] }, ''],
  [
    {
      name: 'To',
      form: 'GroupedAddresses',
      value: [
        { name: 'A B', addresses: [{ name: null, email: 'c@d.test' }] },
        { name: null, addresses: [{ name: null, email: 'e@f.test' }] },
      ],
    },
    'To: A B: c@d.test;, e@f.test\r\n',
  ],
  [{ name: 'To', form: 'GroupedAddresses', value: [{ name: 'undisclosed', addresses: [] }] }, 'To: undisclosed: ;\r\n'],
  [{ name: 'References', form: 'MessageIds', value: ['a@b', 'c@d'] }, 'References: <a@b> <c@d>\r\n'],
  [
    { name: 'List-Post', form: 'URLs', value: ['http://a.test/ü', 'mailto:x@y.test'] },
    'List-Post: <http://a.test/%C3%BC>, <mailto:x@y.test>\r\n',
  ],
  [{ name: 'Date', form: 'Date', value: '2014-10-30T14:12:00Z' }, 'Date: Thu, 30 Oct 2014 14:12:00 +0000\r\n'],
] as readonly (readonly [FieldToWrite, string])[])
  test(`[8621-4.6-header] ${JSON.stringify(field)}`, () => {
    assert.equal(writeField(field), expected);
  });
