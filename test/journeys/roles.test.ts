/** SMTP and POP3 are independent: a host runs either, both, or each in a process of its own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Conversation, fetchMail, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, run, POSTHORN, scratch, startHost } from '../program.ts';

const ALICE = { user: 'alice@a.test', password: PASSWORD };

async function rolesOf(state: string): Promise<readonly string[]> {
  const ready = JSON.parse(await readFile(join(state, 'ready.json'), 'utf8')) as { listeners: { service: string }[] };
  return [...new Set(ready.listeners.map((one) => one.service))].toSorted();
}

test('SMTP in one process, POP3 in another, over the same state directory', async (t) => {
  const smtp = await startHost(t, { accounts: ['alice@a.test'], args: ['--only', 'smtp,submission,queue'] });
  assert.deepEqual(await rolesOf(smtp.state), ['smtp', 'submission']);
  const pop3 = await startHost(t, { state: smtp.state, args: ['--only', 'pop3'] });
  assert.deepEqual(await rolesOf(smtp.state), ['pop3']);
  assert.match(
    await sendMail(smtp.port('smtp'), {
      from: 'x@x.test',
      to: ['alice@a.test'],
      text: 'Subject: two processes\n\nHello\n',
    }),
    /^250/,
  );
  const [message] = await fetchMail(pop3.port('pop3'), { ...ALICE, remove: true });
  assert.match(message ?? '', /two processes/);
  assert.deepEqual(await fetchMail(pop3.port('pop3'), ALICE), []);

  // The holder of a maildrop dies: the lock is free at once.
  const held = await Conversation.open(pop3.port('pop3'));
  await held.line();
  await held.pop(`USER ${ALICE.user}`);
  assert.match(await held.pop(`PASS ${PASSWORD}`), /^\+OK/);
  await assert.rejects(fetchMail(pop3.port('pop3'), ALICE), /\[IN-USE\].* since /);
  await pop3.kill();
  const again = await startHost(t, { state: smtp.state, args: ['--only', 'pop3'] });
  assert.deepEqual(await fetchMail(again.port('pop3'), ALICE), []);
});

test('a relay host without any mailbox takes mail for a backup domain and passes it on', async (t) => {
  const next = await startHost(t, { domains: ['b.test'], accounts: ['bob@b.test'] });
  const relay = await startHost(t, {
    domains: [],
    hostname: 'relay.test',
    top: 'postmaster = "bob@b.test"',
    tables: `[pop3]\nenabled = false\n[submission]\nenabled = false\n[relay]\ndomains = ["b.test"]\n[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${next.port('smtp')}\n`,
  });
  assert.deepEqual(await rolesOf(relay.state), ['smtp', 'web']);
  assert.match(
    await sendMail(relay.port('smtp'), {
      from: 'x@x.test',
      to: ['bob@b.test'],
      text: 'Subject: by way of the backup\n\nHello\n',
    }),
    /^250/,
  );
  assert.match(
    await sendMail(relay.port('smtp'), { from: 'x@x.test', to: ['carol@c.test'], text: '\nno\n' }),
    /^550 5\.7\.1/,
  );
  assert.match(
    await sendMail(relay.port('smtp'), {
      from: 'x@x.test',
      to: ['postmaster'],
      text: 'Subject: to the postmaster\n\nHello\n',
    }),
    /^250/,
  );
  await eventually(
    'bob has both',
    async () => (await fetchMail(next.port('pop3'), { user: 'bob@b.test', password: PASSWORD })).length === 2,
  );
});

test('a relay host without a postmaster says what is missing and does not start', async (t) => {
  const state = await scratch(t);
  const config = join(state, 'config.toml');
  await run('sh', ['-c', `printf 'hostname = "relay.test"\\n[smtp]\\nlisten = ["127.0.0.1:0"]\\n' > ${config}`]);
  const started = await run(POSTHORN, ['serve', '--config', config, '--state', state, '--only', 'smtp,queue']);
  assert.notEqual(started.code, 0);
  assert.match(started.stderr, /nobody would read what is sent to its postmaster\. Set postmaster = /);
});

test('a POP-only host hands out what is there', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test'], args: ['--only', 'pop3'] });
  assert.deepEqual(await rolesOf(host.state), ['pop3']);
  assert.deepEqual(await fetchMail(host.port('pop3', 'implicit'), { ...ALICE, tls: true }), []);
});

test('a queue of its own carries out what another process took in', async (t) => {
  const b = await startHost(t, { domains: ['b.test'], accounts: ['bob@b.test'] });
  const tables = `[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${b.port('smtp')}\n`;
  const front = await startHost(t, { accounts: ['alice@a.test'], tables, args: ['--only', 'submission'] });
  assert.match(
    await sendMail(front.port('submission'), {
      login: ALICE,
      from: 'alice@a.test',
      to: ['bob@b.test'],
      text: 'Subject: s\n\nHello\n',
    }),
    /^250/,
  );
  assert.deepEqual(await fetchMail(b.port('pop3'), { user: 'bob@b.test', password: PASSWORD }), []);
  await startHost(t, { state: front.state, tables, args: ['--only', 'queue'] });
  await eventually(
    'bob has it',
    async () => (await fetchMail(b.port('pop3'), { user: 'bob@b.test', password: PASSWORD })).length === 1,
  );
});

test('a runner that dies while sending is followed at once by the one that waits', async (t) => {
  let connections = 0;
  // A next server that never says a word: the attempt stays under way.
  const silent = createServer(() => {
    connections++;
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const tables = `[queue]\nretry = ["200ms"]\n[[route]]\ndomain = "b.test"\nhost = "127.0.0.1"\nport = ${port}\n`;
  const first = await startHost(t, { accounts: ['alice@a.test'], tables, args: ['--only', 'submission,queue'] });
  await startHost(t, { state: first.state, tables, args: ['--only', 'queue'] });
  const mail = { from: 'alice@a.test', to: ['bob@b.test'], text: 'Subject: s\n\nHello\n' };
  assert.match(await sendMail(first.port('submission'), { login: ALICE, ...mail }), /^250/);
  await eventually('the first is sending', () => Promise.resolve(connections === 1));
  await first.kill();
  await eventually('the second is sending', () => Promise.resolve(connections === 2), 5_000);
});
