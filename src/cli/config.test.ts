import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Command } from 'commander';
import { configCommand } from './config.ts';
import { CommandError } from './output.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-config-command-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  process.exitCode = undefined;
});

/** Runs the command as the program does; what it wrote to standard output, and its exit code. */
async function run(toml: string, ...words: readonly string[]): Promise<{ out: string; code: number }> {
  const file = join(folder, 'c.toml');
  writeFileSync(file, toml);
  let out = '';
  const output = {
    out: { write: (text: string) => (out += text) },
    err: { write: () => assert.fail('nothing is said beside the data') },
  };
  const root = new Command('posthorn').option('--config <file>').option('--state <directory>').exitOverride();
  root.addCommand(configCommand(output));
  try {
    await root.parseAsync(['--config', file, 'config', ...words], { from: 'user' });
    return { out: out.replaceAll(file, 'c.toml'), code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = undefined;
  }
}

test('config check: a file that is in order', async () => {
  assert.deepEqual(await run('hostname = "mx.a.test"\n', 'check'), { out: 'c.toml is in order.\n', code: 0 });
});

test('config check: problems with their lines, and exit code 1', async () => {
  const { out, code } = await run('[smtp]\nlisten = [":25"]\nenable = true\n[tls]\n', 'check');
  assert.equal(code, 1);
  assert.deepEqual(
    out.split('\n').map((line) => line.slice(0, 30)),
    ['c.toml:2: smtp.listen[0]: ":25', 'c.toml:3: smtp.enable: there i', "c.toml can't be used: 2 proble", ''],
  );
});

test('config check: what is worth knowing, and files that are not there', async () => {
  const { out, code } = await run('hostname = "box"\n[tls]\ncert = "none.pem"\nkey = "none.key"\n', 'check');
  assert.equal(code, 1);
  assert.match(out, /^c\.toml:3: tls\.cert: .*none\.pem is not there/m);
  assert.match(out, /^c\.toml:1: hostname: note: Many servers refuse/m);
});

test('config check --json', async () => {
  const good = await run('hostname = "box"\n', 'check', '--json');
  assert.deepEqual(JSON.parse(good.out), {
    ok: true,
    file: 'c.toml',
    problems: [],
    notes: [{ path: 'hostname', line: 1, sentence: 'Many servers refuse a host whose name has no dot in it.' }],
  });
  const bad = await run('x = 1', 'check', '--json');
  assert.equal(bad.code, 1);
  const { ok, problems } = JSON.parse(bad.out) as { ok: boolean; problems: { line: number; path: string }[] };
  assert.deepEqual([ok, problems.map(({ line, path }) => [line, path])], [false, [[1, 'x']]]);
});

test('config explain: in words and as JSON', async () => {
  const words = await run('', 'explain', 'queue.give_up');
  assert.match(words.out, /^queue\.give_up\n {2}How old .*\n {2}Type: duration\.\n {2}Default: "5d"\.\n/);
  const json = await run('', 'explain', '--json');
  assert.ok((JSON.parse(json.out) as unknown[]).length > 40);
  await assert.rejects(
    run('', 'explain', 'queue.retyr'),
    (error) => error instanceof CommandError && error.exitCode === 2 && error.message.includes('queue.retry'),
  );
});

test('config example is a file that config check takes', async () => {
  const { out } = await run('', 'example');
  assert.deepEqual(await run(out, 'check'), { out: 'c.toml is in order.\n', code: 0 });
  const { toml } = JSON.parse((await run('', 'example', '--json')).out) as { toml: string };
  assert.equal(toml, out);
});
