/**
 * The mail program on a person's own computer with Postfix and Dovecot as its provider: the whole way to a host of ours
 * and back, and a bounce that Postfix writes, found again beside what was sent.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addRemote, startClient } from '../client.ts';
import type { Page } from '../client.ts';
import { eventually, PASSWORD } from '../program.ts';
import { requirePostfix } from './postfix.ts';
import { startProvider } from './provider.ts';

interface Email {
  readonly id: string;
  readonly subject: string;
  readonly attachments: readonly { readonly name: string; readonly size: number }[];
}

async function emails(page: Page): Promise<readonly Email[]> {
  const { ids } = await page.call('Email/query', { sort: [{ property: 'receivedAt', isAscending: false }] });
  const { list } = await page.call('Email/get', { ids, properties: ['subject', 'attachments'] });
  return list as Email[];
}

async function collected(page: Page, subject: RegExp): Promise<Email> {
  return eventually(`${subject.source} is collected`, async () => {
    const found = (await emails(page)).find((one) => subject.test(one.subject));
    if (found !== undefined) return found;
    const { list } = await page.call('Remote/get', { ids: null });
    const [remote] = list as { id: string; visiting: object | null }[];
    if (remote?.visiting === null) await page.call('Remote/check', { id: remote.id });
    return undefined;
  });
}

/** Writes and sends; the id of the submission. */
async function send(page: Page, email: Record<string, unknown>): Promise<string> {
  const { list: identities } = await page.call('Identity/get', { ids: null });
  const [identity] = identities as { id: string; email: string }[];
  const { list: mailboxes } = await page.call('Mailbox/get', { ids: null });
  const drafts = (mailboxes as { id: string; role: string }[]).find(({ role }) => role === 'drafts')?.id ?? '';
  const body = { bodyValues: { a: { value: 'Here it is.\n' } }, textBody: [{ partId: 'a', type: 'text/plain' }] };
  const from = [{ name: null, email: identity?.email ?? '' }];
  const made = await page.call('Email/set', {
    create: { d: { mailboxIds: { [drafts]: true }, from, ...body, ...email } },
  });
  const emailId = (made['created'] as Record<string, { id: string }> | null)?.['d']?.id ?? JSON.stringify(made);
  const sent = await page.call('EmailSubmission/set', { create: { s: { identityId: identity?.id, emailId } } });
  const id = (sent['created'] as Record<string, { id: string }> | null)?.['s']?.id ?? JSON.stringify(sent);
  await eventually(`${id} is sent`, async () => {
    const { list } = await page.call('Outbox/get', { ids: [id] });
    const [entry] = list as { state: string; recipients: unknown }[];
    return entry?.state === 'sent';
  });
  return id;
}

test('through Postfix and Dovecot to a host of ours and back, with a file; and a bounce finds what it is about', async (t) => {
  if (!requirePostfix(t, 'dovecot')) return;
  const { pop3, smtp, host } = await startProvider(t);

  const bob = await startClient(t);
  const servers = ['--pop3', `pop3s://localhost:${pop3}`, '--smtp', `smtp://localhost:${smtp}`];
  const trust = ['--login', 'bob', '--password-stdin', '--untried'];
  const added = await bob.cli(['remote', 'add', 'bob@b.test', ...servers, ...trust], { input: PASSWORD });
  assert.equal(added.code, 0, added.stderr);
  const his = await bob.logIn();
  await pinBoth(his);
  const alice = await startClient(t);
  assert.equal((await addRemote(alice, host, { address: 'alice@a.test', password: PASSWORD })).code, 0);
  const hers = await alice.logIn();

  await send(hers, { to: [{ name: null, email: 'bob@b.test' }], subject: 'Do you have the plan?' });
  await collected(his, /Do you have the plan/);
  const uploaded = await his.post(`/jmap/upload/${his.account}`, Buffer.alloc(60_000, 37).toString());
  const file = {
    blobId: uploaded.json()['blobId'],
    type: 'application/pdf',
    name: 'plan.pdf',
    disposition: 'attachment',
  };
  await send(his, {
    to: [{ name: null, email: 'alice@a.test' }],
    subject: 'Re: Do you have the plan?',
    attachments: [file],
  });
  const reply = await collected(hers, /^Re: Do you have the plan/);
  assert.deepEqual(
    reply.attachments.map(({ name, size }) => [name, size]),
    [['plan.pdf', 60_000]],
  );

  const lost = await send(his, { to: [{ name: null, email: 'nobody@a.test' }], subject: 'To nobody' });
  const bounce = await collected(his, /Undelivered Mail/);
  const { list } = await his.call('DeliveryReport/get', { ids: [bounce.id] });
  const [report] = list as {
    submissionId: string;
    recipients: { email: string; action: string; reason: { id: string } }[];
  }[];
  assert.equal(report?.submissionId, lost);
  const [recipient] = report.recipients;
  assert.deepEqual(
    [recipient?.email, recipient?.action, recipient?.reason.id],
    ['nobody@a.test', 'failed', 'no-such-user'],
  );
  const { list: outbox } = await his.call('Outbox/get', { ids: [lost] });
  const [entry] = outbox as { recipients: { state: string }[] }[];
  assert.equal(entry?.recipients[0]?.state, 'refused', 'the outbox knows it from the report');
});

/** Postfix and Dovecot show certificates of their own: they are compared, and pinned. */
async function pinBoth(page: Page): Promise<void> {
  const { list } = await page.call('Remote/get', { ids: null });
  const [remote] = list as { id: string; pop3: object; smtp: object; pop3Login: string; smtpLogin: string }[];
  if (remote === undefined) throw new Error('there is no account');
  const { id, pop3, smtp, pop3Login, smtpLogin } = remote;
  const tried = await page.call('Remote/test', { id, pop3, smtp, pop3Login, smtpLogin });
  const pinned = (side: 'pop3' | 'smtp'): string =>
    (tried as Record<typeof side, { certificate: { sha256: string } }>)[side].certificate.sha256;
  const update = { pop3: { ...pop3, pinned: pinned('pop3') }, smtp: { ...smtp, pinned: pinned('smtp') } };
  const { updated, notUpdated } = await page.call('Remote/set', { update: { [id]: update } });
  assert.ok(updated !== null, JSON.stringify(notUpdated));
}
