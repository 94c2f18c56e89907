/** Cases for emails as a whole, and for their texts (RFC 8621 §4.1, §4.2). */
import { group, holds, like, message, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';
import { ATTACHED, mime, multipart, part, told } from './sources.ts';

/** RFC 8621 §4.2: what is told where nobody says what is wanted. */
const DEFAULT = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'sentAt',
  'hasAttachment',
  'preview',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
];
const DEFAULT_BODY = [
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
];

export const EMAILS_READ = group('Emails', [
  [
    '8621-4.2-default',
    'must',
    'Without properties, those of RFC 8621 §4.2 are told',
    async ({ ann }) => {
      const id = await ann.letter(ann.boxes['inbox'] ?? '', message(['Subject: x']));
      const email = await ann.one('Email', id);
      same(Object.keys(email).toSorted(), DEFAULT.toSorted(), 'properties');
      same(
        [Object.keys(email['textBody'][0]).toSorted(), email['bodyValues']],
        [DEFAULT_BODY.toSorted(), {}],
        'textBody and bodyValues',
      );
    },
  ],
  [
    '8621-4.2-unknown',
    'must',
    'A property that there is not is invalidArguments',
    async ({ ann }) => {
      await ann.refused('invalidArguments', 'Email/get', { ids: [], properties: ['colour'] });
      await ann.refused('invalidArguments', 'Email/get', { ids: [], bodyProperties: ['colour'] });
      await ann.refused('invalidArguments', 'Email/get', { ids: [], maxBodyValueBytes: -1 });
    },
  ],
  [
    '8621-4.1.1-metadata',
    'must',
    'Size, dates and sets are as they should be',
    async ({ ann }) => {
      const [box, source] = [await ann.mailbox(), message(['Subject: x'])];
      const id = await ann.letter(box, source, { keywords: { $Seen: true }, receivedAt: '2020-02-03T04:05:06Z' });
      const { size, receivedAt, mailboxIds, keywords } = await ann.one('Email', id);
      same(
        { size, receivedAt, mailboxIds, keywords },
        {
          size: source.replaceAll('\n', '\r\n').length,
          receivedAt: '2020-02-03T04:05:06Z',
          mailboxIds: { [box]: true },
          keywords: { $seen: true },
        },
        'email',
      );
    },
  ],
  [
    '8621-4.1.1-blob',
    'must',
    'The blob of an email is the message, octet for octet',
    async ({ ann }) => {
      const source = message(['Subject: x'], 'a\n\n.dot\nend');
      const { blobId } = await told(ann, source, ['blobId']);
      same((await ann.downloaded(blobId as string)).text, source.replaceAll('\n', '\r\n'), 'octets');
    },
  ],
  [
    '8621-4.2-order',
    'house',
    'Emails come in the order they were asked for',
    async ({ ann }) => {
      const box = await ann.mailbox();
      const ids = [
        await ann.letter(box, message([])),
        await ann.letter(box, message([])),
        await ann.letter(box, message([])),
      ].toReversed();
      const { list } = await ann.ok('Email/get', { ids, properties: ['id'] });
      same(
        (list as Answered[]).map(({ id }) => id as string),
        ids,
        'ids',
      );
    },
  ],
  [
    '8621-4.1.4-preview',
    'must',
    'The preview is text of at most 256 characters',
    async ({ ann }) => {
      const { preview } = await told(ann, message([], 'word '.repeat(200)), ['preview']);
      holds((preview as string).startsWith('word word') && (preview as string).length <= 256, 'preview', preview);
    },
  ],
  [
    '8621-4.1.4-preview-html',
    'should',
    'The preview of HTML is its text',
    async ({ ann }) => {
      const source = message(
        ['MIME-Version: 1.0', 'Content-Type: text/html'],
        '<html><head><title>t</title><style>p {}</style></head><body><p>Some <b>words</b> &amp; more</p></body></html>',
      );
      like(await told(ann, source, ['preview']), { preview: /^Some words & more/ }, 'email');
    },
  ],
  [
    '8621-4.2-all',
    'must',
    'ids null gives all emails, or requestTooLarge',
    async ({ ann }) => {
      const [first] = await ann.calls(['Email/get', { ids: null, properties: ['id'] }, 'c']);
      if (first?.[0] === 'error') same(first[1]['type'], 'requestTooLarge', 'error');
      else holds(first?.[1]['list'].length > 0, 'emails', first);
    },
  ],
  [
    '8620-5.1-other-account',
    'must',
    'What is another account’s is not found',
    async ({ ann, bob }) => {
      const id = await bob.letter(bob.boxes['inbox'] ?? '', message(['Subject: his']));
      like(await ann.ok('Email/get', { ids: [id] }), { list: [], notFound: [id] }, 'response');
    },
  ],
]);

// --- Texts ---

/** The texts of a message, by their order. */
async function values(
  ann: User,
  source: string,
  more: Answered = { fetchAllBodyValues: true },
): Promise<readonly Answered[]> {
  const { bodyValues } = await told(ann, source, ['bodyValues'], more);
  return Object.values(bodyValues as Answered) as Answered[];
}

const text =
  (head: readonly string[], octets: string, expected: Answered) =>
  async ({ ann }: JmapServer): Promise<void> =>
    like(await values(ann, mime([...head, '', octets].join('\n'))), [expected], 'bodyValues');

const plain = (charset: string, encoding = '8bit'): readonly string[] => [
  `Content-Type: text/plain; charset=${charset}`,
  `Content-Transfer-Encoding: ${encoding}`,
];
const utf8 = (value: string): string => Buffer.from(value).toString('latin1');
const BOTH = mime(
  multipart('mixed', [
    multipart('alternative', [part('text/plain', 'plain'), part('text/html', '<p>html</p>')]),
    part('text/csv', 'csv', ATTACHED),
  ]),
);
const fetches = async (ann: User, more: Answered): Promise<readonly string[]> =>
  (await values(ann, BOTH, more)).map(({ value }) => (value as string).trim());

export const TEXTS_READ = group('Texts of emails', [
  [
    '8621-4.1.4-crlf',
    'must',
    'Line ends are LF',
    text(plain('utf-8'), 'a\nb\n', { value: 'a\nb\n', isEncodingProblem: false, isTruncated: false }),
  ],
  [
    '8621-4.1.4-utf8',
    'must',
    'UTF-8 is read',
    text(plain('UTF-8'), utf8('Grüße 👋'), { value: /Grüße 👋/, isEncodingProblem: false }),
  ],
  [
    '8621-4.1.4-latin1',
    'must',
    'ISO-8859-1 is read',
    text(plain('iso-8859-1'), 'Gr\u00fc\u00dfe', { value: /Grüße/, isEncodingProblem: false }),
  ],
  [
    '8621-4.1.4-euc-kr',
    'must',
    'EUC-KR in base 64 is read',
    text(plain('EUC-KR', 'base64'), Buffer.from([0xc5, 0xd7, 0xbd, 0xba, 0xc6, 0xae]).toString('base64'), {
      value: '테스트',
      isEncodingProblem: false,
    }),
  ],
  [
    '8621-4.1.4-iso-2022-jp',
    'must',
    'ISO-2022-JP is read',
    text(plain('iso-2022-jp', '7bit'), '\u001b$B$3$s\u001b(B', { value: /こん/, isEncodingProblem: false }),
  ],
  [
    '8621-4.1.4-quoted-printable',
    'must',
    'Quoted-printable is decoded',
    text(plain('utf-8', 'quoted-printable'), 'Gr=C3=BC=C3=\n=9Fe =3D', { value: /Grüße =/, isEncodingProblem: false }),
  ],
  [
    '8621-4.1.4-charset-unknown',
    'must',
    'An unknown charset is an encoding problem',
    text(plain('x-nonsense'), 'caf\u00e9', { value: /caf/, isEncodingProblem: true }),
  ],
  [
    '8621-4.1.4-charset-wrong',
    'must',
    'Octets that the charset does not have are an encoding problem',
    text(plain('utf-8'), 'caf\u00e9 x', { value: /caf/, isEncodingProblem: true }),
  ],
  [
    '8621-4.1.4-base64-broken',
    'must',
    'Broken base 64 is an encoding problem',
    text(plain('utf-8', 'base64'), 'aGVs*bG8=', { value: /./, isEncodingProblem: true }),
  ],
  [
    '8621-4.1.4-encoding-unknown',
    'must',
    'An unknown transfer encoding is an encoding problem',
    text(plain('utf-8', 'x-nonsense'), 'hello', { isEncodingProblem: true }),
  ],
  [
    '8621-4.2-fetch-none',
    'must',
    'Without being asked for, no texts are fetched',
    async ({ ann }) => same(await fetches(ann, {}), [], 'texts'),
  ],
  [
    '8621-4.2-fetch-text',
    'must',
    'fetchTextBodyValues fetches those of textBody',
    async ({ ann }) => same(await fetches(ann, { fetchTextBodyValues: true }), ['plain'], 'texts'),
  ],
  [
    '8621-4.2-fetch-html',
    'must',
    'fetchHTMLBodyValues fetches those of htmlBody',
    async ({ ann }) => same(await fetches(ann, { fetchHTMLBodyValues: true }), ['<p>html</p>'], 'texts'),
  ],
  [
    '8621-4.2-fetch-all',
    'must',
    'fetchAllBodyValues fetches every text',
    async ({ ann }) => same(await fetches(ann, { fetchAllBodyValues: true }), ['plain', '<p>html</p>', 'csv'], 'texts'),
  ],
  [
    '8621-4.2-truncated',
    'must',
    'maxBodyValueBytes cuts, and says so',
    async ({ ann }) => {
      const [value] = await values(ann, mime([...plain('us-ascii'), '', 'x'.repeat(100)].join('\n')), {
        fetchAllBodyValues: true,
        maxBodyValueBytes: 10,
      });
      like(value, { value: 'x'.repeat(10), isTruncated: true }, 'value');
    },
  ],
  [
    '8621-4.2-truncated-utf8',
    'must',
    'No character is cut in two',
    async ({ ann }) => {
      for (const maxBodyValueBytes of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const [value] = await values(ann, mime([...plain('utf-8'), '', utf8('aü€👋bc')].join('\n')), {
          fetchAllBodyValues: true,
          maxBodyValueBytes,
        });
        holds(
          'aü€👋bc'.startsWith(value?.['value'] as string) &&
            Buffer.byteLength(value?.['value'] as string) <= maxBodyValueBytes,
          `the first ${String(maxBodyValueBytes)} octets`,
          value,
        );
        same(value?.['isTruncated'], true, 'isTruncated');
      }
    },
  ],
  [
    '8621-4.2-truncated-tag',
    'should',
    'HTML is not cut within a tag',
    async ({ ann }) => {
      const [value] = await values(ann, mime(part('text/html', '<p>one <a href="https://a.test/">two</a></p>')), {
        fetchAllBodyValues: true,
        maxBodyValueBytes: 15,
      });
      like(value, { value: '<p>one ', isTruncated: true }, 'value');
    },
  ],
  [
    '8621-4.2-not-truncated',
    'must',
    'What fits is not cut',
    async ({ ann }) =>
      like(
        await values(ann, mime(part('text/plain', 'x')), { fetchAllBodyValues: true, maxBodyValueBytes: 100 }),
        [{ isTruncated: false }],
        'values',
      ),
  ],
]);
