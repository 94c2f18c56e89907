/** The way through two hosts: submitted, relayed, filed, fetched, told; refused, retried, bounced. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fetchMail, idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const ALICE = { user: 'alice@a.test', password: PASSWORD };
const BOB = { user: 'bob@b.test', password: PASSWORD };

interface World {
  readonly a: RunningHost;
  readonly b: RunningHost;
}

/** a.test with alice and b.test with bob; each knows the way to the other. */
async function twoHosts(t: TestContext): Promise<World> {
  const b = await startHost(t, { domains: ['b.test'], accounts: ['bob@b.test'] });
  const a = await startHost(t, { accounts: ['alice@a.test'], tables: route('b.test', b.port('smtp')) });
  return { a, b };
}

function route(domain: string, port: number): string {
  return `[queue]\nretry = ["300ms"]\n[[route]]\ndomain = "${domain}"\nhost = "127.0.0.1"\nport = ${port}\n`;
}

test('a message from alice to bob: submitted, relayed over TLS, filed, fetched, and told on both hosts', async (t) => {
  const { a, b } = await twoHosts(t);
  const answer = await sendMail(a.port('submission', 'implicit'), {
    tls: true,
    login: ALICE,
    from: 'alice@a.test',
    to: ['bob@b.test'],
    text: 'Subject: Lunch\n\n.At noon?\nGrüße\n',
    parameters: ' BODY=8BITMIME',
  });
  assert.match(answer, /^250 2\.0\.0 /);
  const id = idIn(answer);
  const message = await eventually('bob has the message', async () => {
    const found = await fetchMail(b.port('pop3', 'implicit'), { ...BOB, tls: true });
    return found[0];
  });
  assert.ok(message.includes(Buffer.from('\n.At noon?\nGrüße').toString('latin1')));
  assert.match(message, /^Return-Path: <alice@a\.test>\nDelivered-To: bob@b\.test\nReceived: from mx\.a\.test/);

  const here = await a.cli(['journey', id]);
  assert.match(here.stdout, /ESMTPSA on our submission port/);
  assert.match(here.stdout, /the sender had logged in, so we carry it \(rule relay-login\)/);
  assert.match(here.stdout, /Try 1: we became the client; .*127\.0\.0\.1.* was the server, encrypted/);
  assert.match(here.stdout, /Handed on to .* that server's responsibility now/);
  const messageId = /^Message-ID: (<.*>)$/m.exec(message)?.[1] ?? '';
  const there = await b.cli(['journey', messageId]);
  assert.match(
    there.stdout,
    /mx\.a\.test \[127\.0\.0\.1\]:\d+ was the client, we .* the server: ESMTPS on our smtp port/,
  );
  assert.match(there.stdout, /fetched over POP3, logged in as bob@b\.test/);
});

test('a recipient nobody knows: the next server refuses, the bounce says why and comes back to alice', async (t) => {
  const { a } = await twoHosts(t);
  const answer = await sendMail(a.port('submission'), {
    login: ALICE,
    from: 'alice@a.test',
    to: ['bbo@b.test'],
    text: 'Subject: typo\n\nHello\n',
  });
  const id = idIn(answer);
  const bounce = await eventually('the bounce', async () => {
    const found = await fetchMail(a.port('pop3'), ALICE);
    return found[0];
  });
  assert.match(bounce, /^Return-Path: <>/);
  assert.match(bounce, /Content-Type: multipart\/report; report-type=delivery-status/);
  assert.match(bounce, /Final-Recipient: rfc822; ?bbo@b\.test/);
  assert.match(bounce, /Status: 5\.1\.1/);
  assert.match(bounce, /Diagnostic-Code: smtp; 550 5\.1\.1/);
  assert.match((await a.cli(['journey', id])).stdout, /Given up on .*550 5\.1\.1/);
  const named = /^Message-ID: (<.*>)$/m.exec(bounce)?.[1] ?? '';
  assert.match((await a.cli(['journey', named])).stdout, /We wrote it ourselves: a report/);
});

test('while the next server is away the message waits, and goes when it is back', async (t) => {
  const { a, b } = await twoHosts(t);
  await b.stop();
  const id = idIn(
    await sendMail(a.port('submission'), {
      login: ALICE,
      from: 'alice@a.test',
      to: ['bob@b.test'],
      text: 'Subject: later\n\nHello\n',
    }),
  );
  await eventually('a failed try', async () =>
    /Try 1: we became the client and did not reach .*refuses connections/.test((await a.cli(['journey', id])).stdout),
  );
  const waiting = JSON.parse((await a.cli(['queue', 'list', '--json'])).stdout) as {
    message: string;
    delivery: { state: string };
  }[];
  assert.deepEqual(
    waiting.map((one) => one.message),
    [id],
  );
  // The same state and port: b is back.
  const again = await startHost(t, {
    domains: ['b.test'],
    state: b.state,
    tables: `[smtp]\nlisten = ["127.0.0.1:${b.port('smtp')}"]\n`,
  });
  await eventually('bob has the message', async () => (await fetchMail(again.port('pop3'), BOB)).length === 1);
  assert.equal((await a.cli(['queue', 'list'])).stdout, '');
});

test('an alias leads to another host without telling the sender where', async (t) => {
  const { a, b } = await twoHosts(t);
  assert.equal((await a.cli(['alias', 'add', 'team@a.test', 'bob@b.test', 'gone@b.test', 'alice@a.test'])).code, 0);
  const answer = await sendMail(a.port('smtp'), {
    from: 'x@a.test',
    to: ['team@a.test'],
    text: 'From: x@a.test\nSubject: all\n\nHello\n',
  });
  assert.match(answer, /^250/);
  await eventually('bob has his copy', async () => (await fetchMail(b.port('pop3'), BOB)).length === 1);
  const own = await eventually('alice has her copy', async () => {
    // Alice is the postmaster too, and hears that x@a.test, who is nobody, could not be told of gone@b.test.
    const found = (await fetchMail(a.port('pop3'), ALICE)).filter((text) => !text.includes('Auto-Submitted:'));
    return found.length > 0 ? found : undefined;
  });
  assert.doesNotMatch(own.join('\n'), /b\.test/);
});

test('a whole retry story in a second: tries, the delay notice, the bounce', async (t) => {
  const a = await startHost(t, {
    accounts: ['alice@a.test'],
    tables:
      '[queue]\nretry = ["200ms"]\ndelay_notice = "300ms"\ngive_up = "1s"\n[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = 1\n',
  });
  const answer = await sendMail(a.port('submission'), {
    login: ALICE,
    from: 'alice@a.test',
    to: ['bob@b.test'],
    text: 'Subject: patience\n\nHello\n',
  });
  const reports = await eventually('the notice and the bounce', async () => {
    const found = await fetchMail(a.port('pop3'), ALICE);
    return found.length === 2 ? found : undefined;
  });
  assert.match(reports[0] ?? '', /Subject: Your message to bob@b\.test is delayed/);
  assert.match(reports[0] ?? '', /Action: delayed[^]*Status: 4\./);
  assert.match(reports[1] ?? '', /Action: failed[^]*Status: 5\./);
  assert.match(reports[1] ?? '', /We tried for as long as we keep messages/);
  const story = (await a.cli(['journey', idIn(answer)])).stdout;
  assert.match(
    story,
    /We told alice@a\.test: a notice that a message is taking longer[^]*We told alice@a\.test: a report that a message was not delivered/,
  );
});

test('a smarthost with a login takes everything that is not ours', async (t) => {
  const { a: provider, b } = await twoHosts(t);
  const passwordFile = join(await scratch(t), 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const pc = await startHost(t, {
    domains: ['pc.test'],
    accounts: ['me@pc.test'],
    tables: `[[route]]\ndomain = "*"\nhost = "127.0.0.1"\nport = ${provider.port('submission')}\ntls = "opportunistic"\nlogin = { user = "alice@a.test", password_file = "${passwordFile}" }\n`,
  });
  assert.equal((await pc.cli(['alias', 'add', 'out@pc.test', 'bob@b.test'])).code, 0);
  assert.match(
    await sendMail(pc.port('smtp'), {
      from: 'alice@a.test',
      to: ['out@pc.test'],
      text: 'Subject: by the smarthost\n\nHello\n',
    }),
    /^250/,
  );
  const [message] = await eventually('bob has it', async () => {
    const found = await fetchMail(b.port('pop3'), BOB);
    return found.length === 1 ? found : undefined;
  });
  assert.match(message ?? '', /by mx\.a\.test with ESMTPSA/);
});

test('a full mailbox is said at RCPT, and takes mail again when there is room', async (t) => {
  const host = await startHost(t);
  await host.cli(['account', 'add', 'small@a.test', '--quota', '1KB', '--password-stdin'], { input: PASSWORD });
  const send = (): Promise<string> =>
    sendMail(host.port('smtp'), { from: 'x@x.test', to: ['small@a.test'], text: `Subject: s\n\n${'x'.repeat(900)}\n` });
  assert.match(await send(), /^250/);
  assert.match(await send(), /^452 4\.2\.2 /);
  await fetchMail(host.port('pop3'), { user: 'small@a.test', password: PASSWORD, remove: true });
  assert.match(await send(), /^250/);
});
