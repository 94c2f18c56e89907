/** Cases for Email/import, Email/parse, Email/copy and Blob/copy (RFC 8621 §4.7 to §4.9; RFC 8620 §6.3). */
import { fresh, group, holds, like, message, same } from './client.ts';
import type { Answered, JmapServer, User } from './client.ts';

const octets = (source: string): Buffer => Buffer.from(source.replace(/\r?\n/g, '\r\n'), 'latin1');

async function imported(ann: User, more: Answered, source = message(['Subject: import'])): Promise<Answered> {
  const blobId = await ann.upload(octets(source), 'message/rfc822');
  const k = { blobId, mailboxIds: { [ann.boxes['inbox'] ?? '']: true }, ...more };
  return ann.ok('Email/import', { emails: { k } });
}

const refuses =
  (more: Answered, expected: Answered) =>
  async ({ ann }: JmapServer): Promise<void> =>
    like(await imported(ann, more), { created: null, notCreated: { k: expected } }, 'import');

const wrong = (named: string): Answered => ({ type: 'invalidProperties', properties: [named] });

export const IMPORTS = group('Imports', [
  [
    '8621-4.8-made',
    'must',
    'What was imported is told with its id, blobId, threadId and size',
    async ({ ann }) => {
      const source = message(['Subject: import']);
      const { created, notCreated } = await imported(ann, {}, source);
      like(created.k, { id: /./, blobId: /./, threadId: /./, size: octets(source).length }, 'created');
      same(notCreated, null, 'notCreated');
      same((await ann.downloaded(created.k.blobId as string)).text, octets(source).toString('latin1'), 'octets');
    },
  ],
  [
    '8621-4.8-state',
    'must',
    'Where it lies, its keywords and its time are as they were given',
    async ({ ann }) => {
      const [a, b] = [await ann.mailbox(), await ann.mailbox()];
      const given = {
        mailboxIds: { [a]: true, [b]: true },
        keywords: { $seen: true, mine: true },
        receivedAt: '2020-02-03T04:05:06Z',
      };
      const { created } = await imported(ann, given);
      same(
        await ann.email(created.k.id as string, ['mailboxIds', 'keywords', 'receivedAt']),
        { id: created.k.id, ...given },
        'email',
      );
    },
  ],
  [
    '8621-4.8-milliseconds',
    'house',
    'A time with a fraction is taken',
    async ({ ann }) => {
      const { created } = await imported(ann, { receivedAt: '2020-02-03T04:05:06.789Z' });
      like(
        (await ann.email(created.k.id as string, ['receivedAt']))['receivedAt'],
        /^2020-02-03T04:05:06/,
        'receivedAt',
      );
    },
  ],
  [
    '8621-4.8-received-field',
    'must',
    'Without a time it is that of the newest Received field',
    async ({ ann }) => {
      const { created } = await imported(
        ann,
        {},
        `Received: from x by y; Tue, 4 Feb 2020 10:00:00 +0100\nReceived: from w by x; Mon, 3 Feb 2020 10:00:00 +0100\n${message([])}`,
      );
      same(
        (await ann.email(created.k.id as string, ['receivedAt']))['receivedAt'],
        '2020-02-04T09:00:00Z',
        'receivedAt',
      );
    },
  ],
  [
    '8621-4.8-now',
    'must',
    'Without any Received field it is now',
    async ({ ann }) => {
      const { created } = await imported(ann, {});
      const { receivedAt } = await ann.email(created.k.id as string, ['receivedAt']);
      holds(Math.abs(Date.parse(receivedAt as string) - Date.now()) < 60_000, 'now', receivedAt);
    },
  ],
  [
    '8621-4.8-no-blob',
    'must',
    'A blob that is not there is invalidProperties',
    refuses({ blobId: 'none' }, wrong('blobId')),
  ],
  ['8621-4.8-blob-type', 'must', 'A blobId is an id', refuses({ blobId: ['x'] }, wrong('blobId'))],
  ['8621-4.8-no-mailbox', 'must', 'It lies in a mailbox', refuses({ mailboxIds: {} }, wrong('mailboxIds'))],
  [
    '8621-4.8-mailbox-unknown',
    'must',
    'Its mailbox is there',
    refuses({ mailboxIds: { m999999: true } }, wrong('mailboxIds')),
  ],
  ['8621-4.8-keywords', 'must', 'Keywords are a set of such', refuses({ keywords: ['x'] }, wrong('keywords'))],
  ['8621-4.8-keyword', 'must', 'A keyword has no blanks', refuses({ keywords: { 'a b': true } }, wrong('keywords'))],
  ['8621-4.8-time', 'must', 'Its time is one', refuses({ receivedAt: 'x' }, wrong('receivedAt'))],
  [
    '8621-4.8-unknown',
    'must',
    'A property that there is not is invalidProperties',
    refuses({ subject: 'x' }, wrong('subject')),
  ],
  [
    '8621-4.8-nothing',
    'must',
    'All that is missing is named',
    async ({ ann }) => {
      const { notCreated } = await ann.ok('Email/import', { emails: { k: {} } });
      same(
        [notCreated.k.type, notCreated.k.properties.toSorted()],
        ['invalidProperties', ['blobId', 'mailboxIds']],
        'error',
      );
    },
  ],
  [
    '8621-4.8-no-message',
    'should',
    'A file that is no message is invalidEmail',
    async ({ ann }) => {
      const blobId = await ann.upload('this is no message');
      const { notCreated } = await ann.ok('Email/import', {
        emails: { k: { blobId, mailboxIds: { [ann.boxes['inbox'] ?? '']: true } } },
      });
      same(notCreated?.k.type, 'invalidEmail', 'error');
    },
  ],
  [
    '8621-4.8-odd',
    'must',
    'A message with 8-bit octets, long lines and control characters is taken as it is',
    async ({ ann }) => {
      const source = message(['X-Odd: a\u0001b', 'Subject: odd'], `caf\u00e9 ${'x'.repeat(2_000)}`);
      const { created } = await imported(ann, {}, source);
      const { blobId, size } = await ann.email(created?.k.id as string, ['blobId', 'size']);
      same([(await ann.downloaded(blobId as string)).status, size], [200, octets(source).length], 'octets');
    },
  ],
  [
    '8621-4.8-lf',
    'must',
    'A message with bare LF is taken',
    async ({ ann }) => {
      const blobId = await ann.upload('Subject: lf\nFrom: a@b.test\n\nbody\n');
      const { created } = await ann.ok('Email/import', {
        emails: { k: { blobId, mailboxIds: { [ann.boxes['inbox'] ?? '']: true } } },
      });
      same((await ann.email(created?.k.id as string, ['subject']))['subject'], 'lf', 'subject');
    },
  ],
  [
    '8621-4.8-go-on',
    'must',
    'One that fails does not stop the others',
    async ({ ann }) => {
      const blobId = await ann.upload(octets(message([])));
      const mailboxIds = { [ann.boxes['inbox'] ?? '']: true };
      const done = await ann.ok('Email/import', {
        emails: { good: { blobId, mailboxIds }, bad: { blobId: 'none', mailboxIds } },
      });
      like(done, { created: { good: {} }, notCreated: { bad: {} } }, 'import');
    },
  ],
  [
    '8621-4.8-states',
    'must',
    'The states are those before and after, and ifInState is looked at',
    async ({ ann }) => {
      const before = await ann.state('Email');
      like(
        await imported(ann, {}),
        { accountId: ann.account, oldState: before, newState: (state: unknown) => state !== before },
        'import',
      );
      await ann.refused('stateMismatch', 'Email/import', { ifInState: before, emails: {} });
    },
  ],
  [
    '8621-4.8-no-emails',
    'must',
    'No emails are invalidArguments',
    async ({ ann }) => {
      for (const emails of [undefined, null, 'x', ['x']])
        await ann.refused('invalidArguments', 'Email/import', { emails });
    },
  ],
  [
    '8621-4.8-created-ids',
    'must',
    'What was imported can be referred to',
    async ({ ann }) => {
      const blobId = await ann.upload(octets(message([])));
      const responses = await ann.calls(
        ['Email/import', { emails: { k: { blobId, mailboxIds: { [ann.boxes['inbox'] ?? '']: true } } } }, 'a'],
        ['Email/set', { update: { '#k': { 'keywords/$seen': true } } }, 'b'],
      );
      same(Object.keys(responses[1]?.[1]['updated'] as object), [responses[0]?.[1]['created'].k.id], 'updated');
    },
  ],
]);

async function parsed(ann: User, source: string, more: Answered = {}): Promise<Answered> {
  const blobId = await ann.upload(octets(source), 'message/rfc822');
  const response = await ann.ok('Email/parse', { blobIds: [blobId], ...more });
  holds(response['parsed']?.[blobId] !== undefined, 'a message that was parsed', response);
  return response['parsed'][blobId] as Answered;
}

export const PARSES = group('Parsing', [
  [
    '8621-4.9-default',
    'must',
    'Without properties, those of RFC 8621 §4.9 are told',
    async ({ ann }) => {
      const names = [
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
      same(Object.keys(await parsed(ann, message([]))).toSorted(), names.toSorted(), 'properties');
    },
  ],
  [
    '8621-4.9-metadata',
    'must',
    'What only the mail store knows is null',
    async ({ ann }) => {
      const properties = ['id', 'mailboxIds', 'keywords', 'receivedAt', 'threadId', 'subject'];
      const email = await parsed(ann, message(['Subject: parsed']), { properties });
      same(
        email,
        { id: null, mailboxIds: null, keywords: null, receivedAt: null, threadId: null, subject: 'parsed' },
        'email',
      );
    },
  ],
  [
    '8621-4.9-values',
    'must',
    'Texts and fields are told as by Email/get',
    async ({ ann }) => {
      const more = {
        properties: ['textBody', 'bodyValues', 'header:X-Own:asText'],
        bodyProperties: ['partId', 'type'],
        fetchTextBodyValues: true,
      };
      const email = await parsed(ann, message(['X-Own: a'], 'words'), more);
      like(email, { textBody: [{ type: 'text/plain' }], 'header:X-Own:asText': 'a' }, 'email');
      like(Object.values(email['bodyValues'] as Answered), [{ value: 'words\n' }], 'bodyValues');
    },
  ],
  [
    '8621-4.9-not-found',
    'must',
    'A blob that is not there stands in notFound',
    async ({ ann }) =>
      like(
        await ann.ok('Email/parse', { blobIds: ['none'] }),
        { parsed: null, notParsable: null, notFound: ['none'] },
        'response',
      ),
  ],
  [
    '8621-4.9-not-parsable',
    'must',
    'A blob that is no message stands in notParsable',
    async ({ ann }) => {
      const blobId = await ann.upload('no message at all');
      like(
        await ann.ok('Email/parse', { blobIds: [blobId] }),
        { parsed: null, notParsable: [blobId], notFound: null },
        'response',
      );
    },
  ],
  [
    '8621-4.9-email',
    'must',
    'The blob of an email can be parsed',
    async ({ ann }) => {
      const id = await ann.letter(ann.boxes['inbox'] ?? '', message(['Subject: kept']));
      const { blobId } = await ann.email(id, ['blobId']);
      const response = await ann.ok('Email/parse', { blobIds: [blobId], properties: ['subject'] });
      same(response['parsed'], { [blobId as string]: { subject: 'kept' } }, 'parsed');
    },
  ],
  [
    '8621-4.9-property-unknown',
    'must',
    'A property that there is not is invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Email/parse', { blobIds: [], properties: ['colour'] }),
  ],
  [
    '8621-4.9-of-parsed',
    'must',
    'A part of what was parsed can be downloaded',
    async ({ ann }) => {
      const boundary = fresh('b');
      const source = message(
        ['MIME-Version: 1.0', `Content-Type: multipart/mixed; boundary=${boundary}`],
        `--${boundary}\n\nx\n--${boundary}\nContent-Type: application/x-a\n\noctets\n--${boundary}--`,
      );
      const { attachments } = await parsed(ann, source);
      same((await ann.downloaded(attachments[0].blobId as string)).text, 'octets', 'octets');
    },
  ],
]);

export const COPIES = group('Copies', [
  [
    '8621-4.7-same-account',
    'must',
    'An email is not copied into its own account: invalidArguments',
    async ({ ann }) =>
      ann.refused('invalidArguments', 'Email/copy', {
        fromAccountId: ann.account,
        create: { k: { id: 'x', mailboxIds: {} } },
      }),
  ],
  [
    '8621-4.7-other-account',
    'must',
    'Nothing is copied from an account that is not one’s own',
    async ({ ann, bob }) =>
      ann.refused('fromAccountNotFound', 'Email/copy', { fromAccountId: bob.account, create: {} }),
  ],
  [
    '8620-6.3-same-account',
    'must',
    'A blob is not copied into its own account: invalidArguments',
    async ({ ann }) => ann.refused('invalidArguments', 'Blob/copy', { fromAccountId: ann.account, blobIds: ['x'] }),
  ],
  [
    '8620-6.3-other-account',
    'must',
    'No blob is copied from an account that is not one’s own',
    async ({ ann, bob }) =>
      ann.refused('fromAccountNotFound', 'Blob/copy', { fromAccountId: bob.account, blobIds: [] }),
  ],
]);
