/** Cases for the parts of emails (RFC 8621 §4.1.4). */
import { group, like, message, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';
import { address, ATTACHED, INLINE, mime, multipart, part, STRUCTURED, told } from './sources.ts';

/** What stands in each part of a list. */
async function contents(ann: User, parts: readonly Answered[]): Promise<string> {
  const texts: string[] = [];
  for (const { blobId } of parts) texts.push((await ann.downloaded(blobId as string)).text.trim().slice(-1));
  return texts.join('');
}

const lists =
  (
    source: string,
    expected: { readonly text: string; readonly html: string; readonly attached: string; readonly has?: boolean },
  ) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const got = await told(ann, source, ['textBody', 'htmlBody', 'attachments', 'hasAttachment']);
    const [text, html, attached] = [
      await contents(ann, got['textBody'] as Answered[]),
      await contents(ann, got['htmlBody'] as Answered[]),
      await contents(ann, got['attachments'] as Answered[]),
    ];
    same(
      { text, html, attached, ...('has' in expected ? { has: got['hasAttachment'] as boolean } : {}) },
      expected,
      'lists',
    );
  };

const structure =
  (source: string, expected: Answered, properties: readonly string[] = ['type', 'subParts']) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const { bodyStructure } = await told(ann, source, ['bodyStructure'], { bodyProperties: properties });
    like(bodyStructure, expected, 'bodyStructure');
  };

/** Facts of the first part that is attached. */
const facts =
  (head: readonly string[], expected: Answered) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const source = mime(multipart('mixed', [part('text/plain', 'x'), `${head.join('\n')}\n\nx`]));
    const { attachments } = await told(ann, source, ['attachments']);
    like(attachments, [expected], 'attachments');
  };

export const PARTS_READ = group('Parts of emails', [
  [
    '8621-4.1.4-example',
    'must',
    'The lists of the example of RFC 8621 are those that it says',
    lists(STRUCTURED, { text: 'ABCDK', html: 'AEK', attached: 'CFGHJ', has: true }),
  ],
  [
    '8621-4.1.4-tree',
    'must',
    'The tree of the example is as it was written',
    structure(STRUCTURED, {
      type: 'multipart/mixed',
      subParts: [
        { type: 'text/plain' },
        {
          type: 'multipart/mixed',
          subParts: [
            {
              type: 'multipart/alternative',
              subParts: [
                {
                  type: 'multipart/mixed',
                  subParts: [{ type: 'text/plain' }, { type: 'image/jpeg' }, { type: 'text/plain' }],
                },
                { type: 'multipart/related', subParts: [{ type: 'text/html' }, { type: 'image/jpeg' }] },
              ],
            },
            { type: 'image/jpeg' },
            { type: 'application/x-excel' },
            { type: 'message/rfc822' },
          ],
        },
        { type: 'text/plain' },
      ],
    }),
  ],
  [
    '8621-4.1.4-plain',
    'must',
    'Plain text is both bodies',
    lists(mime(part('text/plain', 'A')), { text: 'A', html: 'A', attached: '', has: false }),
  ],
  [
    '8621-4.1.4-html-only',
    'must',
    'HTML alone is both bodies',
    lists(mime(part('text/html', 'A')), { text: 'A', html: 'A', attached: '', has: false }),
  ],
  [
    '8621-4.1.4-alternative',
    'must',
    'Of alternatives each is the body of its kind',
    lists(mime(multipart('alternative', [part('text/plain', 'A'), part('text/html', 'B')])), {
      text: 'A',
      html: 'B',
      attached: '',
      has: false,
    }),
  ],
  [
    '8621-4.1.4-attached',
    'must',
    'What is attached stands in attachments only',
    lists(mime(multipart('mixed', [part('text/plain', 'A'), part('application/pdf', 'B', ATTACHED)])), {
      text: 'A',
      html: 'A',
      attached: 'B',
      has: true,
    }),
  ],
  [
    '8621-4.1.4-text-attached',
    'must',
    'Text that is attached is no body',
    lists(mime(multipart('mixed', [part('text/plain', 'A'), part('text/plain', 'B', ATTACHED)])), {
      text: 'A',
      html: 'A',
      attached: 'B',
      has: true,
    }),
  ],
  [
    '8621-4.1.4-related',
    'should',
    'A picture that the HTML shows is attached, but makes no hasAttachment',
    lists(
      mime(
        multipart('related', [part('text/html', 'A'), part('image/png', 'B', ['Content-ID: <b@a.test>', ...INLINE])]),
      ),
      { text: 'A', html: 'A', attached: 'B', has: false },
    ),
  ],
  [
    '8621-4.1.4-root-attached',
    'must',
    'A message that is nothing but a file has it as attachment',
    lists(mime(part('application/pdf', 'A', ATTACHED)), { text: '', html: '', attached: 'A', has: true }),
  ],
  [
    '8621-4.1.4-no-mime',
    'must',
    'Without any MIME it is plain text in US-ASCII',
    async ({ ann }) => {
      const { bodyStructure } = await told(ann, message([]), ['bodyStructure']);
      like(
        bodyStructure,
        {
          type: 'text/plain',
          charset: 'us-ascii',
          disposition: null,
          name: null,
          cid: null,
          language: null,
          location: null,
        },
        'bodyStructure',
      );
    },
  ],
  [
    '8621-4.1.4-multipart-ids',
    'must',
    'A multipart has no partId and no blobId, a part has both',
    structure(
      STRUCTURED,
      {
        partId: null,
        blobId: null,
        subParts: (all: unknown) =>
          Array.isArray(all) && typeof all[0].partId === 'string' && typeof all[0].blobId === 'string',
      },
      ['partId', 'blobId', 'subParts'],
    ),
  ],
  [
    '8621-4.1.4-type-case',
    'must',
    'Types are in lower case, without parameters',
    structure(mime(part('Text/PLAIN; charset=UTF-8', 'A')), { type: 'text/plain' }),
  ],
  [
    '8621-4.1.4-broken-type',
    'must',
    'A type that can’t be read does not stop anything',
    structure(mime(part('nonsense', 'A')), { type: /./ }),
  ],
  [
    '8621-4.1.4-no-boundary',
    'must',
    'A multipart without a boundary does not stop anything',
    structure(mime(part('multipart/mixed', 'A')), { type: /./ }),
  ],
  [
    '8621-4.1.4-name',
    'must',
    'The name is the filename',
    facts(['Content-Type: application/pdf; name=other.pdf', 'Content-Disposition: attachment; filename="a b.pdf"'], {
      name: 'a b.pdf',
      disposition: 'attachment',
      type: 'application/pdf',
      charset: null,
    }),
  ],
  [
    '8621-4.1.4-name-of-type',
    'must',
    'Without a filename the name is that of the type',
    facts(['Content-Type: application/pdf; name="other.pdf"'], { name: 'other.pdf', disposition: null }),
  ],
  [
    '2231-4-name',
    'must',
    'A filename by RFC 2231 is decoded',
    facts(
      [
        'Content-Type: application/pdf',
        "Content-Disposition: attachment; filename*0*=utf-8''%E2%98%83; filename*1=.pdf",
      ],
      { name: '☃.pdf' },
    ),
  ],
  [
    '2047-5-name',
    'should',
    'A filename in encoded words is decoded, though it should not be one',
    facts(['Content-Type: application/pdf', 'Content-Disposition: attachment; filename="=?utf-8?q?=E2=98=83?=.pdf"'], {
      name: /^☃\.?/,
    }),
  ],
  [
    '8621-4.1.4-cid',
    'must',
    'The cid is without angle brackets',
    facts(['Content-Type: application/x-a', 'Content-ID: <pic@a.test>'], { cid: 'pic@a.test' }),
  ],
  [
    '8621-4.1.4-language',
    'must',
    'Languages are a list',
    facts(['Content-Type: application/x-a', 'Content-Language: de, en-GB'], { language: ['de', 'en-GB'] }),
  ],
  [
    '8621-4.1.4-location',
    'must',
    'The location is that of its field',
    facts(['Content-Type: application/x-a', 'Content-Location: https://a.test/x'], { location: 'https://a.test/x' }),
  ],
  [
    '8621-4.1.4-size',
    'must',
    'The size is that of the decoded octets',
    async ({ ann }) => {
      const source = mime(
        part('application/x-a', Buffer.from('twelve bytes').toString('base64'), ['Content-Transfer-Encoding: base64']),
      );
      const { bodyStructure } = await told(ann, source, ['bodyStructure']);
      same(
        [bodyStructure.size, (await ann.downloaded(bodyStructure.blobId as string)).text],
        [12, 'twelve bytes'],
        'size and octets',
      );
    },
  ],
  [
    '8621-4.2-body-properties',
    'must',
    'Only the body properties that were asked for are told, header fields among them',
    async ({ ann }) => {
      const source = mime(multipart('mixed', [part('text/plain', 'x', ['X-Mark: one']), part('application/x-a', 'y')]));
      const got = await told(ann, source, ['bodyStructure', 'attachments'], {
        bodyProperties: ['type', 'header:X-Mark:asText', 'subParts'],
      });
      same(got['attachments'], [{ type: 'application/x-a', 'header:X-Mark:asText': null }], 'attachments');
      same(got['bodyStructure'].subParts[0], { type: 'text/plain', 'header:X-Mark:asText': 'one' }, 'the first part');
    },
  ],
  [
    '8621-4.2-body-headers',
    'must',
    'The fields of a part are its own',
    async ({ ann }) => {
      const { attachments } = await told(
        ann,
        mime(multipart('mixed', [part('text/plain', 'x'), part('application/x-a', 'y', ['X-Mark: one'])])),
        ['attachments'],
        { bodyProperties: ['headers'] },
      );
      same(
        attachments,
        [
          {
            headers: [
              { name: 'Content-Type', value: ' application/x-a' },
              { name: 'X-Mark', value: ' one' },
            ],
          },
        ],
        'attachments',
      );
    },
  ],
  [
    '8621-4.2-body-nothing',
    'must',
    'No body properties are no properties',
    async ({ ann }) =>
      same(
        (await told(ann, mime(part('text/plain', 'x')), ['textBody'], { bodyProperties: [] }))['textBody'],
        [{}],
        'textBody',
      ),
  ],
  [
    '8621-4.1.4-nested',
    'must',
    'An attached message is a file that can be parsed',
    async ({ ann }) => {
      const { attachments } = await told(ann, STRUCTURED, ['attachments']);
      const { blobId } = (attachments as Answered[]).find(({ type }) => type === 'message/rfc822') ?? {};
      const { parsed } = await ann.ok('Email/parse', { blobIds: [blobId], properties: ['subject', 'from'] });
      same(parsed, { [blobId as string]: { subject: 'J', from: [address('j@a.test')] } }, 'parsed');
    },
  ],
]);
