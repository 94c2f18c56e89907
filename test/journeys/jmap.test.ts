/** JMAP as a client library of others speaks it (jmap-jam): read, search, draft, move, delete, upload, download, changes, push. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import JamClient from 'jmap-jam';
import type { Answered } from 'jmap-jam';
import { sendMail } from '../conversation.ts';
import { basic } from '../http.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const LOGIN = basic('alice@a.test', PASSWORD);

/** It knows bearer tokens only; this server takes a login and its password. */
function jamOn(host: RunningHost): JamClient {
  const sessionUrl = `http://127.0.0.1:${host.port('web')}/.well-known/jmap`;
  const jam = new JamClient({ sessionUrl, bearerToken: 'none' });
  jam.session.catch(() => undefined);
  jam.authHeader = LOGIN['Authorization'] ?? '';
  jam.session = JamClient.loadSession(sessionUrl, jam.authHeader);
  return jam;
}

function letter(subject: string, text: string): string {
  return `From: Bob <bob@b.test>\r\nTo: alice@a.test\r\nSubject: ${subject}\r\n\r\n${text}\r\n`;
}

async function deliver(host: RunningHost, subject: string, text: string): Promise<void> {
  const mail = { from: 'bob@b.test', to: ['alice@a.test'], text: letter(subject, text) };
  assert.match(await sendMail(host.port('smtp'), mail), /^250 /);
}

test('an independent client reads, searches, writes a draft, moves, deletes, uploads, downloads and follows what changes', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test'] });
  const jam = jamOn(host);
  const accountId = await jam.getPrimaryAccount();
  await deliver(host, 'Lunch', 'At noon in the garden?');
  await deliver(host, 'Minutes', 'What was said on Monday.');

  const [boxes] = await jam.api.Mailbox.get({ accountId });
  const box = (role: string): string =>
    (boxes['list'] as { id: string; role: string }[]).find((one) => one.role === role)?.id ?? '';

  // Reading: a query, and its emails by reference in the same request.
  const [{ inbox, emails }] = await jam.requestMany((r) => {
    const inbox = r.Email.query({ accountId, filter: { inMailbox: box('inbox') }, calculateTotal: true });
    const emails = r.Email.get({
      accountId,
      ids: inbox.$ref('/ids'),
      properties: ['subject', 'from', 'textBody', 'bodyValues', 'preview', 'blobId'],
      fetchTextBodyValues: true,
    });
    return { inbox, emails };
  });
  assert.equal(inbox.total, 2);
  assert.deepEqual((emails['list'] as Answered[]).map((one) => String(one['subject'])).toSorted(), [
    'Lunch',
    'Minutes',
  ]);
  const lunch = (emails['list'] as Answered[]).find((one) => one['subject'] === 'Lunch');
  assert.ok(lunch);
  assert.deepEqual(lunch.from, [{ name: 'Bob', email: 'bob@b.test' }]);
  assert.equal(lunch.preview, 'At noon in the garden?');

  // Searching.
  const [found] = await jam.api.Email.query({ accountId, filter: { text: 'garden' } });
  assert.deepEqual(found.ids, [lunch.id]);
  const [snippets] = await jam.api.SearchSnippet.get({ accountId, filter: { text: 'garden' }, emailIds: found.ids });
  assert.equal(snippets.list[0]?.preview, 'At noon in the <mark>garden</mark>?');

  // A draft with a file that was uploaded.
  const file = Buffer.from([0, 1, 2, 250, 251, 252]);
  const uploaded = await jam.uploadBlob(accountId, file);
  assert.equal(uploaded.size, file.length);
  const [before] = await jam.api.Email.get({ accountId, ids: [] });
  const [made] = await jam.api.Email.set({
    accountId,
    create: {
      d: {
        mailboxIds: { [box('drafts')]: true },
        keywords: { $draft: true },
        to: [{ name: 'Bob', email: 'bob@b.test' }],
        subject: 'Re: Lunch',
        textBody: [{ partId: 'text', type: 'text/plain' }],
        attachments: [{ blobId: uploaded.blobId, type: 'application/octet-stream', name: 'map.bin' }],
        bodyValues: { text: { value: 'Yes, here is a map.' } },
      },
    },
  });
  const draft = made.created?.['d']?.id ?? '';
  assert.notEqual(draft, '', JSON.stringify(made));
  const [drafts] = await jam.api.Email.get({ accountId, ids: [draft], properties: ['attachments', 'subject'] });
  const [attached] = drafts.list[0]?.attachments ?? [];
  const download = await jam.downloadBlob({
    accountId,
    blobId: attached?.blobId ?? '',
    mimeType: 'application/octet-stream',
    fileName: 'map.bin',
  });
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), file);
  const raw = await jam.downloadBlob({
    accountId,
    blobId: lunch.blobId,
    mimeType: 'message/rfc822',
    fileName: 'a.eml',
  });
  const octets = await raw.text();
  assert.match(octets, /^Return-Path: <bob@b\.test>\r\nDelivered-To: alice@a\.test\r\nReceived: /);
  assert.ok(octets.endsWith(letter('Lunch', 'At noon in the garden?')));

  // Moving, marking, deleting; and what changed since.
  await jam.api.Email.set({
    accountId,
    update: { [lunch.id]: { mailboxIds: { [box('archive')]: true }, 'keywords/$seen': true } },
    destroy: [draft],
  });
  const [changes] = await jam.api.Email.changes({ accountId, sinceState: before.state });
  assert.deepEqual([changes.created, changes.updated, changes.destroyed], [[], [lunch.id], []]);
  const [archive] = await jam.api.Email.query({
    accountId,
    filter: { inMailbox: box('archive'), hasKeyword: '$seen' },
  });
  assert.deepEqual(archive.ids, [lunch.id]);

  // Push: a message that comes in is told of.
  const { eventSourceUrl } = await jam.session;
  const url = eventSourceUrl
    .replace('{types}', 'Email,Mailbox')
    .replace('{closeafter}', 'state')
    .replace('{ping}', '0');
  const events = await fetch(url, { headers: LOGIN });
  assert.equal(events.status, 200);
  const told = events.text();
  await deliver(host, 'Coffee', 'now');
  const event = await told;
  assert.match(event, /^event: state$/m);
  const data = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '{}') as {
    changed: Record<string, Record<string, string>>;
  };
  assert.ok(data.changed[accountId]?.['Email'] !== undefined, event);
  await eventually('the new one is found', async () => {
    const [coffee] = await jam.api.Email.query({ accountId, filter: { subject: 'coffee' } });
    return coffee.ids.length === 1 ? true : undefined;
  });
});

test('an independent client imports a message, writes a letter and sends it in one request', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'] });
  const jam = jamOn(host);
  const accountId = await jam.getPrimaryAccount();
  const [boxes] = await jam.api.Mailbox.get({ accountId });
  const box = (role: string): string =>
    (boxes['list'] as { id: string; role: string }[]).find((one) => one.role === role)?.id ?? '';
  const [identities] = await jam.api.Identity.get({ accountId });
  const identity = (identities['list'] as Answered[]).find(({ email }) => email === 'alice@a.test');

  const { blobId } = await jam.uploadBlob(accountId, Buffer.from(letter('Kept', 'From the old place.')));
  const [imported] = await jam.api.Email.import({
    accountId,
    emails: { k: { blobId, mailboxIds: { [box('archive')]: true }, keywords: { $seen: true } } },
  });
  const kept = imported.created?.['k']?.id;
  const [archive] = await jam.api.Email.query({ accountId, filter: { inMailbox: box('archive') } });
  assert.deepEqual(archive.ids, [kept]);

  const [{ sent }] = await jam.requestMany((r) => {
    const draft = r.Email.set({
      accountId,
      create: {
        d: {
          mailboxIds: { [box('drafts')]: true },
          keywords: { $draft: true },
          from: [{ name: 'Alice', email: 'alice@a.test' }],
          to: [{ name: 'Bob', email: 'bob@a.test' }],
          subject: 'By hand',
          textBody: [{ partId: 't', type: 'text/plain' }],
          bodyValues: { t: { value: 'Hello' } },
        },
      },
    });
    const sent = r.EmailSubmission.set({
      accountId,
      create: { s: { emailId: '#d', identityId: String(identity?.['id']) } },
      onSuccessUpdateEmail: {
        '#s': { [`mailboxIds/${box('sent')}`]: true, [`mailboxIds/${box('drafts')}`]: null, 'keywords/$draft': null },
      },
    });
    return { draft, sent };
  });
  // It keeps the last response under a call id: the implicit Email/set that follows a submission.
  const [inSent] = await jam.api.Email.query({ accountId, filter: { inMailbox: box('sent') } });
  assert.deepEqual(sent['updated'], { [String(inSent['ids'][0])]: null });
  const [letters] = await jam.api.Email.get({ accountId, ids: inSent.ids, properties: ['subject', 'keywords'] });
  assert.deepEqual(
    (letters['list'] as Answered[]).map(({ subject, keywords }) => [subject, keywords] as const),
    [['By hand', {}]],
  );
});
