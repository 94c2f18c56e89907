/** Cases for the header fields of emails (RFC 8621 §4.1.2, §4.1.3). */
import { group, like, message, same } from './client.ts';
import type { JmapServer } from './client.ts';
import { address, told } from './sources.ts';

const FIELDS = message([
  'Message-ID: <one@a.test>',
  'In-Reply-To: <zero@a.test>',
  'References: <minus@a.test>',
  ' <zero@a.test>',
  'Sender: secretary@a.test',
  'From: =?utf-8?q?J=C3=BCrgen?= <juergen@a.test>, "Doe, John" <john@a.test>',
  'To: A group: foo <foo@a.test>, bar@a.test;, last@a.test',
  'Cc: (a comment) cc@a.test',
  'Bcc: bcc@a.test',
  'Reply-To: "Quoted \\\\ name" <reply@a.test>',
  'Date: Thu, 13 Feb 2020 23:32:00 -0330 (Newfoundland)',
  'Subject: =?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?q?_und?= mehr,',
  ' gefaltet',
  'List-Post: <mailto:list@a.test>,',
  ' (archive) <https://a.test/list>',
  'X-Twice: first',
  'X-Twice:  second',
  'X-Nothing: no ids, no date, no URLs',
]);

const field =
  (property: string, expected: unknown) =>
  async ({ ann }: JmapServer): Promise<void> => {
    const got = await told(ann, FIELDS, [property]);
    same(got[property], expected, property);
  };

const noField =
  (property: string) =>
  async ({ ann }: JmapServer): Promise<void> => {
    await ann.refused('invalidArguments', 'Email/get', { ids: [], properties: [property] });
  };

export const FIELDS_READ = group('Fields of emails', [
  ['8621-4.1.2.5-message-id', 'must', 'messageId is without angle brackets', field('messageId', ['one@a.test'])],
  [
    '8621-4.1.2.5-references',
    'must',
    'references are all of them, in order',
    field('references', ['minus@a.test', 'zero@a.test']),
  ],
  ['8621-4.1.2.5-in-reply-to', 'must', 'inReplyTo', field('inReplyTo', ['zero@a.test'])],
  ['8621-4.1.3-sender', 'must', 'sender is a list', field('sender', [address('secretary@a.test')])],
  [
    '8621-4.1.2.3-names',
    'must',
    'Names are decoded and without quotes',
    field('from', [address('juergen@a.test', 'Jürgen'), address('john@a.test', 'Doe, John')]),
  ],
  [
    '8621-4.1.2.3-group',
    'must',
    'The addresses of a group stand among the others',
    field('to', [address('foo@a.test', 'foo'), address('bar@a.test'), address('last@a.test')]),
  ],
  [
    '8621-4.1.2.3-comment',
    'must',
    'Comments are no part of an address',
    async ({ ann }) => like((await told(ann, FIELDS, ['cc']))['cc'], [{ email: 'cc@a.test' }], 'cc'),
  ],
  ['8621-4.1.3-bcc', 'must', 'bcc is there while the field is', field('bcc', [address('bcc@a.test')])],
  [
    '8621-4.1.2.3-quoted-pair',
    'must',
    'A quoted pair is one character',
    field('replyTo', [address('reply@a.test', 'Quoted \\ name')]),
  ],
  [
    '8621-4.1.2.2-subject',
    'must',
    'A subject is unfolded, encoded words are decoded, blanks between them go',
    field('subject', 'Grüße und mehr, gefaltet'),
  ],
  ['8621-4.1.2.6-date', 'must', 'sentAt keeps the zone', field('sentAt', '2020-02-13T23:32:00-03:30')],
  [
    '8621-4.1.2.1-raw',
    'must',
    'A raw field is what stands behind its colon',
    field('header:Subject', ' =?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?q?_und?= mehr,\r\n gefaltet'),
  ],
  ['8621-4.1.3-last', 'must', 'Of several fields of a name, the last is told', field('header:X-Twice', '  second')],
  [
    '8621-4.1.3-all',
    'must',
    ':all gives all of them, in order',
    field('header:X-Twice:asText:all', ['first', 'second']),
  ],
  ['8621-4.1.3-all-none', 'must', ':all of what is not there is empty', field('header:X-None:all', [])],
  ['8621-4.1.3-none', 'must', 'What is not there is null', field('header:X-None', null)],
  [
    '8621-4.1.3-name-as-asked',
    'must',
    'The property has the capitals it was asked with',
    field('header:x-tWICE:asText', 'second'),
  ],
  [
    '8621-4.1.2.4-groups',
    'must',
    'asGroupedAddresses keeps the groups',
    field('header:To:asGroupedAddresses', [
      { name: 'A group', addresses: [address('foo@a.test', 'foo'), address('bar@a.test')] },
      { name: null, addresses: [address('last@a.test')] },
    ]),
  ],
  [
    '8621-4.1.2.7-urls',
    'must',
    'asURLs are without angle brackets and comments',
    field('header:List-Post:asURLs', ['mailto:list@a.test', 'https://a.test/list']),
  ],
  ['8621-4.1.2.7-no-urls', 'must', 'asURLs of what holds none is null', field('header:X-Nothing:asURLs', null)],
  [
    '8621-4.1.2.5-no-ids',
    'must',
    'asMessageIds of what holds none is null',
    field('header:X-Nothing:asMessageIds', null),
  ],
  ['8621-4.1.2.6-no-date', 'must', 'asDate of what is no date is null', field('header:X-Nothing:asDate', null)],
  [
    '8621-4.1.3-same',
    'must',
    'A header property says the same as the convenience property',
    async ({ ann }) => {
      const got = await told(ann, FIELDS, ['from', 'header:From:asAddresses', 'sentAt', 'header:Date:asDate']);
      same([got['header:From:asAddresses'], got['header:Date:asDate']], [got['from'], got['sentAt']], 'properties');
    },
  ],
  [
    '8621-4.1.3-absent',
    'must',
    'Convenience properties of what is not there are null',
    async ({ ann }) => {
      const absent = ['inReplyTo', 'references', 'sender', 'to', 'cc', 'bcc', 'replyTo', 'subject'];
      const got = await told(ann, message([]), absent);
      same(
        absent.map((name) => got[name] as unknown),
        absent.map(() => null),
        'properties',
      );
    },
  ],
  ['8621-4.1.3-form-order', 'must', ':all stands last', noField('header:From:all:asText')],
  ['8621-4.1.2-form-unknown', 'must', 'A form that there is not is invalidArguments', noField('header:From:asColour')],
  ['8621-4.1.2.3-form-forbidden', 'must', 'A subject is not read as addresses', noField('header:Subject:asAddresses')],
  ['8621-4.1.2.6-form-forbidden', 'must', 'A sender is not read as a date', noField('header:From:asDate')],
  ['8621-4.1.2.2-form-forbidden', 'must', 'Addresses are not read as text', noField('header:From:asText')],
  ['8621-4.1.3-name-missing', 'must', 'A header property has a name', noField('header:')],
  [
    '8621-4.1.3-headers',
    'must',
    'headers are all fields in order, raw',
    async ({ ann }) => {
      const { headers } = await told(ann, 'From: a@a.test\nX-A: 1\nx-a:  2\nSubject: a\n b\n\nx\n', ['headers']);
      same(
        headers,
        [
          { name: 'From', value: ' a@a.test' },
          { name: 'X-A', value: ' 1' },
          { name: 'x-a', value: '  2' },
          { name: 'Subject', value: ' a\r\n b' },
        ],
        'headers',
      );
    },
  ],
  [
    '8621-4.1.2.1-eight-bit',
    'must',
    'Octets that are no ASCII come out as text',
    async ({ ann }) => {
      const got = await told(ann, message([`Subject: ${Buffer.from('Grüße').toString('latin1')}`]), [
        'subject',
        'header:Subject',
      ]);
      same([got['subject'], got['header:Subject']], ['Grüße', ' Grüße'], 'subject');
    },
  ],
  [
    '8621-4.1.2.1-broken',
    'must',
    'Octets that are no UTF-8 do not stop anything',
    async ({ ann }) =>
      like(await told(ann, message(['Subject: caf\u00e9 \u00ff']), ['subject']), { subject: /^caf/ }, 'email'),
  ],
]);
