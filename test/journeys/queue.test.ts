/** The queue in the hands of its keeper and of those who send: counted by reason, taken back, told once that an address does not exist. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fetchMail, idIn, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';

const ALICE = { user: 'alice@a.test', password: PASSWORD };

const route = (port: number): string =>
  `[queue]\nretry = ["1h"]\n[[route]]\ndomain = "*"\nhost = "127.0.0.1"\nport = ${port}\n`;

/** What alice is answered when she sends to these. */
function send(host: RunningHost, ...to: readonly string[]): Promise<string> {
  const text = 'Subject: s\n\nHello\n';
  return sendMail(host.port('submission'), { login: ALICE, from: 'alice@a.test', to, text });
}

/** Nobody listens where its mail would go. */
async function stuck(t: TestContext): Promise<RunningHost> {
  return startHost(t, { accounts: ['alice@a.test', 'carol@a.test'], tables: route(1) });
}

async function tried(host: RunningHost, message: string): Promise<void> {
  await eventually('it was tried', async () =>
    /waiting .* refuses connections/.test((await host.cli(['queue', 'show', message])).stdout.replaceAll('\n', ' ')),
  );
}

test('the list counts by reason, then shows the deliveries; a reason or a state is a filter', async (t) => {
  const host = await stuck(t);
  const first = idIn(await send(host, 'bob@b.test'));
  const second = idIn(await send(host, 'dora@d.test'));
  await tried(host, first);
  await tried(host, second);
  await host.cli(['queue', 'hold', second]);
  const listed = (await host.cli(['queue', 'list'])).stdout;
  assert.match(listed, /^COUNT {2}REASON +IN WORDS +OLDEST +NEXT TRY\n/);
  assert.match(listed, /^ +1 {2}no-route {2}no answer from the next server +\d+ s +\d{4}-/m);
  assert.match(listed, /^ +1 {2}held +held by the keeper +\d+ s +-$/m);
  assert.match(listed, new RegExp(`^${first}/1 +waiting +alice@a\\.test +bob@b\\.test`, 'm'));
  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await host.cli(['queue', 'list', '--json', ...args])).stdout);
  const idsOf = async (...args: readonly string[]): Promise<readonly string[]> =>
    ((await json(...args)) as { readonly message: string }[]).map(({ message }) => message);
  assert.deepEqual(await idsOf('--reason', 'no-route'), [first]);
  assert.deepEqual(await idsOf('--reason', 'held'), [second]);
  assert.deepEqual(await idsOf('--in-state', 'held'), [second]);
  assert.deepEqual(await idsOf('--limit', '1'), [first]);
  const summary = (await json('--summary')) as { readonly id: string; readonly count: number }[];
  assert.deepEqual(
    summary.map(({ id, count }) => [id, count]),
    [
      ['held', 1],
      ['no-route', 1],
    ],
  );
  const short = await host.cli(['queue', 'list', '--limit', '1']);
  assert.match(short.stderr, /1 of 2 are shown/);
  assert.equal((await host.cli(['queue', 'list', '--in-state', 'lost'])).code, 2);
  assert.match(
    (await host.cli(['queue', 'retry', '--reason', 'no-route'])).stdout,
    new RegExp(`^${first}/1 is tried again`),
  );
});

test('a message taken back: what has not left stops, what lies in a mailbox has left, and nobody gets a bounce', async (t) => {
  const host = await stuck(t);
  const id = idIn(await send(host, 'carol@a.test', 'bob@b.test'));
  await tried(host, id);
  const other = await host.cli(['queue', 'take-back', id, '--account', 'carol@a.test']);
  assert.match(other.stderr, /carol@a\.test did not send the message/);
  const answer = await host.cli(['queue', 'take-back', id, '--account', 'alice@a.test']);
  assert.equal(answer.code, 0, answer.stderr);
  assert.match(answer.stdout, /^carol@a\.test +has left on .*, to a mailbox here$/m);
  assert.match(answer.stdout, /^bob@b\.test +stopped: it did not leave, and will not$/m);
  assert.equal((await host.cli(['queue', 'list'])).stdout, '');
  assert.deepEqual(await fetchMail(host.port('pop3'), ALICE), []);
  const story = (await host.cli(['journey', id])).stdout;
  assert.match(story, /The keeper of this server took the message back: it had not left, and stays here/);
  assert.match(story, /Taken back on .*: it did not leave/);
  assert.equal((await host.cli(['queue', 'take-back', `${id}/1`])).code, 1, 'too late for all it names');
  assert.match(
    (await host.cli(['queue', 'take-back', 'nothing'])).stderr,
    /Nothing is known here of a message nothing/,
  );
});

/** A server that takes everything and never answers the end of a message; `rest` resolves when one has come. */
async function silentServer(t: TestContext): Promise<{ readonly port: number; readonly rest: Promise<void> }> {
  let arrived: () => void = () => undefined;
  const rest = new Promise<void>((resolve) => (arrived = resolve));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('220 silent.test\r\n');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.endsWith('\r\n.\r\n')) arrived();
      else if (text.endsWith('\r\nDATA\r\n')) socket.write('354 go on\r\n');
      // No PIPELINING is offered, so each line is answered before the next comes.
      else if (!text.includes('\r\nDATA\r\n')) socket.write('250 ok\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, rest };
}

test('taken back while it is being sent, and the process killed: it goes no further, and nobody claims to know whether it left', async (t) => {
  const server = await silentServer(t);
  const host = await startHost(t, { accounts: ['alice@a.test'], tables: route(server.port) });
  const id = idIn(await send(host, 'bob@b.test'));
  await server.rest;
  const asked = await host.cli(['queue', 'take-back', id]);
  assert.match(asked.stdout, /^bob@b\.test +is leaving just now: unless this try hands it on it stops/m);
  assert.match((await host.cli(['queue', 'show', id])).stdout, /It was taken back on .*, while it was being sent/);
  await host.kill();
  const answer = await host.cli(['queue', 'take-back', id]);
  assert.match(answer.stdout, /^bob@b\.test +goes no further; whether an earlier try handed it on, nobody knows$/m);
  const again = await startHost(t, { state: host.state });
  assert.equal((await again.cli(['queue', 'list'])).stdout, '');
  assert.match(
    (await again.cli(['journey', id])).stdout,
    /Taken back on .*; whether it had left by then, nobody knows/,
  );
  assert.deepEqual(await fetchMail(again.port('pop3'), ALICE), []);
});

test('an address that does not exist: the second time it is said at once, with what was answered; sent once more it goes', async (t) => {
  const b = await startHost(t, { domains: ['b.test'], accounts: ['bob@b.test'] });
  const a = await startHost(t, { accounts: ['alice@a.test'], tables: route(b.port('smtp')) });
  const id = idIn(await send(a, 'bbo@b.test'));
  await eventually(
    'the bounce',
    async () => (await fetchMail(a.port('pop3'), { ...ALICE, remove: true })).length === 1,
  );
  assert.match(
    (await a.cli(['journey', id])).stdout,
    /bbo@b\.test is remembered as an address that does not exist, until/,
  );
  const explained = await a.cli([
    'relay',
    'explain',
    '--ip',
    '127.0.0.1',
    '--login',
    'alice@a.test',
    '--from',
    'alice@a.test',
    '--to',
    'bbo@b.test',
  ]);
  const refused = await send(a, 'bbo@b.test');
  assert.match(refused, /^550[- ]5\.1\.1 When mail was last sent to bbo@b\.test, 127\.0\.0\.1 answered on \d{4}-/);
  assert.match(explained.stdout, /Refused at RCPT TO: 550 5\.1\.1 When mail was last sent to bbo@b\.test/);
  assert.match(explained.stdout, /Rule suppressed/);
  assert.match(await send(a, 'bob@b.test'), /^250/);

  // Somebody gets the name; alice is sure, and the answer is forgotten.
  await b.cli(['account', 'add', 'bbo@b.test', '--password-stdin'], { input: `${PASSWORD}\n` });
  assert.match(await send(a, 'bbo@b.test'), /^250/);
  const bbo = { user: 'bbo@b.test', password: PASSWORD };
  await eventually('it arrives', async () => (await fetchMail(b.port('pop3'), bbo)).length === 1);
  const suppressed = async (): Promise<unknown> =>
    JSON.parse((await a.cli(['queue', 'suppressed', 'list', '--json'])).stdout);
  await eventually('the answer is forgotten', async () => ((await suppressed()) as unknown[]).length === 0);
});

test("the keeper's own list: mail to an address is stopped, for one or for everybody, until it is removed", async (t) => {
  const host = await stuck(t);
  assert.equal((await host.cli(['queue', 'suppressed', 'add', 'Bob@b.test'])).code, 0);
  assert.equal(
    (await host.cli(['queue', 'suppressed', 'add', 'dora@d.test', '--account', 'carol@a.test', '--for', '1d'])).code,
    0,
  );
  assert.match(await send(host, 'bob@b.test'), /^550[- ]5\.7\.1 Mail to bob@b\.test is stopped/);
  assert.match(await send(host, 'bob@b.test'), /^550[- ]5\.7\.1/);
  assert.match(await send(host, 'dora@d.test'), /^250/);
  const listed = (await host.cli(['queue', 'suppressed', 'list'])).stdout;
  assert.match(listed, /^bob@b\.test +everybody +\S+ \S+ +removed +the keeper of this server$/m);
  assert.match(listed, /^dora@d\.test +carol@a\.test /m);
  assert.match((await host.cli(['queue', 'suppressed', 'remove', 'bob@b.test'])).stdout, /may go again/);
  assert.match(await send(host, 'bob@b.test'), /^250/);
  assert.equal((await host.cli(['queue', 'suppressed', 'remove', 'bob@b.test'])).code, 1);
  assert.match((await host.cli(['queue', 'suppressed', 'add', 'no address'])).stderr, /"no address" is not an address/);
});
