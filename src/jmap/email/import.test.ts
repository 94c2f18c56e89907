import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testMail } from './testing.ts';
import type { Email, TestMail } from './testing.ts';

const MESSAGE = 'From: a@a.test\r\nSubject: imported\r\n\r\nbody\r\n';

async function importOne(mail: TestMail, given: Record<string, unknown>): Promise<Email> {
  const answer = await mail.ok('Email/import', { emails: { one: given } });
  return answer['created']?.['one'] ?? answer['notCreated']['one'];
}

test('[8621-4.8-import] an uploaded message becomes an email, octet for octet', async (t) => {
  const mail = await testMail(t);
  const { boxes } = mail;
  const message = 'From: a@a.test\nSubject: bare line ends\n\nb\u00f6dy';
  const blobId = await mail.upload(message);
  const made = await importOne(mail, {
    blobId,
    mailboxIds: { [boxes.inbox]: true, [boxes.archive]: true },
    keywords: { $Seen: true },
    receivedAt: '2020-02-03T04:05:06Z',
  });
  assert.deepEqual(Object.keys(made).toSorted(), ['blobId', 'id', 'size', 'threadId']);
  assert.equal((await mail.blob(made['blobId'] as string))?.toString(), message);
  const one = await mail.email(made['id'] as string);
  assert.equal(one['threadId'], made['threadId']);
  assert.equal(one['size'], made['size']);
  assert.deepEqual(one['keywords'], { $seen: true });
  assert.deepEqual(one['mailboxIds'], { [boxes.inbox]: true, [boxes.archive]: true });
  assert.equal(one['receivedAt'], '2020-02-03T04:05:06Z');
  assert.equal(one['subject'], 'bare line ends');
});

test('[8621-4.8-received-at] without a time it is that of the topmost Received field, else now', async (t) => {
  const mail = await testMail(t);
  const mailboxIds = { [mail.boxes.inbox]: true };
  const received =
    'Received: from x by y; Mon, 3 Feb 2020 04:05:06 +0100\r\nReceived: from w by x; Mon, 3 Feb 2020 01:00:00 +0000\r\n';
  const old = await importOne(mail, { blobId: await mail.upload(received + MESSAGE), mailboxIds });
  assert.equal((await mail.email(old['id'] as string))['receivedAt'], '2020-02-03T03:05:06Z');
  const fresh = await importOne(mail, { blobId: await mail.upload(MESSAGE), mailboxIds });
  assert.equal((await mail.email(fresh['id'] as string))['receivedAt'], '2026-01-01T00:00:00Z');
});

test('[8621-4.8-refused] what is wrong with an import is told by its property', async (t) => {
  const mail = await testMail(t);
  const mailboxIds = { [mail.boxes.inbox]: true };
  const blobId = await mail.upload(MESSAGE);
  for (const [given, property] of [
    [{ mailboxIds }, 'blobId'],
    [{ blobId: 'u-nobody', mailboxIds }, 'blobId'],
    [{ blobId: 1, mailboxIds }, 'blobId'],
    [{ blobId }, 'mailboxIds'],
    [{ blobId, mailboxIds: {} }, 'mailboxIds'],
    [{ blobId, mailboxIds: { m999999: true } }, 'mailboxIds'],
    [{ blobId, mailboxIds: { [mail.boxes.inbox]: false } }, 'mailboxIds'],
    [{ blobId, mailboxIds, keywords: { 'a b': true } }, 'keywords'],
    [{ blobId, mailboxIds, receivedAt: 'now' }, 'receivedAt'],
    [{ blobId, mailboxIds, subject: 'x' }, 'subject'],
  ] as const) {
    const refused = await importOne(mail, given);
    assert.deepEqual(
      [refused['type'], refused['properties']],
      ['invalidProperties', [property]],
      JSON.stringify(given),
    );
  }
});

test('[8621-4.8-invalid-email] what does not begin with a header is no message', async (t) => {
  const mail = await testMail(t);
  for (const octets of ['', 'just some words\r\nand more of them\r\n', Buffer.from([0, 1, 2, 3])]) {
    const blobId = await mail.upload(octets);
    const refused = await importOne(mail, { blobId, mailboxIds: { [mail.boxes.inbox]: true } });
    assert.equal(refused['type'], 'invalidEmail');
  }
});

test('[8621-4.8-duplicates] the same message twice is two emails', async (t) => {
  const mail = await testMail(t);
  const given = { blobId: await mail.upload(MESSAGE), mailboxIds: { [mail.boxes.inbox]: true } };
  const { created } = await mail.ok('Email/import', { emails: { a: given, b: given } });
  const [a, b] = [created['a'].id as string, created['b'].id as string];
  assert.notEqual(a, b);
  await mail.ok('Email/set', { update: { [a]: { 'keywords/x': true } } });
  assert.deepEqual((await mail.email(b, ['keywords']))['keywords'], {});
});

test('a message that is part of another is imported from its part', async (t) => {
  const mail = await testMail(t);
  const id = await mail.put(`Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${MESSAGE}\r\n--o--\r\n`); // prettier-ignore
  const made = await importOne(mail, { blobId: `p-${id}-2`, mailboxIds: { [mail.boxes.inbox]: true } });
  assert.equal((await mail.blob(made['blobId'] as string))?.toString(), MESSAGE);
});

test('[8621-4.8-state] an import happens in the state it was meant for', async (t) => {
  const mail = await testMail(t);
  const { state } = await mail.ok('Email/get', { ids: [] });
  const emails = { a: { blobId: await mail.upload(MESSAGE), mailboxIds: { [mail.boxes.inbox]: true } } };
  const done = await mail.ok('Email/import', { ifInState: state, emails });
  assert.equal(done['oldState'], state);
  assert.equal((await mail.ok('Email/get', { ids: [] }))['state'], done['newState']);
  assert.equal((await mail.error('Email/import', { ifInState: state, emails }))['type'], 'stateMismatch');
});

test("nobody imports another account's blobs", async (t) => {
  const mine = await testMail(t);
  const id = await mine.put(MESSAGE);
  const blobId = await mine.upload(MESSAGE);
  const other = await testMail(t);
  for (const one of [`e-${id}`, blobId]) {
    const refused = await importOne(other, { blobId: one, mailboxIds: { [other.boxes.inbox]: true } });
    assert.deepEqual(refused['properties'], ['blobId']);
  }
});

test('[8621-4.7-copy] there is no other account to copy from', async (t) => {
  const { error, account } = await testMail(t);
  assert.equal((await error('Email/copy', { fromAccountId: 'other', create: {} }))['type'], 'fromAccountNotFound');
  assert.equal((await error('Email/copy', { fromAccountId: account.id, create: {} }))['type'], 'invalidArguments');
  assert.equal((await error('Email/copy', { create: {} }))['type'], 'invalidArguments');
});

test('[8621-4.9-parse] blobs are read as messages, without keeping them', async (t) => {
  const { put, upload, ok } = await testMail(t);
  const inner = 'Subject: inner\r\nTo: x@x.test\r\n\r\ninside\r\n';
  const id = await put(`Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--\r\n`); // prettier-ignore
  const attached = `p-${id}-2`;
  const uploaded = await upload(MESSAGE);
  const nonsense = await upload('no header here\r\n');
  const { parsed, notParsable, notFound } = await ok('Email/parse', {
    blobIds: [attached, uploaded, nonsense, 'u-nobody'],
    properties: [
      'id',
      'blobId',
      'mailboxIds',
      'keywords',
      'receivedAt',
      'threadId',
      'size',
      'subject',
      'bodyValues',
      'textBody',
      'header:To',
    ],
    bodyProperties: ['partId', 'blobId'],
    fetchTextBodyValues: true,
  });
  assert.deepEqual([notParsable, notFound], [[nonsense], ['u-nobody']]);
  assert.deepEqual(parsed[attached], {
    id: null,
    blobId: attached,
    mailboxIds: null,
    keywords: null,
    receivedAt: null,
    threadId: null,
    size: inner.length,
    subject: 'inner',
    bodyValues: { 1: { value: 'inside\n', isEncodingProblem: false, isTruncated: false } },
    textBody: [{ partId: '1', blobId: `${attached}_1` }],
    'header:To': ' x@x.test',
  });
  assert.equal(parsed[uploaded].subject, 'imported');
});

test('[8621-4.9-default] without names the properties of RFC 8621 §4.9 are told; null where there is nothing', async (t) => {
  const { upload, ok, error } = await testMail(t);
  const blobId = await upload(MESSAGE);
  const { parsed, notParsable, notFound } = await ok('Email/parse', { blobIds: [blobId] });
  assert.deepEqual(
    Object.keys(parsed[blobId]).toSorted(),
    'messageId inReplyTo references sender from to cc bcc replyTo subject sentAt hasAttachment preview bodyValues textBody htmlBody attachments'
      .split(' ')
      .toSorted(),
  );
  assert.deepEqual([notParsable, notFound], [null, null]);
  assert.equal((await ok('Email/parse', { blobIds: ['u-nobody'] }))['parsed'], null);
  const forbidden = { blobIds: [], properties: ['header:From:asDate'] };
  assert.equal((await error('Email/parse', forbidden))['type'], 'invalidArguments');
});
