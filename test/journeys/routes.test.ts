/** Each sender through a provider of its own, and a store behind LMTP: the built program at all ends. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fetchMail, idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, scratch, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const ALICE = 'alice@a.test';
const BOB = 'bob@a.test';
const CAROL = 'carol@friends.test';

/** A provider: it has customers who may send as anybody in a.test, and carol reads her mail there. */
async function provider(t: TestContext, customer: string, tables = ''): Promise<RunningHost> {
  const own = customer.split('@')[1] as string;
  const domains = ['friends.test', 'store.test', own];
  // Names of their own also for the certificates: two authorities of one name are one to OpenSSL.
  const host = await startHost(t, {
    hostname: `mx.${own}`,
    domains,
    tables,
    accounts: [customer, CAROL, 'dora@store.test'],
  });
  assert.equal((await host.cli(['account', 'grant', customer, '--send-as', '*@a.test'])).code, 0);
  return host;
}

function submit(host: RunningHost, from: string, to: readonly string[], subject: string): Promise<string> {
  const text = `From: ${from}\r\nTo: ${to.join(', ')}\r\nSubject: ${subject}\r\n\r\nHello\r\n`;
  return sendMail(host.port('submission'), { login: { user: from, password: PASSWORD }, from, to, text });
}

function mailOf(host: RunningHost, user: string): Promise<readonly string[]> {
  return fetchMail(host.port('pop3'), { user, password: PASSWORD });
}

function arrives(host: RunningHost, user: string, sign: string): Promise<string> {
  return eventually(`${sign} for ${user}`, async () => (await mailOf(host, user)).find((one) => one.includes(sign)));
}

test('senders have their own providers, a domain has its store', async (t) => {
  const one = await provider(t, 'us@one.test', '[lmtp]\nlisten = ["127.0.0.1:0"]');
  const two = await provider(t, 'we@two.test');
  const home = await scratch(t);
  const trusted = join(home, 'ca.pem');
  await writeFile(trusted, (await readFile(one.certificate, 'utf8')) + (await readFile(two.certificate, 'utf8')));
  const password = join(home, 'password');
  await writeFile(password, `${PASSWORD}\n`, { mode: 0o600 });
  const host = await startHost(t, {
    accounts: [ALICE, BOB],
    env: { NODE_EXTRA_CA_CERTS: trusted },
    tables: [
      '[queue]\nretry = ["1h"]',
      `[[route]]\nsender = "${ALICE}"\nhost = "localhost"\nport = ${one.port('submission', 'implicit')}`,
      `tls = "implicit"\nlogin = { user = "us@one.test", password_file = "${password}" }`,
      `[[route]]\nsender = "@a.test"\nhost = "localhost"\nport = ${two.port('submission')}`,
      `tls = "required"\nlogin = { user = "we@two.test", password_file = "${password}" }`,
      `[[route]]\ndomain = "store.test"\nhost = "127.0.0.1"\nport = ${one.port('lmtp')}\nprotocol = "lmtp"\n`,
    ].join('\n'),
  });

  await t.test('each goes through its own, with TLS proven and its login', async () => {
    const id = idIn(await submit(host, ALICE, [CAROL], 'from alice'));
    idIn(await submit(host, BOB, [CAROL], 'from bob'));
    assert.match(await arrives(one, CAROL, 'from alice'), /by mx\.one\.test with ESMTPSA /);
    await arrives(two, CAROL, 'from bob');
    assert.ok((await mailOf(one, CAROL)).every((message) => !message.includes('from bob')));
    const journey = await eventually('the end', async () => {
      const { stdout } = await host.cli(['journey', id]);
      return stdout.includes('Handed on to') ? stdout : undefined;
    });
    assert.match(
      journey,
      /localhost .* was the server, encrypted .*, its name proven, we logged in as us@one\.test \(.*\), by the route from alice@a\.test to everywhere/,
    );
  });

  await t.test('the store answers for each recipient: one has it, the other one comes back', async () => {
    const id = idIn(await submit(host, ALICE, ['dora@store.test', 'nobody@store.test'], 'into the store'));
    assert.match(await arrives(one, 'dora@store.test', 'into the store'), /by mx\.one\.test with LMTP/);
    const report = await arrives(host, ALICE, 'Final-Recipient: rfc822; nobody@store.test');
    assert.match(report, /Diagnostic-Code: smtp; 550 5\.1\.1/);
    const { stdout } = await host.cli(['journey', id]);
    assert.match(stdout, /by the route to store\.test; it answered 250/);
  });

  await t.test('a password that has changed: the mail waits and says why, and goes when it is mended', async () => {
    await writeFile(password, 'yesterday\n');
    assert.equal((await host.reload()).code, 0);
    const id = idIn(await submit(host, BOB, [CAROL], 'late'));
    await eventually('why it waits', async () => /535 5\.7\.8/.test((await host.cli(['queue', 'list'])).stdout));
    assert.match(
      host.output(),
      /"from @a\.test to everywhere".*Mail waits: the login failed at the next server of a route/,
    );
    assert.ok(!host.output().includes('yesterday'));
    await writeFile(password, `${PASSWORD}\n`);
    assert.equal((await host.reload()).code, 0);
    assert.equal((await host.cli(['queue', 'retry', id])).code, 0);
    await arrives(two, CAROL, 'Subject: late');
  });
});
