/** Cases for drafts that are made (RFC 8621 §4.6). */
import { fresh, group, holds, like, message, same } from './client.ts';
import type { Answered } from './client.ts';
import { draft, drafted, field, NO_BODY, refused, written } from './draft.ts';

export const DRAFTS = group('Drafts', [
  [
    '8621-4.6-made',
    'must',
    'A draft is told with its id, blobId, threadId and size',
    async ({ ann }) => {
      const made = await ann.made('Email', draft(ann));
      like(made, { id: /./, blobId: /./, threadId: /./, size: (size: unknown) => (size as number) > 0 }, 'made');
      const { blobId, threadId, size } = await ann.one('Email', made['id'] as string);
      same(
        { blobId, threadId, size },
        { blobId: made['blobId'], threadId: made['threadId'], size: made['size'] },
        'email',
      );
      same((await ann.downloaded(blobId as string)).text.length, size, 'octets');
    },
  ],
  [
    '8621-4.6-least',
    'must',
    'A draft needs a mailbox and nothing else',
    async ({ ann }) => {
      const { id } = await ann.made('Email', { mailboxIds: { [ann.boxes['drafts'] ?? '']: true } });
      like(
        await ann.one('Email', id as string),
        {
          keywords: {},
          subject: null,
          from: null,
          messageId: (ids: unknown) => Array.isArray(ids),
          hasAttachment: false,
        },
        'email',
      );
    },
  ],
  ['8621-4.6-no-mailbox', 'must', 'A draft lies in a mailbox', refused({ mailboxIds: undefined }, /^mailboxIds$/)],
  ['8621-4.6-empty-mailboxes', 'must', 'No mailboxes are none', refused({ mailboxIds: {} }, /^mailboxIds$/)],
  [
    '8621-4.6-mailbox-unknown',
    'must',
    'Its mailbox is there',
    refused({ mailboxIds: { m999999: true } }, /^mailboxIds$/),
  ],
  [
    '8621-4.6-mailbox-false',
    'must',
    'What it lies in is true',
    async ({ ann }) => {
      const error = await ann.notMade('Email', draft(ann, { mailboxIds: { [ann.boxes['drafts'] ?? '']: false } }));
      like(error, { type: 'invalidProperties', properties: ['mailboxIds'] }, 'error');
    },
  ],
  [
    '8621-4.6-round-trip',
    'must',
    'What was set is what is told',
    async ({ ann }) => {
      const set = {
        from: [{ name: 'Jürgen "J" Müller', email: ann.name }],
        to: [
          { name: null, email: 'a@b.test' },
          { name: 'Doe, John', email: 'john@b.test' },
        ],
        cc: [{ name: '李', email: 'li@b.test' }],
        bcc: [{ name: null, email: 'secret@b.test' }],
        replyTo: [{ name: null, email: 'reply@b.test' }],
        sender: [{ name: null, email: 'sender@b.test' }],
        subject: 'Grüße 👋 and a long subject that goes on and on until it has to be folded somewhere in between',
        inReplyTo: ['one@b.test'],
        references: ['zero@b.test', 'one@b.test'],
        messageId: [`${fresh('own')}@a.test`],
        sentAt: '2026-01-31T12:00:00+01:00',
      };
      same(
        await drafted(ann, set, Object.keys(set)),
        { id: (await ann.search({ header: ['Message-ID', set.messageId[0]] }))[0], ...set },
        'email',
      );
    },
  ],
  [
    '8621-4.6-date-added',
    'must',
    'A Date is added where there is none',
    async ({ ann }) => {
      const { sentAt } = await drafted(ann, {}, ['sentAt']);
      holds(Math.abs(Date.parse(sentAt as string) - Date.now()) < 60_000, 'now', sentAt);
    },
  ],
  [
    '8621-4.6-message-id-added',
    'must',
    'A Message-ID is added where there is none',
    async ({ ann }) => {
      const [a, b] = [await drafted(ann, {}, ['messageId']), await drafted(ann, {}, ['messageId'])];
      like(a['messageId'], [/^[^<>\s]+@[^<>\s]+$/], 'messageId');
      holds(a['messageId'][0] !== b['messageId'][0], 'another one', b);
    },
  ],
  ['2045-4-mime-version', 'must', 'The message says MIME-Version', field({}, 'MIME-Version', [' 1.0'])],
  [
    '8621-4.6-received-at',
    'must',
    'receivedAt may be set',
    written({ receivedAt: '2020-02-03T04:05:06Z' }, { receivedAt: '2020-02-03T04:05:06Z' }),
  ],
  [
    '8621-4.6-keywords',
    'must',
    'Keywords are kept in lower case',
    written({ keywords: { $Draft: true, MyWord: true } }, { keywords: { $draft: true, myword: true } }),
  ],
  [
    '8621-4.1.1-keyword-characters',
    'must',
    'A keyword has no blanks, brackets, quotes',
    async (server) => {
      for (const keyword of ['a b', 'a(b', 'a)b', 'a{b', 'a]b', 'a%b', 'a*b', 'a"b', 'a\\b', 'ä', '', 'x'.repeat(256)])
        await refused({ keywords: { [keyword]: true } }, /^keywords$/)(server);
    },
  ],
  [
    '8621-4.1.1-keyword-allowed',
    'must',
    'A keyword has other characters of ASCII',
    async ({ ann }) => {
      const keywords = { 'a/b~c': true, $x: true, "a'b[c}d": true, ['x'.repeat(255)]: true };
      same((await drafted(ann, { keywords }, ['keywords']))['keywords'], keywords, 'keywords');
    },
  ],
  [
    '8621-4.1.1-keyword-false',
    'must',
    'What a keyword is, is true',
    refused({ keywords: { $draft: false } }, /^keywords$/),
  ],
  [
    '8621-4.6-text',
    'must',
    'A text is kept as it is',
    async ({ ann }) => {
      const value = 'Grüße 👋\n\n.a dot\nFrom here\n  blanks  \nlong '.concat('x'.repeat(2_000), '\n');
      const { bodyValues } = await drafted(ann, { bodyValues: { t: { value } } }, ['bodyValues'], {
        fetchTextBodyValues: true,
      });
      same(
        Object.values(bodyValues as Answered),
        [{ value, isEncodingProblem: false, isTruncated: false }],
        'bodyValues',
      );
    },
  ],
  [
    '8621-4.6-text-and-html',
    'must',
    'Text and HTML are alternatives',
    async ({ ann }) => {
      const more = {
        htmlBody: [{ partId: 'h', type: 'text/html' }],
        bodyValues: { t: { value: 'a' }, h: { value: '<p>a</p>' } },
      };
      const { bodyStructure } = await drafted(ann, more, ['bodyStructure'], { bodyProperties: ['type', 'subParts'] });
      same(
        bodyStructure,
        { type: 'multipart/alternative', subParts: [{ type: 'text/plain' }, { type: 'text/html' }] },
        'bodyStructure',
      );
    },
  ],
  [
    '8621-4.6-attachment',
    'must',
    'A blob is attached with its name, type and id',
    async ({ ann }) => {
      const blobId = await ann.upload('octets', 'image/png');
      const facts = {
        type: 'image/png',
        name: 'Grüße 👋.png',
        cid: 'pic@a.test',
        disposition: 'attachment',
        language: ['de'],
        location: 'https://a.test/',
      };
      const got = await drafted(ann, { attachments: [{ blobId, ...facts }] }, ['attachments', 'hasAttachment']);
      const { blobId: of, partId: _, ...rest } = got['attachments'][0] as Answered;
      same(rest, { ...facts, size: 6, charset: null }, 'attachments');
      same(got['hasAttachment'], true, 'hasAttachment');
      same((await ann.downloaded(of as string)).text, 'octets', 'octets');
    },
  ],
  [
    '8620-6-changed-blob-ids',
    'must',
    'Where a blob gets another id in the email that it is put into, the answer says which',
    async ({ ann }) => {
      const blobId = await ann.upload('octets', 'image/png');
      const part = { blobId, type: 'image/png', name: 'a.png', disposition: 'attachment' };
      const text = { textBody: [{ partId: 't' }], bodyValues: { t: { value: 'Hello' } } };
      const [mailboxIds, bodyStructure] = [{ [ann.boxes['drafts'] ?? '']: true }, { subParts: [part] }];
      for (const [name, given] of Object.entries({
        attachments: { attachments: [part], ...text },
        bodyStructure: { bodyStructure },
      })) {
        const made = await ann.made('Email', { mailboxIds, ...given });
        same(made[name], (await ann.email(made['id'] as string, [name]))[name], name);
      }
      const plain = await ann.made('Email', { mailboxIds, ...text });
      same(Object.keys(plain).toSorted(), ['blobId', 'id', 'size', 'threadId'], 'without blobs');
    },
  ],
  [
    '8621-4.6-attachment-alone',
    'must',
    'A blob may be all there is',
    async ({ ann }) => {
      const attachments = [{ blobId: await ann.upload('octets'), type: 'application/x-a' }];
      like(
        await drafted(ann, { ...NO_BODY, attachments }, ['attachments']),
        { attachments: [{ type: 'application/x-a' }] },
        'email',
      );
    },
  ],
  [
    '8621-4.6-part-of-another',
    'must',
    'A part of another email can be attached',
    async ({ ann }) => {
      const blobId = await ann.upload('octets', 'image/png');
      const first = await drafted(ann, { attachments: [{ blobId, type: 'image/png' }] }, ['attachments', 'blobId']);
      const attachments = [
        { blobId: first['attachments'][0].blobId, type: 'image/png' },
        { blobId: first['blobId'], type: 'message/rfc822' },
      ];
      const second = await drafted(ann, { attachments }, ['attachments']);
      like(second, { attachments: [{ type: 'image/png', size: 6 }, { type: 'message/rfc822' }] }, 'email');
    },
  ],
  [
    '8621-4.6-structure',
    'must',
    'bodyStructure is written as it is given',
    async ({ ann }) => {
      const blobId = await ann.upload('octets');
      const bodyStructure = {
        type: 'multipart/mixed',
        subParts: [
          { type: 'text/plain', partId: 't', 'header:X-Part': ' one' },
          { type: 'application/x-a', blobId, name: 'a.bin' },
        ],
      };
      const got = await drafted(ann, { textBody: undefined, bodyStructure }, ['bodyStructure'], {
        bodyProperties: ['type', 'name', 'subParts', 'header:X-Part'],
      });
      like(
        got['bodyStructure'],
        {
          type: 'multipart/mixed',
          subParts: [
            { type: 'text/plain', 'header:X-Part': ' one' },
            { type: 'application/x-a', name: 'a.bin' },
          ],
        },
        'bodyStructure',
      );
    },
  ],
  ['8621-4.6-header-raw', 'must', 'A field may be set raw', field({ 'header:X-Own': ' value' }, 'X-Own', [' value'])],
  [
    '8621-4.6-header-text',
    'must',
    'A field may be set as text',
    field({ 'header:X-Own:asText': 'Grüße' }, 'X-Own', [/^ =\?utf-8\?/i]),
  ],
  [
    '8621-4.6-header-all',
    'must',
    'A field may be set several times',
    field({ 'header:X-Own:asText:all': ['one', 'two'] }, 'X-Own', [' one', ' two']),
  ],
  [
    '8621-4.6-header-addresses',
    'must',
    'A field may be set as addresses',
    field({ 'header:Resent-To:asAddresses': [{ name: 'Foo', email: 'foo@b.test' }] }, 'Resent-To', [
      /^ "?Foo"? <foo@b\.test>$/,
    ]),
  ],
  [
    '8621-4.6-header-ids',
    'must',
    'A field may be set as ids',
    field({ 'header:X-Own:asMessageIds': ['a@b.test', 'c@b.test'] }, 'X-Own', [/^ <a@b\.test>\s+<c@b\.test>$/]),
  ],
  [
    '8621-4.6-header-date',
    'must',
    'A field may be set as a date',
    field({ 'header:X-Own:asDate': '1969-02-14T12:02:00Z' }, 'X-Own', [/^ Fri, 14 Feb 1969 12:02:00 \+0000$/]),
  ],
  [
    '8621-4.6-header-urls',
    'must',
    'A field may be set as URLs',
    field({ 'header:List-Post:asURLs': ['mailto:a@b.test', 'https://b.test/'] }, 'List-Post', [
      /^ <mailto:a@b\.test>,\s+<https:\/\/b\.test\/>$/,
    ]),
  ],
  [
    '8621-4.6-groups',
    'must',
    'Groups may be set',
    async ({ ann }) => {
      const groups = [
        { name: 'Team', addresses: [{ name: null, email: 'a@b.test' }] },
        { name: null, addresses: [{ name: 'C', email: 'c@b.test' }] },
      ];
      const got = await drafted(ann, { to: undefined, 'header:To:asGroupedAddresses': groups }, [
        'header:To:asGroupedAddresses',
        'to',
      ]);
      same([got['header:To:asGroupedAddresses'], got['to'].length], [groups, 2], 'to');
    },
  ],
  [
    '8621-4.6-bcc-kept',
    'must',
    'A draft keeps its Bcc',
    field({ bcc: [{ name: null, email: 'x@b.test' }] }, 'Bcc', [/x@b\.test/]),
  ],
  [
    '8621-4.6-threaded',
    'must',
    'A draft that answers joins the thread',
    async ({ ann }) => {
      const root = `${fresh('t')}@a.test`;
      const first = await ann.letter(ann.boxes['inbox'] ?? '', message(['Subject: plums', `Message-ID: <${root}>`]));
      const { threadId } = await drafted(ann, { subject: 'Re: plums', inReplyTo: [root], references: [root] }, [
        'threadId',
      ]);
      same(threadId, (await ann.email(first, ['threadId']))['threadId'], 'threadId');
    },
  ],
  [
    '8621-4.6-replaced',
    'must',
    'A draft is replaced in one call',
    async ({ ann }) => {
      const { id } = await ann.made('Email', draft(ann));
      const set = await ann.ok('Email/set', { create: { k: draft(ann, { subject: 'Second' }) }, destroy: [id] });
      like(set, { created: { k: {} }, destroyed: [id] }, 'set');
    },
  ],
  [
    '8620-5.3-mailbox-reference',
    'must',
    'A draft may lie in a mailbox that the same request makes',
    async ({ ann }) => {
      const [first, second] = await ann.calls(
        ['Mailbox/set', { create: { m: { name: fresh('box') } } }, 'a'],
        ['Email/set', { create: { k: draft(ann, { mailboxIds: { '#m': true } }) } }, 'b'],
      );
      const id = second?.[1]['created']?.k.id as string;
      same((await ann.email(id, ['mailboxIds']))['mailboxIds'], { [first?.[1]['created'].m.id]: true }, 'mailboxIds');
    },
  ],
]);
