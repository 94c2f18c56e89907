/**
 * A full disk: what can't be stored is refused for now (4xx), what was acknowledged stays, and the
 * service goes on by itself when there is space again. The disk is a small one in memory, mounted in a
 * namespace that only the program under test sees.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fetchMail, sendMail } from '../conversation.ts';
import { configuration, eventually, PASSWORD, POSTHORN, run, scratch } from '../program.ts';

const BOB = 'bob@a.test';
const UNSHARE = ['unshare', ...(process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'])];

const ON_A_SMALL_DISK = `
mount -t tmpfs -o size=24m,mode=0700 tmpfs "$1/disk" &&
printf '%s' "$3" | "$2" account add ${BOB} --password-stdin --config "$1/config.toml" --state "$1/disk" >&2 &&
exec "$2" serve --config "$1/config.toml" --state "$1/disk" --ready-file "$1/ready.json"`;

interface SmallHost {
  readonly smtp: number;
  readonly pop3: number;
  /** The disk, as the program sees it. */
  readonly disk: string;
}

/** Undefined, with the test skipped, where this user may not mount. */
async function startOnSmallDisk(t: TestContext): Promise<SmallHost | undefined> {
  const [unshare = '', ...options] = UNSHARE;
  const directory = await scratch(t);
  const disk = join(directory, 'disk');
  await mkdir(disk);
  const may = await run(unshare, [...options, 'mount', '-t', 'tmpfs', 'tmpfs', disk]).catch(() => undefined);
  if (may?.code !== 0) {
    t.skip('this user may not mount a small disk in a namespace of its own');
    return undefined;
  }
  await writeFile(join(directory, 'config.toml'), configuration());
  const child = spawn(unshare, [...options, 'sh', '-c', ON_A_SMALL_DISK, 'sh', directory, POSTHORN, PASSWORD], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const ready = await eventually('the server is open', async () => {
    if (child.exitCode !== null) throw new Error(`the server ended before it was open: ${said}`);
    return readFile(join(directory, 'ready.json'), 'utf8').catch(() => undefined);
  });
  const { pid, listeners } = JSON.parse(ready) as {
    pid: number;
    listeners: { service: string; port: number; tls: string }[];
  };
  const port = (service: string): number =>
    listeners.find((one) => one.service === service && one.tls === 'starttls')?.port ?? 0;
  return { smtp: port('smtp'), pop3: port('pop3'), disk: `/proc/${pid}/root${disk}` };
}

/** Leaves no free block. */
async function fill(path: string): Promise<void> {
  for (let size = 1_048_576; size >= 512;) {
    try {
      await appendFile(path, Buffer.alloc(size));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      size /= 2;
    }
  }
}

test('on a full disk messages are refused for now, nothing acknowledged is lost, and space brings the service back', async (t) => {
  const host = await startOnSmallDisk(t);
  if (host === undefined) return;
  const acknowledged: string[] = [];
  let count = 0;
  const send = async (octets: number): Promise<string> => {
    const token = `number ${++count}.`;
    const text = `Subject: ${token}\n\n${'Some more text of the same kind.\n'.repeat(Math.ceil(octets / 33))}`;
    const answer = await sendMail(host.smtp, { from: 'x@elsewhere.test', to: [BOB], text });
    if (answer.startsWith('250')) acknowledged.push(token);
    return answer;
  };
  for (const size of [500, 10_000, 100_000]) assert.match(await send(size), /^250 /);

  await fill(join(host.disk, 'ballast'));
  const answers: string[] = [];
  for (let n = 0; n < 30; n++) answers.push(...(await Promise.all([send(500), send(12_000), send(50_000)])));
  for (const answer of answers) assert.match(answer, /^(?:250 2|4\d\d 4)\.\d\.\d /);
  const refused = answers.filter((answer) => answer.startsWith('4'));
  t.diagnostic(`${refused.length} of ${answers.length} were refused: ${[...new Set(refused)].join('; ')}`);
  assert.ok(refused.length > 30, 'the disk was not full');

  await rm(join(host.disk, 'ballast'));
  for (const size of [500, 10_000, 100_000]) assert.match(await send(size), /^250 /);
  const fetched = await fetchMail(host.pop3, { user: BOB, password: PASSWORD, remove: true });
  const there = fetched.map((message) => /^Subject: (.*)$/m.exec(message)?.[1] ?? '');
  assert.deepEqual(there.toSorted(), acknowledged.toSorted());
  assert.deepEqual(await fetchMail(host.pop3, { user: BOB, password: PASSWORD }), []);
});
