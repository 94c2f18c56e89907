/** Accounts that log in with a token instead of a password (OAuth), by the built program: against servers that look at it. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSelfSigned } from '../../src/net/index.ts';
import { startClient } from '../client.ts';
import type { Page } from '../client.ts';
import { startOddServer } from '../odd-pop3.ts';
import { eventually, scratch } from '../program.ts';
import { startTokenSmtp } from '../token-smtp.ts';

const FIRST = 'ya29.first-Token_~+/==';
const SECOND = 'ya29.second-Token';
const ADDRESS = 'bob@token.test';

interface Standing {
  readonly kind: string;
  readonly trouble?: { readonly kind: string; readonly what: string; readonly next: string; readonly words: string };
}

async function standing(page: Page): Promise<Standing> {
  const { list } = await page.call('Remote/get', { ids: null });
  const [remote] = list as { visiting: object | null; standing: Standing }[];
  return remote?.visiting === null ? remote.standing : { kind: 'visiting' };
}

interface Letter {
  readonly subject: string;
  readonly text?: string;
  readonly envelope?: object;
}

/** What EmailSubmission/set says to it. */
async function submit(page: Page, { subject, text = 'Hello.', envelope }: Letter): Promise<Record<string, unknown>> {
  const { list: mailboxes } = await page.call('Mailbox/get', { ids: null });
  const drafts = (mailboxes as { id: string; role: string }[]).find(({ role }) => role === 'drafts')?.id ?? '';
  const { list: identities } = await page.call('Identity/get', { ids: null });
  const [identity] = identities as { id: string }[];
  const draft = { mailboxIds: { [drafts]: true }, from: [{ name: null, email: ADDRESS }], to: [{ name: null, email: 'carol@c.test' }], subject, bodyValues: { a: { value: text } }, textBody: [{ partId: 'a', type: 'text/plain' }] }; // prettier-ignore
  const made = await page.call('Email/set', { create: { d: draft } });
  const emailId = (made['created'] as Record<string, { id: string }>)['d']?.id;
  const order = { identityId: identity?.id, emailId, ...(envelope === undefined ? {} : { envelope }) };
  return await page.call('EmailSubmission/set', { create: { s: order } });
}

async function send(page: Page, subject: string): Promise<string> {
  const sent = await submit(page, { subject });
  return (sent['created'] as Record<string, { id: string }> | null)?.['s']?.id ?? JSON.stringify(sent);
}

test('[7628-3.1-remote] a token opens both servers, by OAUTHBEARER and by XOAUTH2; refused, it is a state with words; renewed, everything goes on', async (t) => {
  const { certPem: cert, keyPem: key } = await makeSelfSigned({ names: ['localhost'], addresses: ['127.0.0.1'], days: 1, now: Date.now() }); // prettier-ignore
  const ca = join(await scratch(t), 'ca.pem');
  await writeFile(ca, cert);
  const fetching = (right: string) => ({ mechanisms: ['OAUTHBEARER', 'XOAUTH2'], right });
  const sending = (right: string) => ({ mechanisms: ['XOAUTH2'], right });
  const pop = await startOddServer(t, 'no password opens this', { cert, key });
  const smtp = await startTokenSmtp(t, { cert, key }, sending(FIRST));
  smtp.size = 20_000;
  pop.tokens = fetching(FIRST);
  pop.mail = new Map([['a', 'Subject: one\n\nbody\n']]);
  const client = await startClient(t);
  const servers = ['--pop3', `pop3s://localhost:${pop.port}`, '--smtp', `smtps://localhost:${smtp.port}`, '--ca', ca];
  const remote = (verb: string, more: readonly string[], input: string) =>
    client.cli(['remote', verb, ADDRESS, ...more], { input });

  const neither = await remote('add', servers, FIRST);
  assert.deepEqual([neither.code, /--password-stdin or with --token-stdin/.test(neither.stderr)], [2, true]);
  const wrong = await remote('add', [...servers, '--token-stdin'], SECOND);
  assert.match(wrong.stderr, /Nothing was kept.*Fetching: localhost did not accept the token.*The server said: .*expired.*Sending: localhost did not accept the token/s); // prettier-ignore
  const added = await remote('add', [...servers, '--token-stdin'], `${FIRST}\n`);
  assert.equal(added.code, 0, added.stderr);
  const page = await client.logIn();
  await eventually('it is collected', async () => (await standing(page)).kind === 'done');
  await send(page, 'with the first');
  await eventually('it is sent', async () => smtp.taken.length === 1);

  // What the server says of the mailbox is not said of the token.
  const { list } = await page.call('Remote/get', { ids: null });
  const check = () => page.call('Remote/check', { id: (list as { id: string }[])[0]?.id });
  pop.says = '-ERR [IN-USE] another program has it';
  await check();
  await eventually('it is in use', async () => (await standing(page)).trouble?.kind === 'in-use');
  pop.says = undefined;

  // What the provider would refuse does not get into the outbox; what has no sender leaves through no account.
  const large = await submit(page, { subject: 'large', text: 'x'.repeat(70).concat('\n').repeat(400) });
  const { s: refusedForSize } = large['notCreated'] as Record<string, Record<string, unknown>>;
  assert.deepEqual([refusedForSize?.['type'], refusedForSize?.['maxSize']], ['tooLarge', 20_000]);
  assert.match(String(refusedForSize?.['description']), /localhost takes 20000/);
  const envelope = { mailFrom: { email: '' }, rcptTo: [{ email: 'carol@c.test' }] };
  const nobody = await submit(page, { subject: 'from nobody', envelope });
  const { s: receipt } = nobody['created'] as Record<string, { id: string }>;
  await eventually('it is told that it goes nowhere', async () => {
    const { list: outbox } = await page.call('Outbox/get', { ids: [receipt?.id] });
    const [entry] = outbox as { state: string; recipients: { reason: { id: string } | null }[] }[];
    return entry?.state === 'refused' && entry.recipients[0]?.reason?.id === 'no-account-for-sender';
  });
  assert.equal(smtp.taken.length, 1);

  // The provider takes the token back: nothing is tried again before somebody has entered another one.
  pop.tokens = fetching(SECOND);
  smtp.change(sending(SECOND));
  pop.mail.set('b', 'Subject: two\n\nbody\n');
  await check();
  const { trouble } = await eventually('it is refused', async () => {
    const now = await standing(page);
    return now.trouble?.kind === 'wrong-login' && now;
  });
  assert.deepEqual([trouble?.kind, trouble?.what, trouble?.next, trouble?.words], ['wrong-login', 'localhost did not accept the token.', 'ask', 'the token has expired']); // prettier-ignore
  const waiting = await send(page, 'with the second');
  await eventually('it waits, and says why', async () => {
    const { list: outbox } = await page.call('Outbox/get', { ids: [waiting] });
    const [entry] = outbox as { state: string; recipients: { reason: { id: string } | null }[] }[];
    return entry?.state === 'waiting' && entry.recipients[0]?.reason?.id === 'login-refused';
  });
  const stillWrong = await remote('renew', ['--token-stdin'], FIRST);
  assert.match(stillWrong.stderr, /Nothing was kept.*did not accept the token/s);
  const renewed = await remote('renew', ['--token-stdin'], SECOND);
  assert.equal(renewed.code, 0, renewed.stderr);
  await eventually('the rest is collected and sent', async () => {
    const { ids } = await page.call('Email/query', { filter: { subject: 'two' } });
    return (ids as string[]).length === 1 && smtp.taken.length === 2;
  });

  assert.deepEqual([...new Set([...pop.heard, ...smtp.heard].filter((line) => /^(?:AUTH|USER|PASS)/.test(line)))], ['AUTH OAUTHBEARER', 'AUTH XOAUTH2']); // prettier-ignore
  const database = await readFile(join(client.state, 'posthorn.db')).catch(() => Buffer.alloc(0));
  for (const secret of [FIRST, SECOND]) {
    assert.ok(!client.output().includes(secret) && !database.includes(secret));
    assert.ok(!`${wrong.stderr}${added.stdout}${stillWrong.stderr}${renewed.stdout}`.includes(secret));
  }
});
