/** The commands, beside a running server and without one. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fetchMail, idIn, sendMail } from '../conversation.ts';
import { configuration, eventually, PASSWORD, POSTHORN, run, scratch, startHost } from '../program.ts';

const ALICE = { user: 'alice@a.test', password: PASSWORD };

function json(text: string): unknown {
  return JSON.parse(text);
}

test('domains, accounts and aliases change beside the running server within a blink', async (t) => {
  const host = await startHost(t);
  const to = (address: string): Promise<string> =>
    sendMail(host.port('smtp'), { from: 'x@x.test', to: [address], text: 'Subject: s\n\nHello\n' });
  assert.match(await to('carol@c.test'), /^550 5\.7\.1/);
  assert.equal((await host.cli(['domain', 'add', 'C.test'])).code, 0);
  await eventually('the domain is ours', async () => (await to('carol@c.test')).startsWith('550 5.1.1'));
  assert.equal(
    (await host.cli(['account', 'add', 'carol@c.test', '--password-stdin'], { input: `${PASSWORD}\n` })).code,
    0,
  );
  assert.match(await to('carol@c.test'), /^250/);
  assert.equal((await host.cli(['alias', 'add', 'info@c.test', 'carol@c.test'])).code, 0);
  assert.match(await to('info@c.test'), /^250/);
  assert.equal((await fetchMail(host.port('pop3'), { user: 'carol@c.test', password: PASSWORD })).length, 2);

  assert.equal(
    (await host.cli(['account', 'password', 'carol@c.test', '--password-stdin'], { input: 'another one' })).code,
    0,
  );
  await assert.rejects(fetchMail(host.port('pop3'), { user: 'carol@c.test', password: PASSWORD }), /\[AUTH\]/);
  assert.equal((await fetchMail(host.port('pop3'), { user: 'carol@c.test', password: 'another one' })).length, 2);

  assert.deepEqual(json((await host.cli(['alias', 'list', '--json'])).stdout), [
    { address: 'info@c.test', targets: ['carol@c.test'] },
  ]);
  assert.deepEqual(json((await host.cli(['domain', 'list', '--json'])).stdout), [
    { name: 'a.test', from: 'file' },
    { name: 'c.test', from: 'store' },
  ]);
  const shown = json((await host.cli(['account', 'show', 'carol@c.test', '--json'])).stdout) as Record<string, unknown>;
  assert.equal(shown['usedMessages'], 2);

  assert.equal((await host.cli(['account', 'remove', 'carol@c.test'])).code, 0);
  await eventually('carol is gone', async () => (await to('carol@c.test')).startsWith('550 5.1.1'));
  const inUse = await host.cli(['domain', 'remove', 'c.test']);
  assert.equal(inUse.code, 1);
  assert.match(inUse.stderr, /still has accounts or aliases/);
});

test('a domain that stands in the file is refused with its line', async (t) => {
  const host = await startHost(t);
  const removed = await host.cli(['domain', 'remove', 'a.test']);
  assert.equal(removed.code, 1);
  assert.match(removed.stderr, /a\.test stands in .*config\.toml, line 2\. Take it out there/);
});

test('a weak password warns and is taken; an account may be made before anything else is there', async (t) => {
  const state = join(await scratch(t), 'not', 'there', 'yet');
  const none = await run(POSTHORN, ['account', 'list', '--state', state]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /There is no mail host in .* yet/);
  assert.equal((await run(POSTHORN, ['domain', 'add', 'a.test', '--state', state])).code, 0);
  const added = await run(POSTHORN, ['account', 'add', 'alice@a.test', '--password-stdin', '--state', state], {
    input: 'abc',
  });
  assert.equal(added.code, 0, added.stderr);
  assert.match(added.stderr, /This password is weak/);

  const addresses = async (...args: string[]): Promise<readonly string[]> => {
    const listed = await run(POSTHORN, ['account', 'list', '--json', '--state', state, ...args]);
    return (json(listed.stdout) as readonly { readonly address: string }[]).map((one) => one.address);
  };
  const quoted = ['account', 'add', '"b ob"@a.test', '--password-stdin', '--state', state];
  assert.equal((await run(POSTHORN, quoted, { input: 'abc' })).code, 0);
  assert.equal((await run(POSTHORN, ['account', 'remove', 'alice@a.test', '--state', state])).code, 0);
  assert.deepEqual(await addresses(), ['"b ob"@a.test']);
  assert.deepEqual(await addresses('--closed', '--domain', 'A.TEST'), ['alice@a.test']);
});

test("the queue in the keeper's hand: list, hold, release, retry, fail with a bounce, drop without", async (t) => {
  const host = await startHost(t, {
    accounts: ['alice@a.test'],
    tables: '[queue]\nretry = ["1h"]\n[[route]]\ndomain = "*"\nhost = "127.0.0.1"\nport = 1\n',
  });
  const send = async (to: string): Promise<string> =>
    idIn(
      await sendMail(host.port('submission'), {
        login: ALICE,
        from: 'alice@a.test',
        to: [to],
        text: 'Subject: s\n\nHello\n',
      }),
    );
  const first = await send('bob@b.test');
  const second = await send('carol@c.test');
  interface Entry {
    readonly message: string;
    readonly delivery: { readonly state: string; readonly attempts: number };
  }
  const list = async (...filter: string[]): Promise<Entry[]> =>
    json((await host.cli(['queue', 'list', '--json', ...filter])).stdout) as Entry[];
  await eventually(
    'both were tried',
    async () =>
      (await list()).filter((one) => one.delivery.state === 'waiting' && one.delivery.attempts === 1).length === 2,
  );
  assert.deepEqual(
    (await list('--domain', 'c.test')).map((one) => one.message),
    [second],
  );
  assert.deepEqual(await list('--sender', '@other.test'), []);
  assert.deepEqual(await list('--older-than', '1h'), []);
  assert.match((await host.cli(['queue', 'list', '--reason', 'greylistet'])).stderr, /^Nothing in the queue fits/);

  assert.match((await host.cli(['queue', 'hold', first])).stdout, /is held/);
  assert.equal((await list('--domain', 'b.test'))[0]?.delivery.state, 'held');
  assert.match((await host.cli(['queue', 'release', first])).stdout, /is released/);
  await eventually(
    'released and tried again',
    async () => ((await list('--domain', 'b.test'))[0]?.delivery.attempts ?? 0) >= 2,
  );
  await host.cli(['queue', 'retry', '--domain', 'b.test']);
  await eventually('tried again', async () => ((await list('--domain', 'b.test'))[0]?.delivery.attempts ?? 0) >= 3);
  const shown = await host.cli(['queue', 'show', first]);
  assert.equal((await host.cli(['queue', 'show', `${first}/1`])).stdout, shown.stdout);
  assert.equal((await host.cli(['queue', 'show', `${first}/2`])).code, 1);
  assert.match(shown.stdout, /try 3 [^\n]*\n[^\n]*refuses connections/);

  const failed = await host.cli(['queue', 'fail', first]);
  assert.match(failed.stdout, /its sender gets the bounce/);
  const [bounce] = await fetchMail(host.port('pop3'), { ...ALICE, remove: true });
  assert.match(bounce ?? '', /Final-Recipient: rfc822; ?bob@b\.test/);
  const dropped = await host.cli(['queue', 'drop', second]);
  assert.match(dropped.stdout, /is dropped; its sender is not told/);
  assert.deepEqual(await fetchMail(host.port('pop3'), ALICE), []);
  assert.deepEqual(await list(), []);
  assert.match((await host.cli(['journey', second])).stdout, /The keeper of this server dropped it/);

  // And while no server runs.
  const third = await send('dora@d.test');
  await host.stop();
  assert.match((await host.cli(['queue', 'fail', third])).stdout, /its sender gets the bounce/);
  const again = await startHost(t, { state: host.state });
  assert.equal((await fetchMail(again.port('pop3'), ALICE)).length, 1);
});

test('relay explain gives the answer of the wire, with its rule', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test'] });
  interface Explained {
    readonly accepted: boolean;
    readonly rule: string;
    readonly reply: { readonly code: number; readonly enhanced: string; readonly text: string };
  }
  const explain = async (...args: string[]): Promise<Explained> =>
    json((await host.cli(['relay', 'explain', '--json', '--ip', '127.0.0.1', ...args])).stdout) as Explained;
  const cases = [
    { from: 'x@x.test', to: 'alice@a.test', accepted: true, rule: 'account' },
    { from: 'x@x.test', to: 'nobody@a.test', accepted: false, rule: 'unknown-user' },
    { from: 'x@x.test', to: 'bob@b.test', accepted: false, rule: 'relay-denied' },
    { from: '', to: 'x%b.test@a.test', accepted: false, rule: 'relay-trick' },
  ];
  for (const { from, to, accepted, rule } of cases) {
    const explained = await explain('--from', from === '' ? '<>' : from, '--to', to);
    assert.deepEqual([explained.accepted, explained.rule], [accepted, rule], to);
    const wire = await sendMail(host.port('smtp'), { from, to: [to], text: '\nx\n' });
    if (accepted) assert.match(wire, /^250/);
    else assert.equal(wire, `${explained.reply.code} ${explained.reply.enhanced} ${explained.reply.text}`);
  }
  const submitted = await explain(
    '--service',
    'submission',
    '--tls',
    '--login',
    'alice@a.test',
    '--from',
    'alice@a.test',
    '--to',
    'bob@b.test',
  );
  assert.deepEqual([submitted.accepted, submitted.rule], [true, 'relay-login']);
  // A bare name is a login as on the wire; with a login and no service named it is the door that has logins.
  const bare = await explain('--login', 'alice', '--from', 'alice@a.test', '--to', 'bob@b.test');
  assert.deepEqual([bare.accepted, bare.rule], [true, 'relay-login']);
  const nobody = await explain('--login', 'ghost', '--from', 'alice@a.test', '--to', 'bob@b.test');
  assert.deepEqual([nobody.accepted, nobody.rule], [false, 'login-required']);
  const port25 = ['--service', 'smtp', '--login', 'alice', '--from', 'alice@a.test', '--to', 'bob@b.test'];
  assert.equal((await explain(...port25)).rule, 'relay-denied');
});

test('reload takes what it can, names what needs a restart, and keeps the old file when the new one is wrong', async (t) => {
  const host = await startHost(t);
  const good = await readFile(host.config, 'utf8');
  await writeFile(
    host.config,
    good
      .replace('domains = ["a.test"]', 'domains = ["a.test", "new.test"]')
      .replace('[pop3]', '[pop3]\nenabled = false'),
  );
  const reloaded = await host.reload();
  assert.equal(reloaded.code, 0, reloaded.stderr);
  assert.match(reloaded.stdout, /in force now: .*domains/);
  assert.match(reloaded.stdout, /needs a restart: .*pop3/);
  assert.match(
    await sendMail(host.port('smtp'), { from: 'x@x.test', to: ['x@new.test'], text: '\nx\n' }),
    /^550 5\.1\.1/,
  );

  await writeFile(host.config, `${good}\nnonsense = true\n`);
  const refused = await host.reload();
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /nonsense/);
  process.kill(host.pid, 'SIGHUP');
  await eventually('the server says why', () => Promise.resolve(/old one stays in force/.test(host.output())));
  assert.match(
    await sendMail(host.port('smtp'), { from: 'x@x.test', to: ['x@new.test'], text: '\nx\n' }),
    /^550 5\.1\.1/,
  );
});

test('an open relay says so loudly at each start, at a reload, and at each status', async (t) => {
  const host = await startHost(t, {
    tables: '[relay]\nopen = true\n[[route]]\ndomain = "*"\nhost = "127.0.0.1"\nport = 1\n',
  });
  await eventually('the warning', () => Promise.resolve(host.output().includes('OPEN RELAY')));
  assert.match(await sendMail(host.port('smtp'), { from: 'x@x.test', to: ['y@y.test'], text: '\nx\n' }), /^250/);
  const status = await host.cli(['status']);
  assert.match(status.stdout, /\nTo be handed on: 1 delivery, .+\.\nOpen relay: YES/);
  assert.match(status.stderr, /^OPEN RELAY: /);

  const open = await readFile(host.config, 'utf8');
  await writeFile(host.config, open.replace('open = true', 'open = false'));
  assert.match((await host.cli(['status'])).stdout, /Open relay: YES/, 'the server has not read the file again yet');
  assert.equal((await host.reload()).code, 0);
  assert.match((await host.cli(['status'])).stdout, /Open relay: no/);
  const said = host.output().split('OPEN RELAY').length;
  await writeFile(host.config, open);
  assert.equal((await host.reload()).code, 0);
  await eventually('the warning', () => Promise.resolve(host.output().split('OPEN RELAY').length > said));
});

test('status says what runs, which doors are open, and what waits; also where nothing runs', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test', 'bob@a.test'] });
  const { stdout, code } = await host.cli(['status']);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^A server runs since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(pid \d+: smtp, submission, pop3, web, queue, collect\)/,
  );
  assert.match(stdout, new RegExp(`127\\.0\\.0\\.1:${host.port('smtp')} +mail from other servers`));
  assert.match(stdout, /1 domain, 2 accounts\.\nNothing waits to be handed on\.\nOpen relay: no\./);
  const told = json((await host.cli(['status', '--json'])).stdout) as Record<string, unknown>;
  assert.deepEqual([told['openRelay'], told['warnings'], told['accounts']], [false, [], 2]);
  await host.stop();
  const after = await host.cli(['status']);
  assert.match(after.stdout, /^No server runs on .*"posthorn serve" starts one/);
});

test('a postmaster whom nobody has is said at the start; the first account reads that mail', async (t) => {
  const host = await startHost(t, { accounts: ['alice@a.test'], top: 'postmaster = "ghost@a.test"' });
  await eventually('the warning', () => Promise.resolve(/ghost@a\.test is named .* nobody/.test(host.output())));
  const mail = { from: 'x@x.test', to: ['postmaster'], text: 'Subject: s\n\nHello\n' };
  assert.match(await sendMail(host.port('smtp'), mail), /^250/);
  assert.equal((await fetchMail(host.port('pop3'), ALICE)).length, 1);
});

test('a wrong command line or configuration ends with 2 and a sentence', async (t) => {
  const state = await scratch(t);
  const config = join(state, 'config.toml');
  await writeFile(config, configuration({ tables: '[smpt]\nlisten = []\n' }));
  const wrong = await run(POSTHORN, ['serve', '--config', config, '--state', state]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /smpt/);
  assert.match(wrong.stderr, /smtp/);
  assert.equal((await run(POSTHORN, ['serve', '--only', 'imap', '--state', state])).code, 2);
  assert.equal((await run(POSTHORN, ['nonsense'])).code, 2);
  assert.equal((await run(POSTHORN, ['--help'])).code, 0);
  assert.match((await run(POSTHORN, ['version'])).stdout, /^posthorn \d+\.\d+\.\d+ on Node 2\d/);
});
