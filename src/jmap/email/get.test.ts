import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '../../store/testing.ts';
import { USING } from '../testing.ts';
import { testMail } from './testing.ts';

const MESSAGE = [
  'Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000',
  'From: =?utf-8?Q?J=C3=B6rg?= <joerg@a.test>',
  'To: Friends: "Bob B." <bob@b.test>, carol@c.test;',
  'Subject: =?utf-8?B?R3LDvMOfZQ==?=',
  ' again',
  'Date: Thu, 1 Jan 2026 01:02:03 +0100',
  'Message-ID: <one@a.test>',
  'References: <zero@a.test> <half@a.test>',
  'X-Two: first',
  'x-two: second',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: multipart/alternative; boundary=c',
  '',
  '--c',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Sch=C3=B6ne Gr=C3=BC=C3=9Fe',
  '--c',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Schöne <b>Grüße</b></p>',
  '--c--',
  '--b',
  'Content-Type: application/pdf; name="a.pdf"',
  'Content-Disposition: attachment; filename="a.pdf"',
  'Content-Transfer-Encoding: base64',
  '',
  'aGVsbG8=',
  '--b--',
  '',
].join('\r\n');

test('[8621-4.2-default] without names the properties of RFC 8621 §4.2 are told, and no others', async (t) => {
  const { put, email } = await testMail(t);
  const one = await email(await put(MESSAGE));
  assert.deepEqual(
    Object.keys(one).toSorted(),
    'id blobId threadId mailboxIds keywords size receivedAt messageId inReplyTo references sender from to cc bcc replyTo subject sentAt hasAttachment preview bodyValues textBody htmlBody attachments'
      .split(' ')
      .toSorted(),
  );
  assert.deepEqual(one['from'], [{ name: 'Jörg', email: 'joerg@a.test' }]);
  assert.deepEqual(one['to'], [
    { name: 'Bob B.', email: 'bob@b.test' },
    { name: null, email: 'carol@c.test' },
  ]);
  assert.equal(one['cc'], null);
  assert.equal(one['subject'], 'Grüße again');
  assert.equal(one['sentAt'], '2026-01-01T01:02:03+01:00');
  assert.deepEqual(one['messageId'], ['one@a.test']);
  assert.deepEqual(one['references'], ['zero@a.test', 'half@a.test']);
  assert.equal(one['inReplyTo'], null);
  assert.equal(one['hasAttachment'], true);
  assert.equal(one['preview'], 'Schöne Grüße');
  assert.deepEqual(one['bodyValues'], {});
  assert.equal(one['size'], Buffer.byteLength(MESSAGE));
});

test('[8621-4.1.3-fetch] header:… tells the last field of a name, or all of them, in the capitals that were asked for', async (t) => {
  const { put, email } = await testMail(t);
  const asked = [
    'header:X-TWO',
    'header:X-Two:all',
    'header:x-two:asText:all',
    'header:X-None',
    'header:X-None:all',
    'header:SUBJECT:asText',
    'header:Subject',
    'header:To:asGroupedAddresses',
    'header:Date:asDate',
    'header:References:asMessageIds:all',
  ];
  const one = await email(await put(MESSAGE), asked);
  assert.deepEqual(one, {
    id: one['id'],
    'header:X-TWO': ' second',
    'header:X-Two:all': [' first', ' second'],
    'header:x-two:asText:all': ['first', 'second'],
    'header:X-None': null,
    'header:X-None:all': [],
    'header:SUBJECT:asText': 'Grüße again',
    'header:Subject': ' =?utf-8?B?R3LDvMOfZQ==?=\r\n again',
    'header:To:asGroupedAddresses': [
      {
        name: 'Friends',
        addresses: [
          { name: 'Bob B.', email: 'bob@b.test' },
          { name: null, email: 'carol@c.test' },
        ],
      },
    ],
    'header:Date:asDate': '2026-01-01T01:02:03+01:00',
    'header:References:asMessageIds:all': [['zero@a.test', 'half@a.test']],
  });
});

test('[8621-4.1.3-headers] headers are all fields in their order, with the capitals they have', async (t) => {
  const { put, email } = await testMail(t);
  const { headers } = await email(await put('X-B: 1\r\nx-a:2\r\n\tmore\r\nX-B: 3\r\n\r\nbody'), ['headers']);
  assert.deepEqual(headers, [
    { name: 'X-B', value: ' 1' },
    { name: 'x-a', value: '2\r\n\tmore' },
    { name: 'X-B', value: ' 3' },
  ]);
});

test('[8621-4.2-forbidden-form] a form that the field may not have, or an unknown property, refuses the call', async (t) => {
  const { error } = await testMail(t);
  for (const property of ['header:From:asDate', 'header:Date:asText', 'header:', 'nothing', 'Subject'])
    assert.equal((await error('Email/get', { ids: [], properties: [property] }))['type'], 'invalidArguments', property);
  for (const property of ['header:From:asDate', 'preview', 'nothing'])
    assert.equal((await error('Email/get', { ids: [], bodyProperties: [property] }))['type'], 'invalidArguments');
});

test('[8621-4.1.4-structure] bodyStructure is the tree, textBody, htmlBody and attachments are lists of its parts', async (t) => {
  const { put, email } = await testMail(t);
  const id = await put(MESSAGE);
  const one = await email(id, ['bodyStructure', 'textBody', 'htmlBody', 'attachments']);
  const none = { name: null, charset: null, disposition: null, cid: null, language: null, location: null };
  const text = { ...none, partId: '3', blobId: `p-${id}-3`, size: 15, type: 'text/plain', charset: 'utf-8' };
  const html = { ...text, partId: '4', blobId: `p-${id}-4`, size: 29, type: 'text/html' };
  const file = { name: 'a.pdf', type: 'application/pdf', disposition: 'attachment' };
  const pdf = { ...none, ...file, partId: '5', blobId: `p-${id}-5`, size: 5 };
  assert.deepEqual(one['textBody'], [text]);
  assert.deepEqual(one['htmlBody'], [html]);
  assert.deepEqual(one['attachments'], [pdf]);
  const { bodyStructure } = one;
  assert.equal(bodyStructure.type, 'multipart/mixed');
  assert.equal(bodyStructure.partId, null);
  assert.equal(bodyStructure.blobId, null);
  assert.deepEqual(bodyStructure.subParts[1], pdf);
  assert.deepEqual(bodyStructure.subParts[0].subParts, [text, html]);
});

test('[8621-4.2-body-properties] of parts only what was asked for is told, header fields too', async (t) => {
  const { put, email } = await testMail(t);
  const bodyProperties = ['partId', 'header:Content-Type', 'header:content-disposition:asText', 'headers'];
  const { attachments } = await email(await put(MESSAGE), ['attachments'], { bodyProperties });
  assert.deepEqual(attachments, [
    {
      partId: '5',
      'header:Content-Type': ' application/pdf; name="a.pdf"',
      'header:content-disposition:asText': 'attachment; filename="a.pdf"',
      headers: [
        { name: 'Content-Type', value: ' application/pdf; name="a.pdf"' },
        { name: 'Content-Disposition', value: ' attachment; filename="a.pdf"' },
        { name: 'Content-Transfer-Encoding', value: ' base64' },
      ],
    },
  ]);
});

test('[8621-4.2-values] the texts of textBody, of htmlBody, or all, and no more octets of each than wanted', async (t) => {
  const { put, email } = await testMail(t);
  const id = await put(MESSAGE);
  const values = async (more: Record<string, unknown>): Promise<unknown> =>
    (await email(id, ['bodyValues'], more))['bodyValues'];
  const whole = { isEncodingProblem: false, isTruncated: false };
  assert.deepEqual(await values({ fetchTextBodyValues: true }), { 3: { value: 'Schöne Grüße', ...whole } });
  assert.deepEqual(await values({ fetchHTMLBodyValues: true }), {
    4: { value: '<p>Schöne <b>Grüße</b></p>', ...whole },
  });
  assert.deepEqual(Object.keys((await values({ fetchAllBodyValues: true })) as object), ['3', '4']);
  // "ö" has two octets, of which one has no room.
  const cut = await values({ fetchTextBodyValues: true, maxBodyValueBytes: 4 });
  assert.deepEqual(cut, { 3: { value: 'Sch', isEncodingProblem: false, isTruncated: true } });
});

test('[8621-4.1.1-blob] the blob of an email is its octets, those of its parts are what they hold', async (t) => {
  const { put, blob } = await testMail(t);
  const id = await put(MESSAGE);
  assert.equal((await blob(`e-${id}`))?.toString(), MESSAGE);
  assert.equal((await blob(`p-${id}-3`))?.toString(), 'Schöne Grüße');
  assert.equal((await blob(`p-${id}-5`))?.toString(), 'hello');
  for (const none of [`p-${id}-1`, `p-${id}-2`, `p-${id}-9`, `p-${id}-3_1`, 'e-nobody', `p-${id}`])
    assert.equal(await blob(none), undefined, none);
});

test('what delivery put in front is part of the message, its header and its blob', async (t) => {
  const { deliver, email, blob } = await testMail(t);
  const id = await deliver('Subject: s\r\n\r\nbody');
  const octets = 'Return-Path: <sender@a.test>\r\nReceived: from test\r\nSubject: s\r\n\r\nbody';
  assert.equal((await blob(`e-${id}`))?.toString(), octets);
  const one = await email(id, ['size', 'headers', 'subject', 'bodyValues'], { fetchAllBodyValues: true });
  assert.equal(one['size'], octets.length);
  assert.equal(one['subject'], 's');
  assert.deepEqual(
    (one['headers'] as { name: string }[]).map(({ name }) => name),
    ['Return-Path', 'Received', 'Subject'],
  );
  assert.equal(one['bodyValues'][1].value, 'body');
});

test('[8621-4.1.4-attached] an attached message is one part, to be opened by its own blob', async (t) => {
  const { put, email, blob } = await testMail(t);
  const inner =
    'Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\none\r\n--i\r\n\r\ntwo\r\n--i--\r\n';
  const outer = `Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\ntext\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--\r\n`;
  const id = await put(outer);
  const { attachments } = await email(id, ['attachments'], { bodyProperties: ['blobId', 'type', 'subParts'] });
  assert.deepEqual(attachments, [{ blobId: `p-${id}-3`, type: 'message/rfc822' }]);
  assert.equal((await blob(`p-${id}-3`))?.toString(), inner);
  assert.equal((await blob(`p-${id}-3_3`))?.toString(), 'two');
});

test("[8620-5.1-not-found] what is not there, or another account's, is not found", async (t) => {
  const { put, ok, store, jmap } = await testMail(t);
  const id = await put(MESSAGE);
  const { list, notFound } = await ok('Email/get', { ids: ['nobody', id], properties: ['id'] });
  assert.deepEqual([list, notFound], [[{ id }], ['nobody']]);
  const eve = { id: await addAccount(store, 'eve'), name: 'eve@b.test' };
  const request = { using: USING, methodCalls: [['Email/get', { accountId: eve.id, ids: [id] }, 'c']] };
  const answer = await jmap.request(eve, Buffer.from(JSON.stringify(request)));
  assert.ok('response' in answer);
  assert.deepEqual(answer.response.methodResponses[0]?.[1]['notFound'], [id]);
  for (const blobId of [`e-${id}`, `p-${id}-3`])
    assert.equal(await jmap.download(eve, { accountId: eve.id, blobId }), undefined, blobId);
});

test('[8620-5.1-all] without ids all emails are told', async (t) => {
  const { put, ok } = await testMail(t);
  const ids = [await put(MESSAGE), await put(MESSAGE)];
  const { list } = await ok('Email/get', { ids: null, properties: ['id'] });
  assert.deepEqual((list as { id: string }[]).map(({ id }) => id).toSorted(), ids.toSorted());
});

test('one answer holds so much: a field asked for in many capitals, of many emails, is refused', async (t) => {
  const { put, ok, error } = await testMail(t);
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push(await put(`x-abcdefgh: ${'x'.repeat(200_000)}\r\n\r\n`));
  const capitals = Array.from({ length: 199 }, (_, n) =>
    'abcdefgh'
      .split('')
      .map((letter, i) => (((n >> i) & 1) === 1 ? letter.toUpperCase() : letter))
      .join(''),
  );
  const properties = capitals.map((name) => `header:X-${name}`);
  const { list } = await ok('Email/get', { ids: ids.slice(0, 1), properties });
  assert.equal(list[0]['header:X-ABCdefgh'].length, 200_001);
  assert.equal((await error('Email/get', { ids, properties }))['type'], 'requestTooLarge');
  const many = [...properties, 'header:x-one', 'header:x-two'];
  assert.equal((await error('Email/get', { ids: [], properties: many }))['type'], 'invalidArguments');
  const blobIds = ids.map((id) => `e-${id}`);
  assert.equal((await error('Email/parse', { blobIds, properties }))['type'], 'requestTooLarge');
  assert.equal((await error('Email/parse', { blobIds: [], properties: many }))['type'], 'invalidArguments');
});
