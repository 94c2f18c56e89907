/**
 * A kill -9 can't show what a power cut would take: the kernel keeps what was written. So the system
 * calls are watched: between the last octet read and the answer that promises something lies a completed
 * sync of what the promise is about (RFC 5321 §4.2.5, §6.1; RFC 1939 §6).
 *
 * The same check must fail without the sync, or it would show nothing: strace tells synchronous=FULL
 * from NORMAL from the second commit to a new log on, so the first message is only there to be first.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Conversation, idIn, sendMail } from '../conversation.ts';
import { requirePeer } from '../peers/peers.ts';
import { PASSWORD, scratch, startHost } from '../program.ts';
import { answered, descriptor, isSync, trace } from '../trace.ts';
import type { Answered, Call } from '../trace.ts';

const BOB = 'bob@a.test';

interface Watched {
  /** Small messages after the first one, then a large one; what happened before each 250. */
  readonly small: readonly Answered[];
  readonly large: Answered;
  /** What happened before the +OK to a QUIT that removes. */
  readonly quit: Answered;
}

async function watch(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Watched | undefined> {
  const strace = requirePeer(t, 'strace');
  if (strace === undefined) return undefined;
  const host = await startHost(t, { accounts: [BOB], env });
  const send = async (text: string): Promise<string> =>
    idIn(await sendMail(host.port('smtp'), { from: 'x@elsewhere.test', to: [BOB], text }));
  await send('Subject: the first\n\nIt makes the log.\n');
  const tracing = await trace(strace, [host.pid], join(await scratch(t), 'trace'));
  const small = [
    await send('Subject: small\n\n1\n'),
    await send('Subject: small\n\n2\n'),
    await send(`Subject: small\n\n${'3'.repeat(900)}\n`),
  ];
  const large = await send(`Subject: large\n\n${'A line of a large message.\n'.repeat(4_000)}`);
  const quit = await fetchAndQuit(host.port('pop3'));
  const calls = await tracing.stop();
  return {
    small: small.map((id) => found(calls, id)),
    large: found(calls, large),
    quit: found(calls, quit),
  };
}

function found(calls: readonly Call[], text: string): Answered {
  const answer = answered(calls, text);
  assert.ok(answer !== undefined, `the answer "${text}" is not in the trace`);
  return answer;
}

/** Deletes one message; the answer to QUIT. */
async function fetchAndQuit(port: number): Promise<string> {
  const pop = await Conversation.open(port);
  try {
    await pop.line();
    await pop.pop(`USER ${BOB}`);
    assert.match(await pop.pop(`PASS ${PASSWORD}`), /^\+OK/);
    assert.match(await pop.pop('DELE 1'), /^\+OK/);
    const answer = await pop.pop('QUIT');
    assert.match(answer, /^\+OK .*1 message removed/);
    return answer;
  } finally {
    pop.close();
  }
}

/** What was written to the database's log is on the disk: a sync that began behind the last write and ended before the answer. */
function databaseSync({ between }: Answered): Call | undefined {
  const written = between.findLast(isLogWrite);
  if (written === undefined) return undefined;
  return between.find(
    (call) => isSync(call) && call.begun > written.ended && descriptor(call).includes('posthorn.db-wal'),
  );
}

function isLogWrite({ name, args }: Call): boolean {
  return name === 'pwrite64' && args.includes('posthorn.db-wal');
}

function syncOf({ between }: Answered, path: RegExp): Call | undefined {
  return between.find((call) => isSync(call) && path.test(descriptor(call)));
}

test('before each 250 the database is synced, and before the +OK to QUIT too', async (t) => {
  const watched = await watch(t);
  if (watched === undefined) return;
  for (const answer of [...watched.small, watched.large]) {
    assert.ok(databaseSync(answer), `no sync of the log before ${answer.answer.args}`);
  }
  assert.ok(databaseSync(watched.quit), 'no sync of the log before the +OK to QUIT');
});

test('before the 250 of a large message its octets and its name are synced, and then the row that names it', async (t) => {
  const watched = await watch(t);
  if (watched === undefined) return;
  const { large } = watched;
  const rename = large.between.find(({ name, args }) => name === 'rename' && args.includes('/content/tmp/'));
  assert.ok(rename, 'the content was not put into its place');
  const [folder = '', name = ''] = /\/content\/([0-9a-z]{2})\/([^"]+)"$/.exec(rename.args)?.slice(1) ?? [];
  const file = syncOf(large, new RegExp(`/content/(?:tmp|${folder})/${name}>$`));
  assert.ok(file, 'the octets were not synced');
  const directory = syncOf(large, new RegExp(`/content/${folder}>$`));
  assert.ok(directory, 'the directory of the content was not synced');
  const row = databaseSync(large);
  assert.ok(row, 'the row was not synced');
  assert.ok(rename.ended < directory.begun, 'the directory was synced before it held the name');
  assert.ok(file.ended < row.begun, 'the row was synced before the octets it names');
  assert.ok(directory.ended < row.begun, 'the row was synced before the name it holds');
});

test('the same check fails with synchronous=NORMAL', async (t) => {
  const watched = await watch(t, { POSTHORN_TEST_SYNCHRONOUS: 'normal' });
  if (watched === undefined) return;
  for (const answer of [...watched.small, watched.large, watched.quit]) {
    assert.ok(answer.between.some(isLogWrite), 'the log was not even written');
    assert.equal(databaseSync(answer), undefined);
  }
});
