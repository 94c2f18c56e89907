/** The built program hands mail to Dovecot by LMTP (RFC 2033), through a port and through a socket of this machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { withCrlf, withLf } from './corpus.ts';
import { startDovecotLmtp } from './dovecot-lmtp.ts';
import type { LmtpStore } from './dovecot-lmtp.ts';
import { readReport } from './dsn.ts';
import { maildrop } from './maildrop.ts';
import { requireServer } from './next-hop.ts';

const ALICE = 'alice@a.test';
const ROOMY = 100_000_000;

function letter(subject: string): Buffer {
  return withCrlf(
    Buffer.from(
      `From: ${ALICE}\nTo: bob@store.test\nSubject: ${subject}\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n` +
        `Message-ID: <${subject}@a.test>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n` +
        `Content-Transfer-Encoding: 8bit\n\n.one dot\n..two\n.\nGrüße, 8-bit ${'x'.repeat(60)}\n`,
    ),
  );
}

function submit(host: RunningHost, to: readonly string[], octets: Buffer): Promise<string> {
  const text = octets.toString('latin1').replace(/^\./gm, '..');
  return sendMail(host.port('submission', 'implicit'), {
    tls: true,
    login: { user: ALICE, password: PASSWORD },
    from: ALICE,
    to,
    text: Buffer.from(text, 'latin1'),
    parameters: ' BODY=8BITMIME',
  });
}

function arrives(store: LmtpStore, address: string, sign: string): Promise<Buffer> {
  return eventually(`${sign} for ${address}`, async () =>
    (await store.mailbox(address)).find((one) => one.includes(sign)),
  );
}

function assertEndsWith(stored: Buffer, octets: Buffer): void {
  assert.ok(stored.subarray(-octets.length).equals(octets), stored.toString('latin1').slice(0, 2000));
}

async function journeyOf(host: RunningHost, reply: string): Promise<string> {
  const id = idIn(reply);
  return eventually('the end of the journey', async () => {
    const { stdout } = await host.cli(['journey', id]);
    return /Waiting|under way/.test(stdout) ? undefined : stdout;
  });
}

test('LMTP to Dovecot', async (t) => {
  if (!requireServer(t, 'Dovecot', 'dovecot', 'dovecot-lmtp', 'openssl', 'python3')) return;
  const lists = Array.from({ length: 100 }, (_, n) => `list${n}@store.test`);
  const roomy = ['bob@store.test', 'bob@socket.test', ...lists].map((user) => [user, ROOMY] as const);
  const store = await startDovecotLmtp(t, { ...Object.fromEntries(roomy), 'full@store.test': 10 });
  const host = await startHost(t, {
    accounts: [ALICE],
    tables: [
      '[queue]\nretry = ["1h"]',
      `[[route]]\ndomain = "store.test"\nhost = "127.0.0.1"\nport = ${store.port}\nprotocol = "lmtp"`,
      `[[route]]\ndomain = "socket.test"\nhost = "unix:${store.socket}"\nprotocol = "lmtp"\n`,
    ].join('\n'),
  });

  await t.test('through a port, with TLS as it is offered', async () => {
    const octets = letter('through-a-port');
    const journey = await journeyOf(host, await submit(host, ['bob@store.test'], octets));
    assert.match(
      journey,
      /encrypted \(TLSv1\.3\), by the route to store\.test; it answered 250 2\.0\.0 <bob@store\.test>/,
    );
    const stored = await arrives(store, 'bob@store.test', 'Subject: through-a-port');
    assertEndsWith(stored, withLf(octets));
    assert.match(stored.toString('latin1'), /^Return-Path: <alice@a\.test>\nDelivered-To: bob@store\.test\n/);
    assert.match(stored.toString('latin1'), /with LMTPS\n/);
  });

  await t.test('through a socket of this machine', async () => {
    const octets = letter('through-a-socket');
    const journey = await journeyOf(host, await submit(host, ['bob@socket.test'], octets));
    assert.match(journey, /unix:\/\S+\/lmtp was the server, in clear, by the route to socket\.test; it answered 250/);
    assertEndsWith(await arrives(store, 'bob@socket.test', 'Subject: through-a-socket'), withLf(octets));
  });

  await t.test('one has it, one is full (told behind the dot), one is unknown (told before)', async () => {
    const to = ['bob@store.test', 'full@store.test', 'nobody@store.test'];
    const journey = await journeyOf(host, await submit(host, to, letter('three-ends')));
    await arrives(store, 'bob@store.test', 'Subject: three-ends');
    assert.deepEqual(await store.mailbox('full@store.test'), []);
    assert.match(journey, /552 5\.2\.2 .* \(after the whole message/);
    assert.match(journey, /550 5\.1\.1 .* \(at this recipient/);
    const stored = await eventually('the report', async () =>
      (await maildrop(host, ALICE)).find((one) => one.includes('<three-ends@a.test>')),
    );
    const report = await readReport(stored);
    assert.deepEqual(report.defects, []);
    assert.deepEqual(
      report.recipients.map((one) => [one['final-recipient'], one['action'], one['status']]),
      [
        ['rfc822; full@store.test', 'failed', '5.2.2'],
        ['rfc822; nobody@store.test', 'failed', '5.1.1'],
      ],
    );
  });

  await t.test('100 recipients, 100 answers', async () => {
    const octets = letter('to-hundred');
    idIn(await submit(host, lists, octets));
    // Dovecot delivers while it answers, so the last one has it last.
    await arrives(store, lists.at(-1) as string, 'Subject: to-hundred');
    for (const address of lists) assertEndsWith((await store.mailbox(address))[0] as Buffer, withLf(octets));
    await eventually('nothing waits', async () => (await host.cli(['queue', 'list'])).stdout === '');
  });
});
