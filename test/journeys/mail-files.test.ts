/**
 * Mail to files and back, through the program beside a running server: the real messages of the corpus, and one that was
 * delivered, exported in each format, imported into a new state directory: octets, UIDLs, keywords, folders, times.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { glob, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { jmapClient } from '../jmap-client.ts';
import type { JmapClient } from '../jmap-client.ts';
import { configuration, PASSWORD, POSTHORN, run, scratch, startHost } from '../program.ts';
import type { Ran, RunningHost } from '../program.ts';

const CORPUS = join(process.env['CORPUS'] ?? fileURLToPath(new URL('../corpus', import.meta.url)), 'eml');
const ALICE = 'alice@a.test';

interface Row {
  readonly file: string;
  readonly uidl: string;
  readonly octets: number;
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

async function filesIn(directory: string, pattern: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const file of glob(pattern, { cwd: directory })) found.push(file);
  return found.toSorted();
}

async function digestsIn(directory: string, pattern: string): Promise<readonly string[]> {
  const files = await filesIn(directory, pattern);
  return (await Promise.all(files.map(async (file) => sha256(await readFile(join(directory, file)))))).toSorted();
}

/** Of an export: each message without the place where it lies. */
async function indexOf(path: string): Promise<readonly (Row & Record<string, unknown>)[]> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Row & Record<string, unknown>)
    .toSorted((a, b) => (a.uidl < b.uidl ? -1 : 1));
}

async function ranWell(running: Promise<Ran>): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await running;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

type Cli = (args: readonly string[]) => Promise<Ran>;

/** A state directory with alice and nothing else; no server runs on it. */
async function elsewhere(t: TestContext): Promise<Cli> {
  const state = await scratch(t);
  await writeFile(join(state, 'config.toml'), configuration());
  const base = ['--config', join(state, 'config.toml'), '--state', state];
  const added = await run(POSTHORN, ['account', 'add', ALICE, '--password-stdin', ...base], { input: PASSWORD });
  assert.equal(added.code, 0, added.stderr);
  return (args) => run(POSTHORN, [...args, ...base], { timeoutMs: 120_000 });
}

/** Some keywords, a folder in a folder with a name no file system takes, and an email in two. */
async function arrange(client: JmapClient): Promise<void> {
  const { created } = await client.call('Mailbox/set', { create: { w: { name: 'Work/..' } } });
  const { created: within } = await client.call('Mailbox/set', { create: { y: { name: '2026.mbox', parentId: created.w.id } } }); // prettier-ignore
  const { ids } = await client.call('Email/query', { limit: 4 });
  const [a, b, c, d] = ids as string[];
  const { notUpdated } = await client.call('Email/set', {
    update: {
      [a ?? '']: { 'keywords/$seen': true, 'keywords/$flagged': true, 'keywords/holiday': true },
      [b ?? '']: { mailboxIds: { [created.w.id]: true, [within.y.id]: true } },
      [c ?? '']: { mailboxIds: { [within.y.id]: true }, 'keywords/$answered': true },
      [d ?? '']: { mailboxIds: { [created.w.id]: true } },
    },
  });
  assert.equal(notUpdated, null);
}

/** Delivered over SMTP, so that something stands in front of what came. */
async function deliver(host: RunningHost): Promise<void> {
  const sent = await run('curl', ['--silent', '--show-error', '--url', `smtp://127.0.0.1:${host.port('smtp')}`, '--mail-from', 'x@c.test', '--mail-rcpt', ALICE, '--upload-file', '-'], { input: 'From: x@c.test\r\nSubject: delivered\r\n\r\nFrom here on.\r\n' }); // prettier-ignore
  assert.equal(sent.code, 0, sent.stderr);
}

test('the corpus and a delivered message to files and back, in three formats', { timeout: 300_000 }, async (t) => {
  const host = await startHost(t, { accounts: [ALICE], args: ['--only', 'smtp,web'] });
  const cli: Cli = (args) => host.cli(args, { timeoutMs: 120_000 });
  const originals = await digestsIn(CORPUS, '**/*');
  const total = originals.length;
  assert.ok(total > 300);

  const first = await ranWell(cli(['mail', 'import', ALICE, CORPUS, '--folder', 'inbox', '--json']));
  assert.deepEqual([first['imported'], first['alreadyHere'], first['refused']], [total, 0, 0]);
  const again = await ranWell(cli(['mail', 'import', ALICE, CORPUS, '--folder', 'inbox', '--json']));
  assert.deepEqual([again['imported'], again['alreadyHere']], [0, total]);
  const client = await jmapClient(host, ALICE);
  await arrange(client);
  await deliver(host);

  const out = await scratch(t);
  const eml = join(out, 'eml');
  await ranWell(cli(['mail', 'export', ALICE, '--to', eml, '--json']));
  const exported = await digestsIn(eml, '**/*.eml');
  const delivered = exported.filter((digest) => !originals.includes(digest));
  assert.deepEqual(exported.filter((digest) => originals.includes(digest)), originals); // prettier-ignore
  assert.equal(delivered.length, 1);
  const { ids } = await client.call('Email/query', { filter: { subject: 'delivered' } });
  assert.equal(sha256(await client.download(`e-${(ids as string[])[0] ?? ''}`)), delivered[0]);
  const rows = await indexOf(join(eml, 'index.jsonl'));
  assert.equal(new Set(rows.map(({ uidl }) => uidl)).size, total + 1);
  const facts = rows.map(({ file: _file, n: _n, ...others }) => others);

  const resumed = await ranWell(cli(['mail', 'export', ALICE, '--to', eml, '--json']));
  assert.deepEqual([resumed['messages'], resumed['kept']], [total + 1, total + 1]);

  for (const format of ['eml', 'mbox', 'maildir'] as const) {
    const path = join(out, format);
    if (format !== 'eml') await ranWell(cli(['mail', 'export', ALICE, '--to', path, '--format', format, '--json']));
    const other = await elsewhere(t);
    const imported = await ranWell(other(['mail', 'import', ALICE, path, '--json']));
    assert.deepEqual([imported['imported'], imported['newUidl'], imported['refused']], [total + 1, 0, 0], format);
    const back = await scratch(t);
    await ranWell(other(['mail', 'export', ALICE, '--to', join(back, 'x'), '--json']));
    const restored = await indexOf(join(back, 'x', 'index.jsonl'));
    assert.deepEqual(restored.map(({ file: _file, ...others }) => others), facts, format); // prettier-ignore
    const octets = new Map(restored.map(({ uidl, file }) => [uidl, join(back, 'x', file)]));
    for (const { uidl, file } of rows)
      assert.equal(sha256(await readFile(octets.get(uidl) ?? '')), sha256(await readFile(join(eml, file))), `${format}: ${file}`); // prettier-ignore
    if (format !== 'maildir') continue;
    const twice = await ranWell(other(['mail', 'import', ALICE, path, '--json']));
    assert.deepEqual([twice['imported'], twice['alreadyHere']], [0, total + 1], format);
  }
});

test('files of others: mboxo, a Maildir with flags, what is no message, folders that are not there', async (t) => {
  const cli = await elsewhere(t);
  const files = await scratch(t);
  const maildir = join(files, 'Maildir');
  for (const one of ['cur', 'new', '.Work.Old/cur']) await mkdir(join(maildir, one), { recursive: true });
  await writeFile(join(maildir, 'cur', '1.a.host:2,FRS'), 'Subject: one\n\n1\n');
  await writeFile(join(maildir, 'new', '2.b.host'), 'Subject: two\n\n2\n');
  await writeFile(join(maildir, '.Work.Old', 'cur', '3.c.host:2,'), 'Subject: three\n\n3\n');
  const mbox = join(files, 'old');
  await writeFile(mbox, 'From a@b Thu Jan  1 00:00:00 1998\nSubject: four\n\n>From 4\n\nFrom a@b Thu Jan  1 00:00:00 1998\n\0\0no message'); // prettier-ignore
  const ran = await cli(['mail', 'import', ALICE, maildir, mbox, join(files, 'nothing'), '--json']);
  assert.equal(ran.code, 1);
  const done = JSON.parse(ran.stdout) as Record<string, number>;
  assert.deepEqual([done['imported'], done['refused']], [4, 2]);
  assert.match(ran.stderr, /old, message 2: It does not begin with the header of a message, so it was passed over\./);
  assert.match(ran.stderr, /nothing: There is no such file\./);

  const to = join(files, 'out');
  await ranWell(cli(['mail', 'export', ALICE, '--to', to, '--format', 'maildir', '--json']));
  const rows = await indexOf(join(to, 'index.jsonl'));
  const found = rows.map((row) => [row['folders'], row['keywords'], row['receivedAt']].map((one) => JSON.stringify(one)).join(' ')); // prettier-ignore
  assert.equal(found.filter((one) => one.includes('["$seen","$flagged","$answered"]')).length, 1, found.join('\n'));
  assert.equal(found.filter((one) => one.includes('["Work","Old"]')).length, 1);
  assert.equal(found.filter((one) => one.includes('1998-01-01T00:00:00.000Z')).length, 1);
  const names = await readdir(join(to, 'Inbox', 'cur'));
  assert.equal(names.filter((name) => name.endsWith(':2,FRS')).length, 1);

  const wrong = await cli(['mail', 'export', ALICE, '--to', files, '--json']);
  assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
  assert.match(wrong.stderr, /There are other files in .*\. Name a directory that is empty or not there yet\./);
  const missing = await cli(['mail', 'export', ALICE, '--to', join(files, 'x'), '--folder', 'Holidays']);
  assert.match(missing.stderr, /has no folder "Holidays"\. It has: .*Inbox, /);
  const one = join(files, 'inbox.mbox');
  await ranWell(cli(['mail', 'export', ALICE, '--to', one, '--folder', 'inbox', '--json']));
  assert.equal((await readFile(one, 'latin1')).match(/^From export@/gm)?.length, 3);
});
