/** Accounts at providers over JMAP (urn:posthorn:remotes), of the built program: found, tried, kept, looked at, tidied up. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startZoneServer } from '../../src/dns/testing.ts';
import { startClient } from '../client.ts';
import type { Page } from '../client.ts';
import { sendMail } from '../conversation.ts';
import { begin } from '../http.ts';
import { eventually, PASSWORD, scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

type Answer = Record<string, unknown>;

interface Server {
  readonly host: string;
  readonly port: number;
  readonly protection: string;
  readonly pinned: string | null;
}

function serversOf(host: RunningHost): { readonly pop3: Server; readonly smtp: Server } {
  const at = { host: '127.0.0.1', protection: 'implicit', pinned: null };
  return {
    pop3: { ...at, port: host.port('pop3', 'implicit') },
    smtp: { ...at, port: host.port('submission', 'implicit') },
  };
}

const refusal = (answer: Answer, what: 'notCreated' | 'notUpdated', key: string): Answer =>
  (answer[what] as Record<string, Answer> | null)?.[key] ?? { instead: answer };

/** A provider with letters for bob, and a client that trusts its certificate after a look at it. */
async function withBob(t: TestContext, letters: readonly string[], settings: Answer = {}) {
  const host = await startHost(t, { accounts: ['bob@a.test'] });
  for (const text of letters) {
    const answer = await sendMail(host.port('smtp'), { from: 'carol@c.test', to: ['bob@a.test'], text });
    assert.match(answer, /^250 /);
  }
  const client = await startClient(t);
  const page = await client.logIn();
  const servers = serversOf(host);
  const remote = { address: 'bob@a.test', name: 'Bob', pop3Login: 'bob', smtpLogin: 'bob', password: PASSWORD };
  const asked = refusal(await page.call('Remote/set', { create: { r: { ...remote, ...servers } } }), 'notCreated', 'r');
  assert.equal(asked['type'], 'serversFailed', JSON.stringify(asked));
  const { pop3: trouble } = asked as { pop3: { kind: string; you: string; certificate: { sha256: string } } };
  assert.deepEqual([trouble.kind, trouble.you.startsWith('Go back.')], ['certificate', true]);
  const pinned = trouble.certificate.sha256;
  const trusted = { pop3: { ...servers.pop3, pinned }, smtp: { ...servers.smtp, pinned } };
  const id = async (more: Answer = {}): Promise<Answer> =>
    page.call('Remote/set', { create: { r: { ...remote, ...trusted, ...settings, ...more } } });
  return { host, client, page, make: id, trusted };
}

async function standing(page: Page, id: string): Promise<Answer> {
  const { list } = await page.call('Remote/get', { ids: [id] });
  const [remote] = list as { standing: Answer; visiting: Answer | null }[];
  return remote?.visiting === null ? remote.standing : { kind: 'visiting' };
}

async function visited(page: Page, id: string, kind = 'done'): Promise<Answer> {
  return eventually(`a visit ends as ${kind}`, async () => {
    const now = await standing(page, id);
    return now['kind'] === kind && now;
  });
}

async function check(page: Page, id: string): Promise<Answer> {
  await visited(page, id);
  assert.equal((await page.call('Remote/check', { id }))['started'], true);
  return eventually('it has been visited again', async () => {
    const now = await standing(page, id);
    return now['kind'] !== 'visiting' && now;
  });
}

const letter = (n: number, body = 'body'): string => `Subject: letter ${n}\nFrom: Carol <carol@c.test>\n\n${body}\n`;

test('an account is kept when both servers work, its certificate compared; the password goes in and never comes out', async (t) => {
  const { page, make, client, host } = await withBob(t, [letter(1)]);
  const wrong = refusal(await make({ password: 'wrong horse' }), 'notCreated', 'r');
  const { pop3, smtp } = wrong as { pop3: { kind: string; words: string }; smtp: { kind: string; words: string } };
  assert.deepEqual([pop3.kind, smtp.kind], ['wrong-login', 'wrong-login']);
  assert.match(pop3.words, /wrong/i, 'the server’s own words');
  assert.deepEqual((await page.call('Remote/get', { ids: null }))['list'], [], 'nothing was kept');

  const made = await make();
  const { id } = (made['created'] as Record<string, { id: string }>)['r'] ?? { id: JSON.stringify(made) };
  await visited(page, id);
  const { list } = await page.call('Remote/get', { ids: null });
  const [remote] = list as { largest: number; identityId: string }[];
  assert.equal(remote?.largest, 50_000_000, 'what its server takes is known before anything is sent');
  assert.ok(!JSON.stringify(list).includes(PASSWORD));
  const { list: identities } = await page.call('Identity/get', { ids: null });
  const [identity] = identities as Answer[];
  assert.deepEqual(
    [identity?.['id'], identity?.['name'], identity?.['email'], identity?.['mayDelete']],
    [remote?.identityId, 'Bob', 'bob@a.test', false],
  );
  assert.match(String(refusal(await make(), 'notCreated', 'r')['description']), /is there already/);

  // A pinned certificate that changes asks again, though nothing else is another.
  const pinned = Array.from({ length: 32 }, () => 'AB').join(':');
  const other = { pop3: { ...serversOf(host).pop3, pinned } };
  const changed = refusal(await page.call('Remote/set', { update: { [id]: other } }), 'notUpdated', id);
  assert.equal((changed as { pop3: { kind: string } }).pop3.kind, 'certificate-changed');
  assert.ok(!client.output().includes(PASSWORD));
});

test('a rule that deletes says how many first, and is set only by who says that number', async (t) => {
  const { page, make, host } = await withBob(t, [letter(1), letter(2), letter(3)], { leave: { kind: 'for-ever' } });
  const made = await make();
  const { id } = (made['created'] as Record<string, { id: string }>)['r'] ?? { id: JSON.stringify(made) };
  assert.deepEqual([(await visited(page, id))['collected'], (await visited(page, id))['left']], [3, 3]);
  assert.equal((await check(page, id))['left'], 3);

  const there = await page.call('Remote/there', { id, limit: 2 });
  const shown = there['list'] as { subject: string; from: Answer; state: string; uidl: string }[];
  assert.deepEqual(
    [there['total'], shown.map(({ subject, state }) => [subject, state]), shown[0]?.from],
    [3, [['letter 3', 'whole'], ['letter 2', 'whole']], { name: 'Carol', email: 'carol@c.test' }], // prettier-ignore
  );

  const leave = { kind: 'days', days: 0 };
  const set = (confirm?: number): Promise<Answer> =>
    page.call('Remote/set', {
      update: { [id]: { leave } },
      ...(confirm === undefined ? {} : { confirm: { [id]: confirm } }),
    });
  const asked = refusal(await set(), 'notUpdated', id);
  assert.deepEqual([asked['type'], asked['count'], (asked['sample'] as { subject: string }[])[0]?.subject], ['needsConfirmation', 3, 'letter 1']); // prettier-ignore
  assert.equal(refusal(await set(2), 'notUpdated', id)['type'], 'needsConfirmation', 'another number is no yes');
  assert.equal((await page.call('Remote/there', { id }))['total'], 3, 'to ask deletes nothing');
  assert.equal((await page.call('Remote/deleteThere', { id, uidls: [shown[0]?.uidl, 'no-such'] }))['deleted'], 1);
  assert.equal(refusal(await set(3), 'notUpdated', id)['type'], 'needsConfirmation', 'one is gone meanwhile');
  assert.deepEqual((await set(2))['updated'], { [id]: null });
  await eventually('the next visit deletes them', async () => (await standing(page, id))['removed'] === 2);
  assert.match((await host.cli(['account', 'show', 'bob@a.test', '--json'])).stdout, /"usedMessages": ?0/);
});

test('what is larger than the limit comes as its header, and whole when it is asked for', async (t) => {
  const { page, make } = await withBob(t, [letter(1), letter(2, 'long '.repeat(5_000))], { cap: 5_000 });
  const made = await make();
  const { id } = (made['created'] as Record<string, { id: string }>)['r'] ?? { id: JSON.stringify(made) };
  const first = await visited(page, id);
  assert.deepEqual([first['collected'], first['headersOnly']], [1, 1]);
  const { ids } = await page.call('Email/query', {});
  const { list } = await page.call('Remote/origins', { emailIds: ids });
  const heads = (list as { emailId: string; isHeaderOnly: boolean; size: number }[]).filter((one) => one.isHeaderOnly);
  assert.equal(heads.length, 1);
  assert.ok((heads[0]?.size ?? 0) > 25_000, 'how much there is to download');
  assert.deepEqual((await page.call('Remote/wantRest', { emailIds: ids }))['wanted'], [heads[0]?.emailId]);
  await eventually('the rest came', async () => {
    const { ids: now } = await page.call('Email/query', {});
    const { list: emails } = await page.call('Email/get', { ids: now, properties: ['subject', 'size'] });
    const large = (emails as { subject: string; size: number }[]).filter(({ subject }) => subject === 'letter 2');
    return large.length === 1 && (large[0]?.size ?? 0) > 25_000;
  });
});

test('servers are looked for rung by rung, and what is found can be told apart by who said it', async (t) => {
  const zones = {
    '_pop3s._tcp.isp.test': { srv: [[10, 1, 995, 'pop.isp.test']] },
    '_submissions._tcp.isp.test': { srv: [[10, 1, 465, 'smtp.isp.test']] },
  } as const;
  const dns = await startZoneServer(zones as never);
  t.after(() => dns.close());
  const config = join(await scratch(t), 'config.toml');
  await writeFile(config, `[dns]\nservers = ["${dns.server}"]\n`);
  const page = await (await startClient(t, { args: ['--config', config] })).logIn();
  const { id } = await page.call('Remote/discover', { address: 'bob@isp.test', askDatabase: false });
  const { rungs } = await eventually('it has looked', async () => {
    const now = await page.call('Remote/discovered', { id });
    return now['isDone'] === true && (now as { rungs: { id: string; said: string; pop3: Answer | null }[] });
  });
  assert.deepEqual(
    rungs.map(({ id: rung, said }) => `${rung} ${said}`),
    ['srv found', ...['autoconfig', 'well-known', 'ispdb', 'mx', 'probe'].map((one) => `${one} not-asked`)],
  );
  const server = { host: 'pop.isp.test', port: 995, protection: 'implicit', pinned: null };
  assert.deepEqual(rungs[0]?.pop3?.['server'], server);
  await assert.rejects(page.call('Remote/discover', { address: 'bob' }), /is not an e-mail address/);
});

test('a change is pushed, and what another program cannot do a page of a host cannot do either', async (t) => {
  const { page, make, client, host } = await withBob(t, [letter(1)]);
  const events = await begin(client.port, '/jmap/events?types=Remote&closeafter=state&ping=0', {
    headers: page.cookie,
  });
  await make();
  let told = '';
  for await (const chunk of events) told += String(chunk);
  assert.match(told, /"Remote":"[0-9a-f]{24}"/);
  const session = await begin(host.port('web'), '/.well-known/jmap', {
    headers: { Authorization: `Basic ${Buffer.from(`bob@a.test:${PASSWORD}`).toString('base64')}` },
  });
  let text = '';
  for await (const chunk of session) text += String(chunk);
  assert.ok(text.includes('urn:ietf:params:jmap:mail') && !text.includes('urn:posthorn:remotes'));
});

test('a letter waits, with words, where the provider shows another certificate or the account is gone', async (t) => {
  const { page, make, trusted } = await withBob(t, []);
  const made = await make();
  const { id } = (made['created'] as Record<string, { id: string }>)['r'] ?? { id: JSON.stringify(made) };
  await visited(page, id);
  const pinned = Array.from({ length: 32 }, () => 'AB').join(':');
  const { list } = await page.call('Mailbox/get', { ids: null });
  const drafts = (list as { id: string; role: string }[]).find(({ role }) => role === 'drafts')?.id ?? '';
  const draft = {
    mailboxIds: { [drafts]: true },
    from: [{ name: null, email: 'bob@a.test' }],
    to: [{ name: null, email: 'carol@c.test' }],
  };
  const email = await page.call('Email/set', { create: { d: draft } });
  const emailId = (email['created'] as Record<string, { id: string }>)['d']?.id;
  const identityId = `r-${id}`;
  await page.call('Remote/set', { update: { [id]: { smtp: { ...trusted.smtp, pinned } } }, untried: true });
  const sent = await page.call('EmailSubmission/set', { create: { s: { identityId, emailId } } });
  const submission = (sent['created'] as Record<string, { id: string }> | null)?.['s']?.id ?? JSON.stringify(sent);
  const waits = (reason: string): Promise<unknown> =>
    eventually(`it waits: ${reason}`, async () => {
      const { list: outbox } = await page.call('Outbox/get', { ids: [submission] });
      const [entry] = outbox as { state: string; recipients: { reason: { id: string } | null }[] }[];
      return entry?.state === 'waiting' && entry.recipients[0]?.reason?.id === reason;
    });
  await waits('certificate-changed');
  await page.call('Remote/set', { destroy: [id] });
  await page.call('Outbox/act', { id: submission, action: 'tryAgain' });
  await waits('no-account-for-sender');
  const again = await page.call('EmailSubmission/set', { create: { s: { identityId, emailId } } });
  assert.match(JSON.stringify(refusal(again, 'notCreated', 's')), /There is no such identity/);
});
