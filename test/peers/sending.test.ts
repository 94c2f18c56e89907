/** Real mail programs send through the built program: with a login on both submission ports, without one on the port for other servers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { unfitMessages, withLf } from './corpus.ts';
import { assertStored, maildrop } from './maildrop.ts';
import { requirePeer } from './peers.ts';
import { FROM, SENDERS, TO } from './senders.ts';
import type { Sender, Sending } from './senders.ts';

const TLS = ['starttls', 'implicit'] as const;
/** `undefined`: the program takes what it likes best of what is offered. */
const MECHANISMS = ['PLAIN', 'LOGIN', undefined] as const;

function letter(subject: string): Buffer {
  const lines = [
    'From: Alice <alice@a.test>',
    `To: <${TO}>`,
    `Subject: ${subject}`,
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    `Message-ID: <${subject}@client.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '.one dot',
    '..two',
    '.',
    'Grüße, 8-bit',
    '',
    'the end',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** The path of its program; undefined when the test was skipped. */
function programOf(t: TestContext, sender: Sender): string | undefined {
  const paths = sender.needs.map((peer) => requirePeer(t, peer));
  return paths.every((path) => path !== undefined) ? paths[0] : undefined;
}

async function lastMessage(host: RunningHost): Promise<Buffer | undefined> {
  return (await maildrop(host, TO)).at(-1);
}

/** Sends and looks into the mailbox; gives what the program has put in front. */
async function sendAndFind(program: string, sender: Sender, sending: Sending): Promise<string> {
  const ran = await sender.send(program, sending);
  assert.equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`);
  const stored = await lastMessage(sending.host);
  if (sender.sent !== undefined) return assertStored(stored, sender.sent(sending.message), sender.name);
  const text = stored?.toString('latin1') ?? '';
  assert.ok(text.includes(bodyOf(sending.message)), text);
  return text;
}

function bodyOf(message: Buffer): string {
  const text = message.toString('latin1');
  return text.slice(text.indexOf('\r\n\r\n'));
}

test('mail programs send', async (t) => {
  const host = await startHost(t, { accounts: [FROM, TO] });

  for (const sender of SENDERS) {
    for (const tls of TLS) {
      for (const mechanism of MECHANISMS) {
        await t.test(`${sender.name}: TLS ${tls}, AUTH ${mechanism ?? 'of its own choice'}`, async (t) => {
          const program = programOf(t, sender);
          if (program === undefined) return;
          const message = letter(`${sender.name.replace(' ', '-')}-${tls}-${mechanism ?? 'any'}`);
          const login = mechanism === undefined ? { tls } : { tls, mechanism };
          const sending = { host, directory: await scratch(t), message, login };
          const prefix = await sendAndFind(program, sender, sending);
          assert.match(prefix, /^Return-Path: <alice@a\.test>\r\nDelivered-To: bob@a\.test\r\n/);
          const id = /by mx\.a\.test with ESMTPSA id (\w+)/.exec(prefix)?.[1] ?? '';
          assert.notEqual(id, '', prefix);
          if (mechanism !== undefined) return;
          const { stdout } = await host.cli(['journey', id]);
          assert.match(stdout, new RegExp(`logged in as alice@a\\.test \\((?:${sender.chooses})\\)`));
        });
      }
    }
  }

  for (const sender of SENDERS) {
    // Mutt writes letters of its owner: it is shown with a login only.
    if (sender.name === 'mutt') continue;
    await t.test(`${sender.name}: without a login, to the port for other servers`, async (t) => {
      const program = programOf(t, sender);
      if (program === undefined) return;
      const message = letter(`${sender.name.replace(' ', '-')}-mx`);
      const prefix = await sendAndFind(program, sender, { host, directory: await scratch(t), message });
      assert.match(prefix, /\r\nReceived: from client\.test \(\[127\.0\.0\.1\]\)\r\n/);
      assert.match(prefix, /by mx\.a\.test with ESMTPS id /);
    });
  }

  await t.test(
    'what is no Internet message is refused with 554 5.6.0: a NUL, a lone CR, lines that end in LF',
    async (t) => {
      const curl = SENDERS.find(({ name }) => name === 'curl') as Sender;
      const program = programOf(t, curl);
      if (program === undefined) return;
      const before = await lastMessage(host);
      const messages = [...unfitMessages(), { name: 'LF', octets: withLf(letter('lf')) }];
      for (const { name, octets } of messages) {
        const ran = await curl.send(program, { host, directory: await scratch(t), message: octets });
        assert.notEqual(ran.code, 0, name);
        assert.match(ran.stderr, /< 554 5\.6\.0 /, name);
      }
      assert.deepEqual(await lastMessage(host), before);
    },
  );
});

test('a wrong password is refused with 535, whatever the program and the mechanism', async (t) => {
  const host = await startHost(t, { accounts: [FROM, TO], tables: '[limits]\nper_address = false\n' });
  for (const sender of SENDERS) {
    for (const mechanism of MECHANISMS) {
      await t.test(`${sender.name}: AUTH ${mechanism ?? 'of its own choice'}`, async (t) => {
        const program = programOf(t, sender);
        if (program === undefined) return;
        const wrong = { tls: 'starttls', password: 'not the password' } as const;
        const login = mechanism === undefined ? wrong : { ...wrong, mechanism };
        const ran = await sender.send(program, { host, directory: await scratch(t), message: letter('no'), login });
        assert.notEqual(ran.code, 0);
        // Mutt tells its user in its own words only.
        const refusal = sender.name === 'mutt' ? /authentication failed/ : /535[ -]5\.7\.8/;
        assert.match(`${ran.stdout}${ran.stderr}`, refusal);
      });
    }
  }
  assert.deepEqual(await maildrop(host, TO), []);
});
