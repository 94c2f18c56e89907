/** What `posthorn client` opens: the page in the browser of this desktop, by the program that opens addresses there. */
import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { startClient } from '../client.ts';
import { ask } from '../http.ts';
import { eventually, scratch } from '../program.ts';

test('the page is opened at the start and by a second start, at an address that works once; with --no-open it is not', async (t) => {
  const folder = await scratch(t);
  const opened = join(folder, 'opened');
  for (const name of ['xdg-open', 'open']) {
    await writeFile(join(folder, name), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${opened}'\n`);
    await chmod(join(folder, name), 0o755);
  }
  const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, DISPLAY: ':99' };
  const addresses = async (): Promise<readonly string[]> =>
    (await readFile(opened, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const client = await startClient(t, { env, args: ['--open'] });
  const [first = ''] = await eventually('it is opened', async () => (await addresses()).length === 1 && addresses());
  const path = first.replace(client.origin, '');
  assert.match(path, /^\/open\?code=[\w-]{32}$/);
  assert.deepEqual([(await ask(client.port, path)).status, (await ask(client.port, path)).status], [303, 403]);

  const shown = await client.cli(['client', '--no-open'], { env });
  const withoutScreen = await client.cli(['client'], { env: { ...env, DISPLAY: '', WAYLAND_DISPLAY: '' } });
  for (const { stdout } of [shown, withoutScreen]) assert.match(stdout, /Open this address in a browser/);
  const second = await client.cli(['client'], { env });
  assert.match(second.stdout, /The mail program is running\.\nThe browser opens its page/);
  const [, last = '', ...more] = await eventually('it is opened', async () => (await addresses()).length > 1 && addresses()); // prettier-ignore
  assert.deepEqual([(await ask(client.port, last.replace(client.origin, ''))).status, more], [303, []]);
});
