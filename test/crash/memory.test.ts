/** HOUSE P7: a message of 96 MB comes in, is handed on and fetched, and is never whole in memory. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fetchMail, sendMail } from '../conversation.ts';
import { eventually, PASSWORD, pause, startHost } from '../program.ts';
import type { RunningHost } from '../program.ts';
import { LargeMessage, largeSink, Passing, pour } from './large.ts';

const BOB = 'bob@a.test';
const OCTETS = 96_000_000;
/**
 * What may be added to the memory of the process while the message passes once, and in all, in MB.
 * Little of it is in use (blocks of 256 KiB, two at a time): the rest is what V8 lets lie between two
 * collections. Held whole, the message alone would be more.
 */
const MOST = 80;
const MOST_IN_ALL = 130;

/** In MB, since the last call to `forgetPeak`. */
async function peak(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** The kernel's highest mark becomes what the process has now (proc(5), clear_refs). */
async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** The process's highest mark while the work was done, in MB. */
async function measured(t: TestContext, host: RunningHost, what: string, work: () => Promise<void>): Promise<number> {
  await forgetPeak(host.pid);
  const before = await peak(host.pid);
  await work();
  const highest = await peak(host.pid);
  const grown = highest - before;
  t.diagnostic(`${what}: ${grown.toFixed(1)} MB on top of ${before.toFixed(0)} MB`);
  assert.ok(grown < MOST, `${what} took ${grown.toFixed(1)} MB of memory`);
  return highest;
}

/** Resolves with the first chunk that `done` accepts. */
function expectLine(socket: Socket, start: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      socket.off('data', onData);
      const said = chunk.toString('latin1');
      if (said.startsWith(start)) resolve();
      else reject(new Error(`it said ${said.slice(0, 200)} instead of ${start}`));
    };
    socket.on('data', onData);
  });
}

async function send(host: RunningHost, to: string, message: LargeMessage): Promise<void> {
  const socket = connect(host.port('smtp'), '127.0.0.1');
  try {
    await expectLine(socket, '220');
    for (const [command, code] of [
      ['HELO c.test', '250'],
      ['MAIL FROM:<x@elsewhere.test>', '250'],
      [`RCPT TO:<${to}>`, '250'],
      ['DATA', '354'],
    ] as const) {
      socket.write(`${command}\r\n`);
      await expectLine(socket, code);
    }
    await pour(socket, message);
    socket.write('.\r\n');
    await expectLine(socket, '250 2.0.0');
  } finally {
    socket.destroy();
  }
}

/** Reads now and then nothing for a while: what waits for a slow reader must be bounded too. */
async function retrieve(host: RunningHost): Promise<Passing> {
  const socket = connect(host.port('pop3'), '127.0.0.1');
  const passing = new Passing();
  try {
    await expectLine(socket, '+OK');
    for (const command of [`USER ${BOB}`, `PASS ${PASSWORD}`]) {
      socket.write(`${command}\r\n`);
      await expectLine(socket, '+OK');
    }
    socket.write('RETR 1\r\n');
    let rested = 0;
    await new Promise<void>((resolve, reject) => {
      socket.once('close', () => {
        reject(new Error('the connection was cut'));
      });
      socket.on('data', (chunk: Buffer) => {
        if (passing.push(chunk)) return resolve();
        if (passing.octets < (rested + 1) * 20_000_000) return undefined;
        rested += 1;
        socket.pause();
        return void pause(300).then(() => socket.resume());
      });
    });
    return passing;
  } finally {
    socket.destroy();
  }
}

test('96 MB pass in bounded memory: in by SMTP, on to the next server, out by POP3', async (t) => {
  const relayed: Passing[] = [];
  const sink = await largeSink((passed) => relayed.push(passed));
  t.after(() => sink.server.close());
  const host = await startHost(t, {
    accounts: [BOB],
    args: ['--only', 'smtp,submission,pop3,queue'],
    tables: `[limits]\nmessage_size = "120MB"\n[relay]\nnetworks = ["127.0.0.1/32"]\n[[route]]\ndomain = "out.test"\nhost = "127.0.0.1"\nport = ${sink.port}\n`,
  });
  // Everything that is loaded and compiled once is there before it is measured.
  await sendMail(host.port('smtp'), {
    from: 'x@elsewhere.test',
    to: [BOB, 'y@out.test'],
    text: 'Subject: large\n\nNot yet.\n',
  });
  await fetchMail(host.port('pop3'), { user: BOB, password: PASSWORD, remove: true });
  await eventually('the small one is relayed', async () => relayed.length === 1);

  await forgetPeak(host.pid);
  const idle = await peak(host.pid);
  const message = new LargeMessage(OCTETS);
  await measured(t, host, 'SMTP in', () => send(host, BOB, message));
  await measured(t, host, 'POP3 out', async () => {
    const passing = await retrieve(host);
    assert.deepEqual([passing.octets, passing.digest], [message.octets, message.digest]);
  });
  const highest = await measured(t, host, 'SMTP in and on to the next server', async () => {
    await send(host, 'y@out.test', message);
    await eventually('the large one is relayed', async () => relayed.length === 2, 60_000);
    assert.deepEqual([relayed[1]?.octets, relayed[1]?.digest], [message.octets, message.digest]);
  });
  assert.ok(highest - idle < MOST_IN_ALL, `three times 96 MB took ${(highest - idle).toFixed(1)} MB of memory in all`);
});

/** A thread of its own takes the message apart, so what two threads let lie counts here. */
const MOST_READ = 180;

test('96 MB are read for the list and for searching in bounded memory', async (t) => {
  const host = await startHost(t, { accounts: [BOB], tables: '[limits]\nmessage_size = "120MB"\n' });
  await sendMail(host.port('smtp'), { from: 'x@elsewhere.test', to: [BOB], text: 'Subject: small\n\nNot yet.\n' });
  const listed = await subjects(host);
  await eventually('the small one is read', async () => (await listed()).length === 1);
  await forgetPeak(host.pid);
  const before = await peak(host.pid);
  await send(host, BOB, new LargeMessage(OCTETS));
  await eventually('the large one is read', async () => (await listed()).length === 2, 60_000);
  const grown = (await peak(host.pid)) - before;
  t.diagnostic(`SMTP in and reading: ${grown.toFixed(1)} MB on top of ${before.toFixed(0)} MB`);
  assert.ok(grown < MOST_READ, `it took ${grown.toFixed(1)} MB of memory`);
});

/** The previews of all emails, which only exist once they were read. */
async function subjects(host: RunningHost): Promise<() => Promise<readonly string[]>> {
  const origin = `http://127.0.0.1:${host.port('web')}`;
  const headers = {
    authorization: `Basic ${Buffer.from(`${BOB}:${PASSWORD}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const session = (await (await fetch(`${origin}/.well-known/jmap`, { headers })).json()) as {
    apiUrl: string;
    primaryAccounts: Record<string, string>;
  };
  const accountId = session.primaryAccounts['urn:ietf:params:jmap:mail'];
  const body = JSON.stringify({
    using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
    methodCalls: [
      ['Email/query', { accountId }, 'q'],
      [
        'Email/get',
        { accountId, '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties: ['subject', 'preview'] },
        'g',
      ],
    ],
  });
  return async () => {
    const answer = await fetch(session.apiUrl, { method: 'POST', headers, body });
    const { methodResponses } = (await answer.json()) as {
      methodResponses: [string, { list?: { subject: string }[] }][];
    };
    return (methodResponses[1]?.[1].list ?? []).map(({ subject }) => subject);
  };
}
