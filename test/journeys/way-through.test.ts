/** The way through two hosts: submitted, relayed, filed, fetched, told; refused, retried, bounced. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fetchMail, idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
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
    const found = await fetchMail(a.port('pop3'), ALICE);
    return found.length > 0 ? found : undefined;
  });
  assert.doesNotMatch(own.join('\n'), /b\.test/);
});
