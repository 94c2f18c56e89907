/** The first start without a configuration, as a newcomer types it; and the lines it gives to copy. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { eventually, POSTHORN, run, scratch } from '../program.ts';

interface Started {
  readonly output: () => string;
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** The default ports: this is the only test that uses them. */
async function start(t: TestContext, state: string): Promise<Started> {
  const child = spawn(POSTHORN, ['serve', '--state', state], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const output = (): string => Buffer.concat(said).toString();
  t.after(() => {
    child.kill('SIGKILL');
  });
  await eventually('the doors are open', () =>
    Promise.resolve(output().includes('Posthorn is open') || child.exitCode !== null),
  );
  return {
    output,
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

test('a newcomer starts it, copies the two commands, asks for the journey, stops it, starts it again', async (t) => {
  const state = join(await scratch(t), 'state');
  const first = await start(t, state);
  const text = await eventually('the whole greeting', () =>
    Promise.resolve(first.output().includes('Ctrl-C') && first.output()),
  );
  for (const door of [
    '127.0.0.1:2525',
    '127.0.0.1:2587',
    '127.0.0.1:2465',
    '127.0.0.1:2110',
    '127.0.0.1:2995',
    'http://127.0.0.1:2080',
  ]) {
    assert.ok(text.includes(door), `${door} is said aloud`);
  }
  assert.equal((await stat(state)).mode & 0o777, 0o700);
  assert.equal((await stat(join(state, 'tls', 'key.pem'))).mode & 0o777, 0o600);

  // The lines to copy, taken from what was printed and run by a shell as they stand.
  const [, send, fetch] = /Send yourself a message:\n([^]*?)\nand fetch it:\n([^]*?)\n\n/.exec(text) ?? [];
  const sent = await run('sh', ['-c', send ?? 'false']);
  assert.equal(sent.code, 0, sent.stderr);
  const fetched = await run('sh', ['-c', fetch ?? 'false']);
  assert.match(fetched.stdout, /Subject: Hello\r\n\r\nMy first letter\.\r\n$/);
  const id = / id ([0-9a-z]{26})/.exec(fetched.stdout)?.[1] ?? '';
  const journey = await run(POSTHORN, ['--state', state, 'journey', id]);
  assert.match(journey.stdout, /Put into the inbox of me@home\.test/);

  assert.equal(await first.stop('SIGINT'), 0);
  assert.match(first.output(), /Stopped\./);

  const second = await start(t, state);
  assert.doesNotMatch(second.output(), /password/, 'the password is shown once');
  const again = await run('sh', ['-c', fetch ?? 'false']);
  assert.match(again.stdout, /My first letter/);
  assert.equal(await second.stop('SIGTERM'), 0);

  const password = /me@home\.test\n {2}(\S+)/.exec(text)?.[1] ?? '';
  assert.ok(password.length > 20);
  assert.ok(!first.output().replace(text, '').includes(password), 'the log does not hold the password');
  const grep = await run('grep', ['-raF', password, state]);
  assert.equal(grep.stdout, '', 'the state directory does not hold the password');
});
