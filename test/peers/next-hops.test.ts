/**
 * The built program and three other makers' servers, each the other's next hop: what it hands on
 * arrives as it was, what can't be handed on is told, and so the other way round.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startZoneServer } from '../../src/dns/testing.ts';
import { idIn, sendMail } from '../conversation.ts';
import { configuration, eventually, PASSWORD, run, scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { largeMessage, withCrlf, withLf } from './corpus.ts';
import { makeCertificate } from './daemon.ts';
import { readReport } from './dsn.ts';
import type { ReadReport } from './dsn.ts';
import { startExim } from './exim.ts';
import { maildrop } from './maildrop.ts';
import { requireServer, USERS, UTF8_USER } from './next-hop.ts';
import type { NextHop, NextHopOptions } from './next-hop.ts';
import { startOpenSmtpd } from './opensmtpd.ts';
import { findPeer } from './peers.ts';
import type { Peer } from './peers.ts';
import { startPostfix } from './postfix.ts';

interface Server {
  readonly name: string;
  readonly needs: Peer;
  readonly start: (t: TestContext, options: NextHopOptions) => Promise<NextHop>;
  readonly utf8: boolean;
  /** Debian 12's OpenSMTPD 6.8 offers STARTTLS and can't do it: with OpenSSL 3 its handshake ends in "internal error". */
  readonly tls: 'works' | 'may break';
  /** What it says to a recipient it doesn't know, and the status that our report makes of it. */
  readonly unknown: { readonly words: RegExp; readonly status: string };
  /** Its own report, when we said 550 5.1.1. */
  readonly report: { readonly type: string; readonly status: string; readonly words?: RegExp };
}

const SERVERS: readonly Server[] = [
  {
    name: 'Postfix',
    needs: 'postfix',
    start: (t, { domain, tls, next }) =>
      startPostfix(t, { domains: [domain], tls, next, settings: { myhostname: `mx.${domain}` } }),
    utf8: true,
    tls: 'works',
    unknown: { words: /^smtp; 550 5\.1\.1 /, status: '5.1.1' },
    report: { type: 'multipart/report', status: '5.1.1', words: /^smtp; 550[ -]5\.1\.1 / },
  },
  {
    name: 'Exim',
    needs: 'exim4',
    start: startExim,
    utf8: true,
    tls: 'works',
    unknown: { words: /^smtp; 550 nobody has that address/, status: '5.0.0' },
    report: { type: 'multipart/report', status: '5.0.0', words: /^smtp; 550[ -]5\.1\.1 / },
  },
  {
    name: 'OpenSMTPD',
    needs: 'opensmtpd',
    start: startOpenSmtpd,
    utf8: false,
    tls: 'may break',
    unknown: { words: /^smtp; 524 5\.2\.4 /, status: '5.2.4' },
    // It quotes us in the part for people only.
    report: { type: 'multipart/mixed', status: '5.0.0' },
  },
];

const ALICE = 'alice@a.test';
/** An alias of ours that leads to somebody whom the other server doesn't know. */
const LOST = 'lost@a.test';
const LARGE = 20_000_000;
/** The name in the other server's certificate, and one that is not in it; both lead to it. */
const PROVEN = 'mx.hop.test';
const IMPOSTOR = 'impostor.test';

interface World {
  readonly server: Server;
  readonly host: RunningHost;
  readonly hop: NextHop;
  readonly domain: string;
  /** Whether a handshake with it works, as OpenSSL's own client finds. */
  readonly tls: boolean;
}

/** a.test is ours, the other domain is the other server's; TLS between them is required and proven wherever it can be had. */
async function world(t: TestContext, server: Server): Promise<World> {
  const domain = `${server.name.toLowerCase()}.test`;
  const zones = await startZoneServer({ [PROVEN]: { a: ['127.0.0.1'] }, [IMPOSTOR]: { a: ['127.0.0.1'] } });
  t.after(() => zones.close());
  const tls = await makeCertificate(await scratch(t), [`DNS:${PROVEN}`]);
  const tables = `[dns]\nservers = ["${zones.server}"]\n[queue]\nretry = ["1h"]\n`;
  const host = await startHost(t, { accounts: [ALICE], tables, env: { NODE_EXTRA_CA_CERTS: tls.certificate } });
  assert.equal((await host.cli(['alias', 'add', LOST, `nobody@${domain}`])).code, 0);
  const next = { domain: 'a.test', port: host.port('smtp'), certificate: host.certificate };
  const hop = await server.start(t, { domain, tls, next });
  const works = await shakesHands(hop.port);
  assert.ok(works || server.tls === 'may break', `${server.name} does not do TLS`);
  const route = (to: string, name: string, policy: string): string =>
    `[[route]]\ndomain = "${to}"\nhost = "${name}"\nport = ${hop.port}\ntls = "${policy}"\n`;
  const routes =
    route(domain, PROVEN, works ? 'required' : 'opportunistic') + route('strict.test', IMPOSTOR, 'required');
  await writeFile(host.config, configuration({ tables: tables + routes }));
  assert.equal((await host.reload()).code, 0);
  return { server, host, hop, domain, tls: works };
}

async function shakesHands(port: number): Promise<boolean> {
  const asking = ['s_client', '-starttls', 'smtp', '-connect', `127.0.0.1:${port}`, '-brief'];
  return (await run(findPeer('openssl') as string, asking, { timeoutMs: 10_000 })).code === 0;
}

function letter(subject: string, sign = subject): Buffer {
  return withCrlf(
    Buffer.from(
      `From: ${ALICE}\nTo: somebody@elsewhere.test\nSubject: ${subject}\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n` +
        `Message-ID: <${sign}@a.test>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n` +
        'Content-Transfer-Encoding: 8bit\n\n.one dot\n..two\n.\nGrüße, 8-bit\n',
    ),
  );
}

/** The octets as DATA carries them (RFC 5321 §4.5.2). */
function stuffed(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replace(/^\./gm, '..'), 'latin1');
}

async function submit({ host }: World, to: readonly string[], octets: Buffer, utf8 = ''): Promise<string> {
  const login = { user: ALICE, password: PASSWORD };
  const mail = { from: ALICE, to, text: stuffed(octets), parameters: ` BODY=8BITMIME${utf8}` };
  return idIn(await sendMail(host.port('submission', 'implicit'), { tls: true, login, ...mail }));
}

/** Hands a message to the other server, which relays for anybody on this machine. */
async function give({ hop }: World, from: string, to: string, octets: Buffer): Promise<void> {
  const parameters = ' BODY=8BITMIME';
  assert.match(await sendMail(hop.port, { from, to: [to], text: stuffed(octets), parameters }), /^250/);
}

function inAlicesMailbox({ host }: World, sign: string): Promise<Buffer> {
  return eventually(`a message with ${sign} for Alice`, async () =>
    (await maildrop(host, ALICE)).findLast((one) => one.includes(sign)),
  );
}

function inMailbox({ hop }: World, user: string, sign: string): Promise<Buffer> {
  return eventually(`a message with ${sign} for ${user}`, async () =>
    (await hop.mailbox(user)).findLast((one) => one.includes(sign)),
  );
}

/** What the other server kept is what was sent, behind lines of its own. */
function assertEndsWith(stored: Buffer, octets: Buffer): void {
  const end = stored.subarray(-octets.length);
  assert.ok(
    end.equals(octets),
    `the stored message ends in ${JSON.stringify(end.subarray(0, 200).toString('latin1'))}`,
  );
}

interface Told {
  readonly by: string;
  readonly recipient: string;
  readonly type: string;
  readonly status: string;
  readonly words?: RegExp;
}

/** What a report says, as Python's email package reads it. */
async function assertReport(stored: Buffer, told: Told): Promise<ReadReport> {
  const report = await readReport(stored);
  assert.deepEqual([report.type, report.defects], [told.type, []]);
  assert.equal(report.parts[1], 'message/delivery-status');
  assert.equal(report.perMessage['reporting-mta'], `dns; ${told.by}`);
  assert.equal(report.recipients.length, 1);
  const [recipient] = report.recipients;
  assert.equal(recipient?.['final-recipient']?.replace(/; */, ';').toLowerCase(), `rfc822;${told.recipient}`);
  assert.equal(recipient?.['action'], 'failed');
  assert.equal(recipient?.['status'], told.status);
  if (told.words !== undefined) assert.match(recipient?.['diagnostic-code'] ?? '', told.words);
  return report;
}

type Case = readonly [what: string, check: (world: World) => Promise<void>];

const CASES: readonly Case[] = [
  [
    'an 8-bit message arrives as it left, over TLS that is proven, or in clear where STARTTLS breaks',
    async (w) => {
      const octets = letter('eight-bit');
      const id = await submit(w, [`bob@${w.domain}`], octets);
      assertEndsWith(await inMailbox(w, 'bob', 'Subject: eight-bit'), withLf(octets));
      const tries = await eventually('the end', async () => {
        const { stdout } = await w.host.cli(['queue', 'show', id]);
        return stdout.includes('relayed') ? triesIn(stdout).filter((one) => one.includes('try 1')) : undefined;
      });
      if (w.tls) {
        assert.match(tries.join(' '), /mx\.hop\.test \[127\.0\.0\.1\]:\d+ +TLSv1\.[23] .* 250/);
        assert.match((await w.host.cli(['journey', id])).stdout, /was the server, encrypted .*, its name proven/);
      } else {
        assert.match(tries[0] ?? '', /in clear .*TLS failed during the TLS handshake/);
        assert.match(tries[1] ?? '', /in clear .*250/);
      }
    },
  ],
  [
    'TLS is required and the certificate names another host: the message waits, and says why',
    async (w) => {
      await submit(w, ['bob@strict.test'], letter('bad-certificate'));
      const list = await eventually('why it waits', async () => {
        const { stdout } = await w.host.cli(['queue', 'list', '--domain', 'strict.test']);
        return /451 4\.7\.5/.test(stdout) ? stdout : undefined;
      });
      assert.match(list, /waiting .*TLS failed.*impostor\.test/);
      assert.ok((await w.hop.mailbox('bob')).every((one) => !one.includes('bad-certificate')));
    },
  ],
  [
    'an address and a header in UTF-8 (SMTPUTF8)',
    async (w) => {
      const octets = letter('Grüße aus a.test', 'utf8');
      await submit(w, [`${UTF8_USER}@${w.domain}`], octets, ' SMTPUTF8');
      if (w.server.utf8) {
        assertEndsWith(await inMailbox(w, UTF8_USER, '<utf8@a.test>'), withLf(octets));
        return;
      }
      // It doesn't offer SMTPUTF8, so nothing was sent, and no server is quoted.
      const stored = await inAlicesMailbox(w, '<utf8@a.test>');
      assert.match(stored.toString('latin1'), /^Status: 5\.6\.7\r$/m);
      assert.match(stored.toString('latin1'), /SMTPUTF8/);
    },
  ],
  [
    '20 MB',
    async (w) => {
      const { octets } = largeMessage(LARGE, ALICE);
      await submit(w, [`bob@${w.domain}`], octets);
      assertEndsWith(await inMailbox(w, 'bob', 'Message-ID: <large@client.test>'), withLf(octets));
    },
  ],
  [
    'one message for 100 recipients',
    async (w) => {
      const octets = letter('to-hundred');
      const users = USERS.filter((user) => user.startsWith('list'));
      assert.equal(users.length, 100);
      await submit(
        w,
        users.map((user) => `${user}@${w.domain}`),
        octets,
      );
      await eventually('all hundred have it', async () => {
        const counts = await Promise.all(users.map(async (user) => (await w.hop.mailbox(user)).length));
        return counts.every((count) => count === 1);
      });
      for (const user of users) assertEndsWith((await w.hop.mailbox(user))[0] as Buffer, withLf(octets));
    },
  ],
  [
    'one of two recipients is refused: the other one has it, and Alice has our report',
    async (w) => {
      await submit(w, [`nobody@${w.domain}`, `bob@${w.domain}`], letter('half'));
      await inMailbox(w, 'bob', 'Subject: half');
      const stored = await inAlicesMailbox(w, '<half@a.test>');
      const told = { by: 'mx.a.test', recipient: `nobody@${w.domain}`, type: 'multipart/report', ...w.server.unknown };
      const report = await assertReport(stored, told);
      assert.match(stored.toString('latin1'), /^Return-Path: <>\r\n/);
      assert.equal(report.reportType, 'delivery-status');
      assert.equal(report.to, ALICE);
      assert.match(report.autoSubmitted ?? '', /^auto-replied/);
      assert.match(report.returned, /Subject: half/);
    },
  ],
  [
    'it relays an 8-bit message into us, over TLS',
    async (w) => {
      const octets = letter('into-us');
      await give(w, `bob@${w.domain}`, ALICE, octets);
      const stored = await inAlicesMailbox(w, 'Subject: into-us');
      assertEndsWith(stored, octets);
      assert.match(stored.toString('latin1'), /by mx\.a\.test with ESMTPS id /);
    },
  ],
  [
    'we refuse its recipient: its report reaches the sender there, and the sender here',
    async (w) => {
      const told = { by: `mx.${w.domain}`, recipient: 'nobody@a.test', ...w.server.report };
      await give(w, `bob@${w.domain}`, 'nobody@a.test', letter('unknown-here'));
      await give(w, ALICE, 'nobody@a.test', letter('unknown-here'));
      await assertReport(await inMailbox(w, 'bob', 'Reporting-MTA'), told);
      await assertReport(await inAlicesMailbox(w, `Reporting-MTA: dns; ${told.by}`), told);
    },
  ],
  [
    'what it gave us can go no further: our report reaches the sender there',
    async (w) => {
      await give(w, `bob@${w.domain}`, LOST, letter('no-further'));
      const stored = await inMailbox(w, 'bob', 'Reporting-MTA: dns; mx.a.test');
      const report = await readReport(stored);
      assert.deepEqual([report.type, report.defects], ['multipart/report', []]);
      assert.match(report.returned, /Subject: no-further/);
      // Where the alias leads is not told.
      assert.equal(report.recipients[0]?.['final-recipient'], `rfc822; ${LOST}`);
      assert.ok(!stored.includes(`nobody@${w.domain}`));
    },
  ],
];

for (const server of SERVERS) {
  test(`${server.name} as the next hop, and we as its`, async (t) => {
    if (!requireServer(t, server.name, server.needs, 'openssl', 'python3')) return;
    const w = await world(t, server);
    for (const [what, check] of CASES) await t.test(what, () => check(w));
    await t.test('nothing waits but what was not to be sent', async () => {
      const { stdout } = await w.host.cli(['queue', 'list']);
      assert.equal(stdout.split('\n').filter((line) => line.includes('waiting')).length, 1, stdout);
    });
  });
}

/** What `queue show` prints of each try: the line that begins with its time, and the reply below it, on one line. */
function triesIn(shown: string): readonly string[] {
  return shown.split(/\n(?=  \d{4}-\d\d-\d\d )/).map((one) => one.replace(/\s+/g, ' '));
}
