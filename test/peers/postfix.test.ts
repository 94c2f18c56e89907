/** Postfix beside the built program: each relays to the other, over TLS, and each tells the other's senders what failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, run, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { largeMessage, withCrlf, withLf } from './corpus.ts';
import { readReport } from './dsn.ts';
import { maildrop, maildropCount } from './maildrop.ts';
import { findPeer } from './peers.ts';
import { requirePostfix, startPostfix } from './postfix.ts';
import type { Postfix } from './postfix.ts';

const ALICE = 'alice@a.test';
const LOGIN = { user: ALICE, password: PASSWORD };
const LARGE = 20_000_000;

interface World {
  readonly host: RunningHost;
  readonly postfix: Postfix;
}

/** a.test is ours, b.test is Postfix's; each knows the way to the other. */
async function world(t: TestContext, settings: Readonly<Record<string, string>> = {}): Promise<World> {
  const inbound = await startHost(t, { accounts: [ALICE] });
  const next = { domain: 'a.test', port: inbound.port('smtp'), certificate: inbound.certificate };
  const postfix = await startPostfix(t, { domains: ['b.test'], next, settings });
  // The host learns the way to Postfix once Postfix has a port; its own ports stay.
  await inbound.stop();
  const host = await startHost(t, {
    state: inbound.state,
    tables: [
      `[smtp]\nlisten = ["127.0.0.1:${inbound.port('smtp')}"]`,
      `[queue]\nretry = ["500ms"]`,
      `[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${postfix.port}\n`,
    ].join('\n'),
  });
  return { host, postfix };
}

function letter(subject: string, body = '.one dot\n..two\n.\nGrüße, 8-bit\n'): Buffer {
  return withCrlf(
    Buffer.from(
      `From: ${ALICE}\nTo: somebody@b.test\nSubject: ${subject}\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n` +
        `Message-ID: <${subject}@a.test>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n` +
        `Content-Transfer-Encoding: 8bit\n\n${body}`,
    ),
  );
}

/** The octets as DATA carries them (RFC 5321 §4.5.2). */
function stuffed(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replace(/^\./gm, '..'), 'latin1');
}

function submit(host: RunningHost, to: readonly string[], octets: Buffer): Promise<string> {
  return sendMail(host.port('submission', 'implicit'), {
    tls: true,
    login: LOGIN,
    from: ALICE,
    to,
    text: stuffed(octets),
    parameters: ' BODY=8BITMIME',
  });
}

/** Hands a message to Postfix, which relays it for anybody on this machine. */
function giveToPostfix(postfix: Postfix, from: string, to: readonly string[], octets: Buffer): Promise<string> {
  return sendMail(postfix.port, { from, to, text: stuffed(octets), parameters: ' BODY=8BITMIME' });
}

/** Waits for a message that holds this text. */
function inAlicesMailbox(host: RunningHost, sign: string): Promise<Buffer> {
  return eventually(`a message with ${sign} for Alice`, async () =>
    (await maildrop(host, ALICE)).findLast((one) => one.includes(sign)),
  );
}

function inBobsMailbox(postfix: Postfix, sign: string): Promise<Buffer> {
  return eventually(`a message with ${sign} for Bob`, async () =>
    (await postfix.mailbox('bob')).findLast((one) => one.includes(sign)),
  );
}

function assertEndsWith(stored: Buffer, octets: Buffer): void {
  const end = stored.subarray(-octets.length);
  assert.ok(
    end.equals(octets),
    `the stored message ends in ${JSON.stringify(end.subarray(0, 200).toString('latin1'))}`,
  );
}

test('Postfix and Posthorn', async (t) => {
  if (!requirePostfix(t, 'python3', 'smtp-source')) return;
  const { host, postfix } = await world(t);

  await t.test('Postfix relays an 8-bit message into us, over TLS with our certificate checked', async () => {
    const octets = letter('into-us');
    assert.match(await giveToPostfix(postfix, 'bob@b.test', [ALICE], octets), /^250/);
    const stored = await inAlicesMailbox(host, 'Subject: into-us');
    assertEndsWith(stored, octets);
    const text = stored.toString('latin1');
    assert.match(text, /^Return-Path: <bob@b\.test>\r\nDelivered-To: alice@a\.test\r\nReceived: from mx\.b\.test \(/);
    assert.match(text, /by mx\.a\.test with ESMTPS id /);
    const log = await postfix.log();
    assert.match(log, /Verified TLS connection established to 127\.0\.0\.1/);
    assert.match(log, /to=<alice@a\.test>.* status=sent \(250 2\.0\.0 \w+ is our responsibility now\)/);
  });

  await t.test('we relay an 8-bit message to Postfix, over TLS, and the journey tells it', async () => {
    const octets = letter('to-postfix');
    const id = idIn(await submit(host, ['bob@b.test'], octets));
    const stored = await inBobsMailbox(postfix, 'Subject: to-postfix');
    assertEndsWith(stored, withLf(octets));
    const text = stored.toString('latin1');
    assert.match(text, /^Return-Path: <alice@a\.test>\n/);
    assert.match(text, /Received: from mx\.a\.test .*\n\t\(using TLSv1\.3 /);
    assert.match(text, /\n\tby mx\.b\.test \(Postfix\) with ESMTPS id /);
    const journey = await eventually('the end of the journey', async () => {
      const { stdout } = await host.cli(['journey', id]);
      return stdout.includes('Handed on to') ? stdout : undefined;
    });
    assert.match(journey, /Try 1: we became the client; .*127\.0\.0\.1.* was the server, encrypted/);
    assert.match(journey, /250 2\.0\.0 Ok: \d+ bytes queued as/);
    assert.equal((await host.cli(['queue', 'list'])).stdout, '');
  });

  await t.test('Postfix refuses a recipient: our report comes back to Alice', async () => {
    const octets = letter('unknown-there');
    idIn(await submit(host, ['nobody@b.test', 'bob@b.test'], octets));
    const stored = await inAlicesMailbox(host, 'unknown-there@a.test');
    const report = await readReport(stored);
    assert.match(stored.toString('latin1'), /^Return-Path: <>\r\n/);
    assert.equal(report.type, 'multipart/report');
    assert.equal(report.reportType, 'delivery-status');
    assert.deepEqual(report.defects, []);
    assert.deepEqual(report.parts.slice(0, 2), ['text/plain', 'message/delivery-status']);
    assert.equal(report.to, ALICE);
    assert.match(report.autoSubmitted ?? '', /^auto-replied/);
    assert.equal(report.perMessage['reporting-mta'], 'dns; mx.a.test');
    assert.equal(report.recipients.length, 1);
    const [recipient] = report.recipients;
    assert.match(recipient?.['final-recipient'] ?? '', /^rfc822; ?nobody@b\.test$/);
    assert.equal(recipient?.['action'], 'failed');
    assert.equal(recipient?.['status'], '5.1.1');
    assert.match(recipient?.['diagnostic-code'] ?? '', /^smtp; 550 5\.1\.1 /);
    assert.match(report.text, /nobody@b\.test/);
    assert.match(report.returned, /Subject: unknown-there/);
    await inBobsMailbox(postfix, 'Subject: unknown-there');
  });

  await t.test('we refuse a recipient: the report of Postfix reaches its sender, there and here', async () => {
    const octets = letter('unknown-here');
    assert.match(await giveToPostfix(postfix, 'bob@b.test', ['nobody@a.test'], octets), /^250/);
    assert.match(await giveToPostfix(postfix, ALICE, ['nobody@a.test'], octets), /^250/);
    const there = await inBobsMailbox(postfix, 'Diagnostic-Code');
    const here = await inAlicesMailbox(host, 'Reporting-MTA: dns; mx.b.test');
    assert.match(here.toString('latin1'), /^Return-Path: <>\r\n/);
    for (const stored of [there, here]) {
      const report = await readReport(stored);
      assert.equal(report.perMessage['reporting-mta'], 'dns; mx.b.test');
      const [recipient] = report.recipients;
      assert.match(recipient?.['final-recipient'] ?? '', /^rfc822; ?nobody@a\.test$/);
      assert.equal(recipient?.['action'], 'failed');
      assert.equal(recipient?.['status'], '5.1.1');
      assert.match(recipient?.['diagnostic-code'] ?? '', /^smtp; 550 5\.1\.1 /);
    }
  });

  await t.test('20 MB in both directions', async () => {
    const { octets } = largeMessage(LARGE, ALICE);
    assert.match(await giveToPostfix(postfix, 'bob@b.test', [ALICE], octets), /^250/);
    idIn(await submit(host, ['bob@b.test'], octets));
    const there = await inBobsMailbox(postfix, 'Message-ID: <large@client.test>');
    assertEndsWith(there, withLf(octets));
    const here = await inAlicesMailbox(host, 'Message-ID: <large@client.test>');
    assertEndsWith(here, octets);
  });

  await t.test('one message for 100 recipients in both directions', async () => {
    const octets = letter('to-hundred');
    const there = Array.from({ length: 100 }, (_, n) => `list${n}@b.test`);
    idIn(await submit(host, there, octets));
    await eventually('all hundred have it', async () => {
      const counts = await Promise.all(
        there.map(async (to) => (await postfix.mailbox(to.split('@')[0] as string)).length),
      );
      return counts.every((count) => count === 1);
    });
    for (const to of ['list0', 'list99']) {
      const [stored] = await postfix.mailbox(to);
      assertEndsWith(stored as Buffer, withLf(octets));
    }
    const before = await maildropCount(host, ALICE);
    const here = Array.from({ length: 100 }, (_, n) => `alice+${n}@a.test`);
    assert.match(await giveToPostfix(postfix, 'bob@b.test', here, octets), /^250/);
    await eventually('Postfix has handed on all hundred', async () => {
      const sent = (await postfix.log()).match(/to=<alice\+\d+@a\.test>.* status=sent/g) ?? [];
      return sent.length === 100;
    });
    const copies = (await maildrop(host, ALICE)).slice(before);
    for (const copy of copies) assertEndsWith(copy, octets);
    assert.equal(copies.length, here.length);
    const addresses = copies.map((copy) => /^Delivered-To: (.*)\r$/m.exec(copy.toString('latin1'))?.[1]);
    assert.deepEqual(new Set(addresses), new Set(here));
  });

  for (const way of ['straight', 'through Postfix'] as const) {
    await t.test(`200 messages over 10 connections at once, ${way}`, async () => {
      const before = await maildropCount(host, ALICE);
      const port = way === 'straight' ? host.port('smtp') : postfix.port;
      const load = ['-s', '10', '-m', '200', '-l', '10240', '-f', 'bob@b.test', '-t', ALICE, `127.0.0.1:${port}`];
      const ran = await run(findPeer('smtp-source') as string, load);
      assert.equal(ran.code, 0, ran.stderr);
      await eventually('all are there', async () => (await maildropCount(host, ALICE)) >= before + 200);
      assert.equal(await maildropCount(host, ALICE), before + 200);
    });
  }
});

test('[6152-3-client-reencode] a Postfix that offers neither 8BITMIME nor CHUNKING gets 7 bits behind DATA', async (t) => {
  if (!requirePostfix(t, 'python3')) return;
  const { host, postfix } = await world(t, { smtpd_discard_ehlo_keywords: '8bitmime chunking' });
  const octets = letter('seven-bits');
  const id = idIn(await submit(host, ['bob@b.test'], octets));
  const stored = (await inBobsMailbox(postfix, 'Subject: seven-bits')).toString('latin1');
  assert.ok(
    stored.endsWith('\nContent-Transfer-Encoding: quoted-printable\n\n.one dot\n..two\n.\nGr=C3=BC=C3=9Fe, 8-bit\n'),
    stored,
  );
  const told = await eventually('the end of the journey', async () => {
    const { stdout } = await host.cli(['journey', id]);
    return stdout.includes('Handed on to') ? stdout : undefined;
  });
  assert.match(told, /the message was re-encoded in 7 bits for it; it answered 250/);
});
