/** Cases for drafts that are refused (RFC 8621 §4.6). */
import { group, like, same } from './client.ts';
import type { JmapServer } from './client.ts';
import { draft, drafted, refused, TEXT, written } from './draft.ts';

export const DRAFT_ERRORS = group('Drafts refused', [
  [
    '8621-4.6-list-for-one',
    'must',
    'A field that is set once is no list',
    refused({ 'header:X-Own': ['a'] }, /^header:X-Own$/),
  ],
  [
    '8621-4.6-line-break',
    'must',
    'No field is smuggled into another',
    refused({ 'header:X-Own': ' a\r\nBcc: x@b.test' }, /^header:X-Own$/),
  ],
  [
    '8621-4.6-headers',
    'must',
    '`headers` can not be set',
    refused({ headers: [{ name: 'X-Own', value: ' a' }] }, /^headers$/),
  ],
  [
    '8621-4.6-twice',
    'must',
    'A field is set by one property only',
    refused({ 'header:Subject': ' other' }, /^(subject|header:Subject)$/),
  ],
  [
    '8621-4.6-twice-forms',
    'must',
    'A field is set in one form only',
    refused({ 'header:X-A:asText': 'a', 'header:x-a': ' a' }, /^header:x-a/i),
  ],
  [
    '8621-4.6-content-field',
    'must',
    'Fields of content are for parts',
    refused({ 'header:Content-Type': ' text/html' }, /^header:Content-Type$/),
  ],
  [
    '8621-4.6-transfer-encoding',
    'must',
    'How a part is encoded is not set',
    refused({ textBody: [{ ...TEXT, 'header:Content-Transfer-Encoding': ' 7bit' }] }),
  ],
  [
    '8621-4.6-part-headers',
    'must',
    '`headers` of a part can not be set',
    refused({ textBody: [{ ...TEXT, headers: [] }] }),
  ],
  [
    '8621-4.6-part-twice',
    'must',
    'A field of a part is set by one property only',
    refused({ textBody: [{ ...TEXT, cid: 'a@b.test', 'header:Content-ID': ' <c@b.test>' }] }),
  ],
  [
    '8621-4.6-structure-twice',
    'must',
    'A field stands in the email or in its structure, not both',
    refused(
      { textBody: undefined, bodyStructure: { ...TEXT, type: 'text/plain', 'header:Subject': ' x' } },
      /^(bodyStructure|subject)/,
    ),
  ],
  [
    '8621-4.6-structure-and-text',
    'must',
    'bodyStructure stands alone',
    refused({ bodyStructure: { ...TEXT, type: 'text/plain' } }, /^(textBody|bodyStructure)$/),
  ],
  [
    '8621-4.6-structure-and-all',
    'should',
    'All that can not stand beside bodyStructure is named',
    async ({ ann }) => {
      const { properties } = await ann.notMade(
        'Email',
        draft(ann, { bodyStructure: TEXT, htmlBody: [], attachments: [] }),
      );
      same(properties.toSorted(), ['attachments', 'htmlBody', 'textBody'], 'properties');
    },
  ],
  ['8621-4.6-two-texts', 'must', 'textBody is one part', refused({ textBody: [TEXT, TEXT] }, /^textBody/)],
  ['8621-4.6-no-texts', 'must', 'textBody is not empty', refused({ textBody: [] }, /^textBody/)],
  [
    '8621-4.6-text-type',
    'must',
    'textBody is text/plain',
    refused({ textBody: [{ ...TEXT, type: 'text/html' }] }, /^textBody/),
  ],
  [
    '8621-4.6-html-type',
    'must',
    'htmlBody is text/html',
    refused({ textBody: undefined, htmlBody: [{ ...TEXT, type: 'text/plain' }] }, /^htmlBody/),
  ],
  [
    '8621-4.6-html-default',
    'must',
    'htmlBody is text/html where it does not say',
    written({ textBody: undefined, htmlBody: [TEXT] }, { htmlBody: [{ type: 'text/html' }] }),
  ],
  [
    '8621-4.6-part-unknown',
    'must',
    'A partId stands in bodyValues',
    refused({ textBody: [{ partId: 'other' }] }, /^(textBody|bodyValues)/),
  ],
  [
    '8621-4.6-part-and-blob',
    'must',
    'A part has a partId or a blobId',
    async ({ ann }) => {
      const blobId = await ann.upload('octets');
      await refused({ textBody: [{ ...TEXT, blobId }] }, /^textBody/)({ ann } as JmapServer);
      await refused({ textBody: [{ type: 'text/plain' }] }, /^textBody/)({ ann } as JmapServer);
    },
  ],
  [
    '8621-4.6-charset',
    'must',
    'A text has no charset of the client’s',
    refused({ textBody: [{ ...TEXT, charset: 'utf-8' }] }, /^textBody/),
  ],
  [
    '8621-4.6-size',
    'must',
    'A text has no size of the client’s',
    refused({ textBody: [{ ...TEXT, size: 5 }] }, /^textBody/),
  ],
  [
    '8621-4.6-size-of-blob',
    'must',
    'A size beside a blob is passed over',
    async ({ ann }) => {
      const attachments = [{ blobId: await ann.upload('octets'), type: 'application/x-a', size: 7 }];
      like(await drafted(ann, { attachments }, ['attachments']), { attachments: [{ size: 6 }] }, 'email');
    },
  ],
  [
    '8621-4.6-multipart-content',
    'must',
    'A multipart has parts and nothing else',
    refused(
      { textBody: undefined, bodyStructure: { type: 'multipart/mixed', partId: 't', subParts: [TEXT] } },
      /^bodyStructure/,
    ),
  ],
  [
    '8621-4.6-parts-of-text',
    'must',
    'A text has no parts',
    refused({ textBody: undefined, bodyStructure: { type: 'text/plain', subParts: [TEXT] } }, /^bodyStructure/),
  ],
  [
    '8621-4.6-truncated',
    'must',
    'A text that is truncated is not sent back',
    refused({ bodyValues: { t: { value: 'x', isTruncated: true } } }, /^bodyValues/),
  ],
  [
    '8621-4.6-encoding-problem',
    'must',
    'A text with an encoding problem is not sent back',
    refused({ bodyValues: { t: { value: 'x', isEncodingProblem: true } } }, /^bodyValues/),
  ],
  [
    '8621-4.6-flags-false',
    'must',
    'A text may say that it is whole',
    written(
      { bodyValues: { t: { value: 'x', isTruncated: false, isEncodingProblem: false } } },
      { size: (size: unknown) => (size as number) > 0 },
    ),
  ],
  [
    '8621-4.6-blob-not-found',
    'must',
    'A blob that is not there is blobNotFound, and named',
    async ({ ann }) => {
      const error = await ann.notMade(
        'Email',
        draft(ann, {
          attachments: [
            { blobId: 'none', type: 'image/png' },
            { blobId: await ann.upload('x'), type: 'image/png' },
          ],
        }),
      );
      like(error, { type: 'blobNotFound', notFound: ['none'] }, 'error');
    },
  ],
  [
    '8621-4.6-unknown-property',
    'must',
    'A property that there is not is invalidProperties',
    refused({ colour: 'red' }, /^colour$/),
  ],
  [
    '8621-4.6-server-set',
    'must',
    'What the server sets is not set',
    async (server) => {
      for (const more of [
        { id: 'x' },
        { blobId: 'x' },
        { threadId: 'x' },
        { size: 5 },
        { preview: 'x' },
        { hasAttachment: true },
      ])
        await refused(more, new RegExp(`^${Object.keys(more)[0] ?? ''}$`))(server);
    },
  ],
  ['8621-4.6-address-type', 'must', 'Addresses are objects', refused({ to: ['bob@a.test'] }, /^to$/)],
  ['8621-4.6-date-type', 'must', 'A date is one', refused({ sentAt: 'tomorrow' }, /^sentAt$/)],
  [
    '8621-4.6-received-type',
    'must',
    'receivedAt is in UTC',
    refused({ receivedAt: '2026-01-31T12:00:00+01:00' }, /^receivedAt$/),
  ],
]);
