/** The mail program on a person's own computer, from outside: who gets in, and mail that comes and goes through a provider. */
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { addRemote, startClient, wayIn } from '../client.ts';
import type { Page, RunningClient } from '../client.ts';
import { ask, asJson } from '../http.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';

const SECRET = 'the password at the provider';

async function write(
  page: Page,
  { from, to, subject }: { from: string; to: string; subject: string },
): Promise<string> {
  const { list: identities } = await page.call('Identity/get', { ids: null });
  const identity = (identities as { id: string; email: string }[]).find(({ email }) => email === from);
  const { list: mailboxes } = await page.call('Mailbox/get', { ids: null });
  const drafts = (mailboxes as { id: string; role: string }[]).find(({ role }) => role === 'drafts');
  const draft = {
    mailboxIds: { [drafts?.id ?? '']: true },
    keywords: { $draft: true },
    from: [{ name: 'Alice', email: from }],
    to: [{ name: null, email: to }],
    subject,
    bodyValues: { a: { value: 'Hello.\n' } },
    textBody: [{ partId: 'a', type: 'text/plain' }],
  };
  const made = await page.call('Email/set', { create: { d: draft } });
  const emailId = (made['created'] as Record<string, { id: string }> | null)?.['d']?.id ?? JSON.stringify(made);
  const sent = await page.call('EmailSubmission/set', { create: { s: { identityId: identity?.id, emailId } } });
  return (sent['created'] as Record<string, { id: string }> | null)?.['s']?.id ?? JSON.stringify(sent);
}

async function subjects(page: Page): Promise<readonly string[]> {
  const { ids } = await page.call('Email/query', {});
  const { list } = await page.call('Email/get', { ids, properties: ['subject'] });
  return (list as { subject: string }[]).map(({ subject }) => subject);
}

test('a client opens on loopback alone, for who can read its file alone, and shows nothing to others', async (t) => {
  const client = await startClient(t);
  const { port, state, origin } = client;
  for (const name of ['client.token', 'secret.key'])
    assert.equal((await stat(join(state, name))).mode & 0o777, 0o600, name);
  assert.match(client.output(), /http:\/\/127\.0\.0\.1:\d+\/open\?code=[\w-]{32}/);

  const outside = await ask(port, '/');
  assert.equal(outside.status, 401);
  assert.match(outside.text, /posthorn client --open/);
  assert.doesNotMatch(outside.text, /<input|password"/);
  const wrongs: readonly (readonly [string, Record<string, string>])[] = [
    ['/', { Host: 'evil.test' }],
    ['/', { Host: `evil.test:${port}` }],
    ['/', { Host: '127.0.0.1:1' }],
    ['/session', { Host: `posthorn.localhost.evil.test:${port}` }],
  ];
  for (const [path, headers] of wrongs) assert.equal((await ask(port, path, { headers })).status, 403);
  assert.equal((await ask(port, '/session', asJson({ login: 'me@pc.invalid', password: '' }))).status, 403);

  const page = await client.logIn();
  const asked = { using: ['urn:ietf:params:jmap:core'], methodCalls: [['Core/echo', {}, 'a']] };
  assert.equal((await page.post('/jmap/api', asked)).status, 200);
  for (const Origin of ['http://evil.test', `http://localhost:${port}`, 'null'])
    assert.equal((await ask(port, '/jmap/api', asJson(asked, { ...page.cookie, Origin }))).status, 403, Origin);

  const way = await wayIn(port, state);
  assert.equal((await ask(port, way)).status, 303);
  assert.equal((await ask(port, way)).status, 403, 'an address works once');

  // A second start opens the page of the first one.
  const second = await client.cli(['client', '--no-open']);
  const [, code] = new RegExp(`${origin}(/open\\?code=\\S+)`).exec(second.stdout) ?? [];
  assert.deepEqual([second.code, (await ask(port, code ?? '')).status], [0, 303]);

  const token = (await readFile(join(state, 'client.token'), 'utf8')).trim();
  assert.ok(!`${client.output()}${second.stdout}${second.stderr}`.includes(token));
  const ending = await client.stop();
  assert.deepEqual([ending, /Stopped\./.test(client.output())], [0, true]);

  const again = await startClient(t, { state, port });
  assert.equal((await ask(again.port, '/session', { headers: page.cookie })).status, 200, 'the session is kept');
});

test('mail comes from the provider and goes through it; the computer itself sends to nobody', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'] });
  const { code } = await host.cli(['account', 'password', 'alice@a.test', '--password-stdin'], { input: SECRET });
  assert.equal(code, 0);
  const client = await startClient(t);
  const page = await client.logIn();
  assert.deepEqual((await page.call('Identity/get', { ids: null }))['list'], [], 'nobody writes as me@pc.invalid');

  const wrong = await addRemote(client, host, { address: 'alice@a.test', password: 'wrong' });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /Nothing was kept.*localhost did not accept the login/s);
  const added = await addRemote(client, host, { address: 'alice@a.test', password: SECRET, args: ['--json'] });
  assert.equal(added.code, 0, added.stderr);

  const submission = await write(page, { from: 'alice@a.test', to: 'bob@a.test', subject: 'Through my provider' });
  await sent(page, submission);
  const { list: journeys } = await page.call('Journey/get', { ids: [submission] }).catch(() => ({ list: [] }));
  assert.ok(Array.isArray(journeys));
  const bob = await startClient(t);
  assert.equal((await addRemote(bob, host, { address: 'bob@a.test', password: PASSWORD })).code, 0);
  const bobs = await bob.logIn();
  await eventually('bob has it', async () => (await subjects(bobs)).includes('Through my provider'));

  await sent(bobs, await write(bobs, { from: 'bob@a.test', to: 'alice@a.test', subject: 'And back' }));
  const checked = await client.cli(['remote', 'check', 'alice@a.test', '--json']);
  assert.equal(checked.code, 0, checked.stderr);
  await eventually('alice has it', async () => (await subjects(page)).includes('And back'));

  // Nothing of the password lies anywhere, or was said.
  for (const name of await readdir(client.state)) {
    const path = join(client.state, name);
    if ((await stat(path)).isFile()) assert.ok(!(await readFile(path)).includes(SECRET), name);
  }
  assert.ok(!client.output().includes(SECRET) && !added.stdout.includes(SECRET));

  await client.cli(['remote', 'remove', 'alice@a.test']);
  assert.deepEqual((await page.call('Identity/get', { ids: null }))['list'], []);
});

async function sent(page: Page, submission: string): Promise<void> {
  await eventually(`${submission} is sent`, async () => {
    const { list } = await page.call('Outbox/get', { ids: [submission] });
    const [entry] = list as { state: string }[];
    return entry?.state === 'sent';
  });
}

test('without a line letters wait in the outbox with words, and go when it is back', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'] });
  const client = await startClient(t);
  assert.equal((await addRemote(client, host, { address: 'alice@a.test', password: PASSWORD })).code, 0);
  const page = await client.logIn();
  await collected(client);
  const tables = ['submission', 'pop3'].map((name) => {
    const service = name as 'submission' | 'pop3';
    return `[${name}]\nlisten = ["127.0.0.1:0"]\nlisten_tls = ["127.0.0.1:${host.port(service, 'implicit')}"]`;
  });
  await host.stop();
  const submission = await write(page, { from: 'alice@a.test', to: 'bob@a.test', subject: 'From the train' });
  const waiting = await eventually('it waits, with words', async () => {
    const { list } = await page.call('Outbox/get', { ids: [submission] });
    const [entry] = list as { state: string; recipients: { reason: { id: string; happened: string } | null }[] }[];
    return entry?.state === 'waiting' && entry.recipients[0]?.reason ? entry.recipients[0].reason : undefined;
  });
  assert.equal(waiting.id, 'provider-unreachable');
  assert.match(waiting.happened, /may be offline/);

  const back = await startHost(t, { state: host.state, tables: tables.join('\n') });
  const { results } = await page.call('Outbox/act', { id: submission, action: 'tryAgain' });
  assert.deepEqual(results, [{ email: 'bob@a.test', done: true, description: null }]);
  await sent(page, submission);
  assert.equal(back.port('submission', 'implicit'), host.port('submission', 'implicit'));
});

async function collected(client: RunningClient): Promise<void> {
  await eventually('it was visited', async () => {
    const { stdout } = await client.cli(['remote', 'list', '--json']);
    return stdout.includes('"kind":"done"') || stdout.includes('"kind": "done"');
  });
}
