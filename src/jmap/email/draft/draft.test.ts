import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testMail } from '../testing.ts';
import type { Email, TestMail } from '../testing.ts';

async function create(mail: TestMail, given: Record<string, unknown>): Promise<Email> {
  const draft = { mailboxIds: { [mail.boxes.drafts]: true }, ...given };
  const answer = await mail.ok('Email/set', { create: { d: draft } });
  return answer['created']?.['d'] ?? answer['notCreated']['d'];
}

async function octets(mail: TestMail, made: Email): Promise<string> {
  assert.equal(made['type'], undefined, JSON.stringify(made));
  const text = (await mail.blob(made['blobId'] as string))?.toString() ?? '';
  assert.equal(Buffer.byteLength(text), made['size']);
  return text;
}

const TEXT = { textBody: [{ partId: 't', type: 'text/plain' }], bodyValues: { t: { value: 'Hällo\nyou' } } };

test('[8621-4.6-create] a draft is made, and read as it was given', async (t) => {
  const mail = await testMail(t);
  const given = {
    keywords: { $draft: true, $seen: true },
    receivedAt: '2020-01-02T03:04:05Z',
    from: [{ name: 'Jörg "J." Müller', email: 'joerg@a.test' }],
    to: [{ name: null, email: 'bob@b.test' }, { email: 'carol@c.test' }],
    cc: [],
    subject: 'Grüße aus Köln',
    inReplyTo: ['one@x.test'],
    references: ['zero@x.test', 'one@x.test'],
    sentAt: '2021-02-03T04:05:06+01:00',
    messageId: ['mine@a.test'],
    'header:X-Own:asText': 'schön',
    'header:X-Many:all': [' a', ' b'],
    ...TEXT,
  };
  const made = await create(mail, given);
  assert.deepEqual(Object.keys(made).toSorted(), ['blobId', 'id', 'size', 'threadId']);
  const asked = ['keywords', 'mailboxIds', 'receivedAt', 'from', 'to', 'subject', 'inReplyTo', 'references', 'sentAt', 'messageId', 'header:X-Own:asText', 'header:X-Many:all', 'textBody', 'htmlBody', 'bodyValues']; // prettier-ignore
  const one = await mail.email(made['id'] as string, asked, { fetchTextBodyValues: true, bodyProperties: ['partId', 'type', 'charset'] }); // prettier-ignore
  assert.deepEqual(one, {
    id: made['id'],
    keywords: given.keywords,
    mailboxIds: { [mail.boxes.drafts]: true },
    receivedAt: given.receivedAt,
    from: given.from,
    to: [
      { name: null, email: 'bob@b.test' },
      { name: null, email: 'carol@c.test' },
    ],
    subject: given.subject,
    inReplyTo: given.inReplyTo,
    references: given.references,
    sentAt: given.sentAt,
    messageId: given.messageId,
    'header:X-Own:asText': 'schön',
    'header:X-Many:all': [' a', ' b'],
    textBody: [{ partId: '1', type: 'text/plain', charset: 'utf-8' }],
    htmlBody: [{ partId: '1', type: 'text/plain', charset: 'utf-8' }],
    bodyValues: { 1: { value: 'Hällo\nyou', isEncodingProblem: false, isTruncated: false } },
  });
});

test('[8621-4.6-added] Message-ID, Date and MIME-Version are added where they are missing, and the octets are mail', async (t) => {
  const mail = await testMail(t);
  const text = await octets(mail, await create(mail, { subject: 's', ...TEXT }));
  assert.match(text, /^Subject: s\r\n/);
  assert.match(text, /\r\nMessage-ID: <[^@<>\s]{20,}@mx\.b\.test>\r\n/);
  assert.match(text, /\r\nDate: Thu, 01 Jan 2026 00:00:00 \+0000\r\n/);
  assert.match(text, /\r\nMIME-Version: 1\.0\r\n/);
  assert.doesNotMatch(text, /[^\r]\n|[^\0-\x7f]/);
});

test('[8621-4.6-body] text, HTML, pictures in it and attachments stand where mail programs look for them', async (t) => {
  const mail = await testMail(t);
  const picture = await mail.upload(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]), 'image/png');
  const report = await mail.upload('a,b\n1,2\n', 'text/csv');
  const made = await create(mail, {
    ...TEXT,
    htmlBody: [{ partId: 'h', type: 'text/html' }],
    attachments: [
      { blobId: picture, type: 'image/png', cid: 'pic@a', disposition: 'inline' },
      { blobId: report, type: 'text/csv', charset: 'utf-8', name: 'März.csv', language: ['de'] },
    ],
    bodyValues: { t: { value: 'plain' }, h: { value: '<img src="cid:pic@a">' } },
  });
  const bodyProperties = ['partId', 'blobId', 'type', 'name', 'disposition', 'cid', 'language', 'size', 'subParts'];
  const one = await mail.email(made['id'] as string, ['bodyStructure', 'attachments', 'hasAttachment'], { bodyProperties }); // prettier-ignore
  const types = (part: Email): unknown => [part['type'], ...((part['subParts'] ?? []) as Email[]).map(types)];
  assert.deepEqual(types(one['bodyStructure'] as Email), [
    'multipart/mixed',
    ['multipart/alternative', ['text/plain'], ['multipart/related', ['text/html'], ['image/png']]],
    ['text/csv'],
  ]);
  const [inline, file] = one['attachments'] as Email[];
  assert.deepEqual([inline?.['cid'], inline?.['disposition'], inline?.['size']], ['pic@a', 'inline', 6]);
  assert.deepEqual([file?.['name'], file?.['disposition'], file?.['language']], ['März.csv', 'attachment', ['de']]);
  assert.equal(one['hasAttachment'], true);
  assert.deepEqual(await mail.blob(inline?.['blobId'] as string), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]));
  assert.equal((await mail.blob(file?.['blobId'] as string))?.toString(), 'a,b\n1,2\n');
});

test('[8621-4.6-structure] a bodyStructure is written as it is given', async (t) => {
  const mail = await testMail(t);
  const other = await mail.put('Subject: other\r\n\r\nbody\r\n');
  const made = await create(mail, {
    bodyStructure: {
      type: 'multipart/mixed',
      'header:X-Root': ' r',
      subParts: [
        { type: 'text/plain', partId: 'a', 'header:X-Part:asText': 'p', location: 'http://x.test/' },
        { type: 'message/rfc822', blobId: `e-${other}`, disposition: 'attachment' },
      ],
    },
    bodyValues: { a: { value: 'one', isTruncated: false, isEncodingProblem: false } },
  });
  const one = await mail.email(made['id'] as string, ['header:X-Root', 'bodyStructure'], {
    bodyProperties: ['type', 'header:X-Part', 'location', 'blobId', 'subParts'],
  });
  assert.equal(one['header:X-Root'], ' r');
  const { subParts } = one['bodyStructure'] as { subParts: Email[] };
  assert.deepEqual(
    [subParts[0]?.['type'], subParts[0]?.['header:X-Part'], subParts[0]?.['location']],
    ['text/plain', ' p', 'http://x.test/'],
  );
  assert.equal((await mail.blob(subParts[1]?.['blobId'] as string))?.toString(), 'Subject: other\r\n\r\nbody\r\n');
});

test('a draft may be empty, and addresses half written', async (t) => {
  const mail = await testMail(t);
  assert.match(await octets(mail, await create(mail, {})), /\r\n\r\n$/);
  const made = await create(mail, { to: [{ name: null, email: 'bob@' }] });
  assert.equal((await mail.email(made['id'] as string, ['to']))['to'][0].email, 'bob@');
});

const HTML = { htmlBody: [{ partId: 'h', type: 'text/html' }] };
const BLOB = { partId: undefined, blobId: 'u-x' };

const REFUSED: Readonly<Record<string, readonly [given: Record<string, unknown>, properties: readonly string[]]>> = {
  'the property headers': [{ headers: [] }, ['headers']],
  'headers of a part': [{ textBody: [{ partId: 't', headers: [] }], bodyValues: TEXT.bodyValues }, ['textBody']],
  'a field twice, in two forms': [{ from: [], 'header:From': ' a@b' }, ['header:From']],
  'a field twice, in other capitals': [{ 'header:x-a': ' 1', 'header:X-A:asText': '2' }, ['header:X-A:asText']],
  'a form the field can not have': [{ 'header:Subject:asAddresses': [] }, ['header:Subject:asAddresses']],
  'Content-* of the email': [{ 'header:Content-Type': ' text/plain' }, ['header:Content-Type']],
  'Content-Language of the email': [{ 'header:Content-Language:asText': 'de' }, ['header:Content-Language:asText']],
  'bodyStructure and textBody': [{ ...TEXT, bodyStructure: { partId: 't' } }, ['textBody']],
  'bodyStructure and attachments': [{ bodyStructure: { partId: 't' }, attachments: [], bodyValues: TEXT.bodyValues }, ['attachments']], // prettier-ignore
  'a field in bodyStructure and in the email': [
    { subject: 's', bodyStructure: { partId: 't', 'header:Subject': ' t' }, bodyValues: TEXT.bodyValues },
    ['bodyStructure'],
  ],
  'no part in textBody': [{ textBody: [] }, ['textBody']],
  'two parts in textBody': [
    { textBody: [{ partId: 't' }, { partId: 't' }], bodyValues: TEXT.bodyValues },
    ['textBody'],
  ],
  'HTML in textBody': [{ textBody: [{ partId: 't', type: 'text/html' }], bodyValues: TEXT.bodyValues }, ['textBody']],
  'plain text in htmlBody': [{ htmlBody: [{ partId: 't', type: 'text/plain' }], bodyValues: TEXT.bodyValues }, ['htmlBody']], // prettier-ignore
  'partId and blobId': [{ textBody: [{ partId: 't', blobId: 'u-x' }], bodyValues: TEXT.bodyValues }, ['textBody']],
  'neither partId nor blobId': [{ textBody: [{ type: 'text/plain' }] }, ['textBody']],
  'a partId without a value': [{ ...HTML, bodyValues: { t: { value: '' } } }, ['htmlBody']],
  'a charset with partId': [
    { textBody: [{ partId: 't', charset: 'utf-8' }], bodyValues: TEXT.bodyValues },
    ['textBody'],
  ],
  'a size with partId': [{ textBody: [{ partId: 't', size: 3 }], bodyValues: TEXT.bodyValues }, ['textBody']],
  'Content-Transfer-Encoding': [
    { textBody: [{ partId: 't', 'header:Content-Transfer-Encoding': ' 8bit' }], bodyValues: TEXT.bodyValues },
    ['textBody'],
  ],
  'Content-Type twice': [
    {
      textBody: [{ partId: 't', type: 'text/plain', 'header:Content-Type': ' text/plain' }],
      bodyValues: TEXT.bodyValues,
    },
    ['textBody'],
  ],
  'Content-Disposition twice': [
    { attachments: [{ ...BLOB, name: 'a', 'header:Content-Disposition': ' inline' }] },
    ['attachments'],
  ],
  'a multipart without parts': [{ bodyStructure: { type: 'multipart/mixed' } }, ['bodyStructure']],
  'a multipart with a blob': [{ bodyStructure: { type: 'multipart/mixed', blobId: 'u-x' } }, ['bodyStructure']],
  'parts of what is no multipart': [
    { bodyStructure: { type: 'text/plain', subParts: [{ partId: 't' }] }, bodyValues: TEXT.bodyValues },
    ['bodyStructure'],
  ],
  'a type that is none': [{ attachments: [{ ...BLOB, type: 'text' }] }, ['attachments']],
  'a type with parameters': [{ attachments: [{ ...BLOB, type: 'text/plain; charset=utf-8' }] }, ['attachments']],
  'something else of a part': [{ attachments: [{ ...BLOB, nothing: 1 }] }, ['attachments']],
  'a value that was truncated': [{ ...TEXT, bodyValues: { t: { value: 'x', isTruncated: true } } }, ['bodyValues']],
  'a value with an encoding problem': [{ ...TEXT, bodyValues: { t: { value: 'x', isEncodingProblem: true } } }, ['bodyValues']], // prettier-ignore
  'a value without a value': [{ ...TEXT, bodyValues: { t: {} } }, ['bodyValues']],
  'an id of its own': [{ id: 'x' }, ['id']],
  'a preview': [{ preview: 'x' }, ['preview']],
  'an unknown property': [{ nothing: 'x' }, ['nothing']],
  'no mailbox': [{ mailboxIds: {} }, ['mailboxIds']],
  'a mailbox of nobody': [{ mailboxIds: { m99999: true } }, ['mailboxIds']],
  'keywords that are none': [{ keywords: { 'a b': true } }, ['keywords']],
  'a date that is none': [{ sentAt: 'yesterday' }, ['sentAt']],
  'addresses that are none': [{ from: [{ name: 'x' }] }, ['from']],
  'a field that begins another': [{ 'header:X-A': ' a\r\nBcc: x@y.test' }, ['header:X-A']],
  'a field with an empty line': [{ 'header:X-A': ' a\r\n \r\n\r\nbody' }, ['header:X-A']],
  'an id that begins another field': [{ messageId: ['a@b>\r\nBcc: <x@y'] }, ['messageId']],
};

test('[8621-4.6-ambiguous] what says a thing twice, or can not be, is refused with its property', async (t) => {
  const mail = await testMail(t);
  for (const [name, [given, properties]] of Object.entries(REFUSED)) {
    const refused = await create(mail, given);
    assert.deepEqual([refused['type'], refused['properties']], ['invalidProperties', properties], `${name}: ${JSON.stringify(refused)}`); // prettier-ignore
  }
  assert.deepEqual((await mail.ok('Email/query', {}))['ids'], []);
});

test('[8621-4.6-blob-not-found] every blob that is not there is told', async (t) => {
  const mail = await testMail(t);
  const known = await mail.upload('x');
  const attachments = ['u-nobody', known, 'e-nobody'].map((blobId) => ({ blobId, type: 'text/plain' }));
  const refused = await create(mail, { attachments });
  assert.equal(refused['type'], 'blobNotFound');
  assert.deepEqual(refused['notFound'], ['u-nobody', 'e-nobody']);
});

test('[8621-4.6-too-large] attachments that do not fit a message', async (t) => {
  const mail = await testMail(t);
  const blobId = await mail.upload('x'.repeat(800_000));
  assert.equal((await create(mail, { attachments: [{ blobId, type: 'text/plain' }] }))['type'], 'tooLarge');
});

test('[8621-4.6-over-quota] a draft must fit the account', async (t) => {
  const mail = await testMail(t);
  await mail.store.write('setQuota', { account: mail.account.id, quota: 100 });
  assert.equal((await create(mail, { subject: 'x'.repeat(200) }))['type'], 'overQuota');
});

test('no value of a draft can begin another field', async (t) => {
  const mail = await testMail(t);
  const evil = 'x\r\nBcc: evil@x.test\r\n\r\nbody';
  const made = await create(mail, {
    subject: evil,
    from: [{ name: evil, email: 'a@b.test' }],
    'header:X-A:asText': evil,
    attachments: [{ blobId: await mail.upload('x'), type: 'text/plain', name: evil }],
  });
  const text = await octets(mail, made);
  assert.doesNotMatch(text, /\nBcc:/i);
  assert.equal((await mail.email(made['id'] as string, ['bcc']))['bcc'], null);
});

test('a value that no header has room for is refused before anything is made of it', async (t) => {
  const mail = await testMail(t);
  const large = 'é <a@b.test>, '.repeat(400_000);
  for (const given of [
    { 'header:To': large },
    { subject: large },
    { to: Array.from({ length: 100_000 }, (_, i) => ({ name: 'é', email: `a${String(i)}@b.test` })) },
  ]) {
    const refused = await create(mail, { ...TEXT, ...given });
    assert.deepEqual([refused['type'], refused['properties']], ['invalidProperties', Object.keys(given)]);
    assert.match(refused['description'] as string, /larger than the header/);
  }
});

test('[8620-6-changed-blob-ids] a draft tells which blobs its parts are now, and only where it was given some', async (t) => {
  const mail = await testMail(t);
  const blobId = await mail.upload('octets', 'image/png');
  const made = await create(mail, { ...TEXT, attachments: [{ blobId, type: 'image/png' }] });
  const { attachments } = await mail.email(made['id'] as string, ['attachments']);
  assert.deepEqual(made['attachments'], attachments);
  assert.equal((await mail.blob(made['attachments'][0].blobId as string))?.toString(), 'octets');
  assert.deepEqual(Object.keys(await create(mail, TEXT)).toSorted(), ['blobId', 'id', 'size', 'threadId']);
});
