/** Real programs prove the password to the built program: SCRAM-SHA-256 and -PLUS, sending and fetching; and ours to another of ours. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Conversation, idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, run, scratch, startHost } from '../program.ts';
import type { Ran, RunningHost, Tls } from '../program.ts';
import { maildropCount } from './maildrop.ts';
import { requirePeer } from './peers.ts';

const ALICE = 'alice@a.test';
const LETTER = `From: ${ALICE}\r\nTo: ${ALICE}\r\nSubject: proven\r\n\r\nHello\r\n`;
const SCRAM_PY = fileURLToPath(new URL('scram.py', import.meta.url));
/** -PLUS everywhere, and failed logins of these tests not counted together. */
const TABLES = '[login]\nchannel_binding = ["submission", "pop3"]\n[limits]\nper_address = false\n';

test('msmtp and mpop prove the password with SCRAM-SHA-256', async (t) => {
  const [msmtp, mpop] = [requirePeer(t, 'msmtp'), requirePeer(t, 'mpop')];
  if (msmtp === undefined || mpop === undefined) return;
  const host = await startHost(t, { accounts: [ALICE], tables: TABLES });
  const directory = await scratch(t);
  for (const tls of ['starttls', 'implicit'] as const) {
    await t.test(`msmtp, ${tls}`, async () => {
      const before = await maildropCount(host, ALICE);
      const sent = await send(msmtp, { host, directory, tls, password: PASSWORD });
      assert.equal(sent.code, 0, sent.stdout + sent.stderr);
      assert.match(sent.stdout, /AUTH SCRAM-SHA-256\r?\n[^]*235 2\.7\.0/);
      assert.equal(await maildropCount(host, ALICE), before + 1);
    });
    await t.test(`mpop, ${tls}`, async () => {
      const fetched = await fetch(mpop, { host, directory, tls, password: PASSWORD });
      assert.equal(fetched.code, 0, fetched.stdout + fetched.stderr);
      const names = await readdir(join(directory, 'maildir', 'new'));
      const all = await Promise.all(names.map((name) => readFile(join(directory, 'maildir', 'new', name), 'latin1')));
      assert.ok(all.some((message) => message.includes('Subject: proven')));
    });
  }
  await t.test('with a wrong password neither gets in', async () => {
    const sent = await send(msmtp, { host, directory, tls: 'implicit', password: 'wrong' });
    assert.notEqual(sent.code, 0);
    assert.match(sent.stdout, /535 5\.7\.8/);
    const fetched = await fetch(mpop, { host, directory, tls: 'implicit', password: 'wrong' });
    assert.notEqual(fetched.code, 0);
  });
});

interface Wish {
  readonly host: RunningHost;
  readonly directory: string;
  readonly tls: Tls;
  readonly password: string;
}

async function settings(
  { host, directory, tls, password }: Wish,
  name: string,
  more: readonly string[],
): Promise<string> {
  const file = join(directory, name);
  const lines = [
    `account default\nhost localhost\nuser ${ALICE}\npassword "${password}"\nauth scram-sha-256`,
    `tls on\ntls_starttls ${tls === 'implicit' ? 'off' : 'on'}\ntls_trust_file ${host.certificate}`,
    ...more,
  ];
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

async function send(program: string, wish: Wish): Promise<Ran> {
  const port = wish.host.port('submission', wish.tls);
  const file = await settings(wish, 'msmtprc', [`port ${port}\ndomain client.test\nfrom ${ALICE}`]);
  return run(program, ['--file', file, '--debug', ALICE], { input: LETTER });
}

async function fetch(program: string, wish: Wish): Promise<Ran> {
  const maildir = join(wish.directory, 'maildir');
  for (const name of ['new', 'cur', 'tmp']) await mkdir(join(maildir, name), { recursive: true });
  const more = [`port ${wish.host.port('pop3', wish.tls)}\nkeep on\ndelivery maildir ${maildir}`];
  const file = await settings(wish, 'mpoprc', [...more, `uidls_file ${join(wish.directory, `uidls-${wish.tls}`)}`]);
  return run(program, ['--file', file]);
}

test('[9266-2-exporter] GNU SASL binds its login to the connection with tls-exporter', async (t) => {
  const gsasl = requirePeer(t, 'gsasl');
  if (gsasl === undefined) return;
  const host = await startHost(t, { accounts: [ALICE], tables: TABLES });
  const logIn = (password: string, ...more: readonly string[]): Promise<Ran> => {
    const server = [`--connect=localhost:${host.port('submission')}`, `--x509-ca-file=${host.certificate}`];
    const login = ['--authentication-id', ALICE, '--password', password];
    return run(gsasl, ['--smtp', '--starttls', ...server, ...login, ...more], { input: '\n' });
  };
  const table: readonly (readonly [string, RegExp, RegExp, readonly string[]])[] = [
    [PASSWORD, /^AUTH SCRAM-SHA-256-PLUS$/m, /235 2\.7\.0[^]*server trusted/, []],
    [PASSWORD, /^AUTH SCRAM-SHA-256$/m, /235 2\.7\.0[^]*server trusted/, ['--no-cb', '--mechanism', 'SCRAM-SHA-256']],
    [PASSWORD, /^AUTH SCRAM-SHA-256-PLUS$/m, /235 2\.7\.0[^]*server trusted/, ['--authorization-id', ALICE]],
    [PASSWORD, /^AUTH SCRAM-SHA-256-PLUS$/m, /535 5\.7\.8/, ['--authorization-id', 'bob@a.test']],
    ['wrong', /^AUTH SCRAM-SHA-256-PLUS$/m, /535 5\.7\.8/, []],
  ];
  for (const [password, asked, answered, more] of table) {
    const { stdout, stderr } = await logIn(password, ...more);
    const said = (stdout + stderr).replaceAll('\r', '');
    assert.match(said, asked);
    assert.match(said, answered);
  }
});

interface Told {
  readonly mechanisms: readonly string[];
  readonly salt: string | null;
  readonly iterations: number | null;
  readonly trusted: boolean | null;
  readonly answer: string;
}

type Protocol = 'smtp' | 'pop3';

interface Login {
  readonly protocol: Protocol;
  readonly tls?: Tls;
  readonly user?: string;
  readonly password?: string;
  readonly flag?: 'n' | 'y' | 'p';
  readonly wrong_certificate?: boolean;
}

async function pythonLogsIn(python: string, host: RunningHost, login: Login): Promise<Told> {
  const { protocol, tls = 'implicit' } = login;
  const port = host.port(protocol === 'smtp' ? 'submission' : 'pop3', tls);
  const defaults = { tls, port, certificate: host.certificate, user: ALICE, password: PASSWORD, flag: 'n' };
  const ran = await run(python, [SCRAM_PY, JSON.stringify({ ...defaults, ...login })]);
  assert.equal(ran.code, 0, ran.stderr);
  return JSON.parse(ran.stdout) as Told;
}

const YES: Readonly<Record<Protocol, RegExp>> = { smtp: /^235 2\.7\.0 /, pop3: /^\+OK Logged in/ };
const NO: Readonly<Record<Protocol, RegExp>> = { smtp: /^535 5\.7\.8 /, pop3: /^-ERR \[AUTH\] / };

test('[5802-5-exchange] a client written from the RFC logs in over both protocols, and every trick fails', async (t) => {
  const python = requirePeer(t, 'python3');
  if (python === undefined) return;
  const host = await startHost(t, { accounts: [ALICE], tables: TABLES });
  for (const protocol of ['smtp', 'pop3'] as const) {
    await t.test(protocol, async () => {
      for (const tls of ['implicit', 'starttls'] as const) {
        for (const flag of ['n', 'p'] as const) {
          const told = await pythonLogsIn(python, host, { protocol, tls, flag });
          assert.deepEqual(told.mechanisms, ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'PLAIN', 'LOGIN']);
          assert.match(told.answer, YES[protocol]);
          assert.equal(told.trusted, true);
        }
      }
      const downgraded = await pythonLogsIn(python, host, { protocol, flag: 'y' });
      assert.match(downgraded.answer, NO[protocol]);
      assert.match(downgraded.answer, /SCRAM-SHA-256-PLUS is offered here/);
      const between = await pythonLogsIn(python, host, { protocol, flag: 'p', wrong_certificate: true });
      assert.match(between.answer, NO[protocol]);
      assert.match(between.answer, /another connection/);
      const wrong = await pythonLogsIn(python, host, { protocol, password: 'wrong' });
      assert.match(wrong.answer, NO[protocol]);
      assert.equal(wrong.trusted, null);
    });
  }
});

test('[5802-9-decoy] an unknown name is shown the same salt on every port and after a restart, and gets the same words', async (t) => {
  const python = requirePeer(t, 'python3');
  if (python === undefined) return;
  const host = await startHost(t, { accounts: [ALICE], tables: TABLES });
  const ask = (on: RunningHost, protocol: Protocol, user: string): Promise<Told> =>
    pythonLogsIn(python, on, { protocol, user, password: 'wrong' });
  const smtp = await ask(host, 'smtp', 'nobody@a.test');
  const known = await ask(host, 'smtp', ALICE);
  assert.equal(smtp.answer, known.answer);
  assert.equal(smtp.iterations, known.iterations);
  assert.equal((await ask(host, 'pop3', 'Nobody@A.test')).salt, smtp.salt);
  assert.equal((await ask(host, 'pop3', 'nobody')).salt, smtp.salt);
  assert.notEqual((await ask(host, 'smtp', 'nobody2@a.test')).salt, smtp.salt);
  await host.stop();
  const again = await startHost(t, { state: host.state, tables: TABLES });
  assert.equal((await ask(again, 'pop3', 'nobody@a.test')).salt, smtp.salt);
  assert.equal((await ask(again, 'pop3', ALICE)).salt, known.salt);
});

test('by default -PLUS is offered to those who send, and not to those who fetch', async (t) => {
  const host = await startHost(t, { accounts: [ALICE] });
  const smtp = await Conversation.open(host.port('submission', 'implicit'), { tls: true });
  await smtp.reply();
  assert.match(await smtp.ask('EHLO client.test'), /AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN/);
  smtp.close();
  const pop = await Conversation.open(host.port('pop3', 'implicit'), { tls: true });
  await pop.line();
  await pop.pop('CAPA');
  assert.ok((await pop.multiline()).includes('SASL SCRAM-SHA-256 PLAIN LOGIN'));
  // So a client that could bind its login, and was not offered to, tells the truth.
  assert.match(await pop.pop(`AUTH SCRAM-SHA-256 ${Buffer.from('y,,n=alice,r=abc').toString('base64')}`), /^\+ /);
  pop.close();
});

test('[5802-4-preferred] a route with a login proves its password to the next host, bound to the connection', async (t) => {
  const provider = await startHost(t, { accounts: [ALICE] });
  const directory = await scratch(t);
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  const route = (way: string): string =>
    `[queue]\nretry = ["300ms"]\n[[route]]\ndomain = "*"\nhost = "127.0.0.1"\n${way}\nlogin = { user = "${ALICE}", password_file = "${passwordFile}" }\n`;
  const host = await startHost(t, {
    domains: ['b.test'],
    accounts: ['bob@b.test'],
    tables: route(`port = ${provider.port('submission')}\ntls = "opportunistic"`),
  });
  const login = { user: 'bob@b.test', password: PASSWORD };
  const letter = { from: 'bob@b.test', to: [ALICE], text: 'From: bob@b.test\nSubject: on\n\nHello\n', login };
  const id = idIn(await sendMail(host.port('submission'), letter));
  await eventually('the attempt', async () =>
    /Try 1|Handed on|Given up/.test((await host.cli(['journey', id])).stdout),
  );
  assert.match((await host.cli(['journey', id, '--json'])).stdout, /SCRAM-SHA-256-PLUS/);
});
