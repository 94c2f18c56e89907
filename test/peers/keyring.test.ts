/**
 * The key to the passwords of providers in a real keyring: GNOME Keyring behind a session bus of the test's own, with
 * everything in temporary folders. Nothing of the keyring of whoever runs the tests is touched.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { addRemote, startClient } from '../client.ts';
import type { Page, RunningClient } from '../client.ts';
import { sendMail } from '../conversation.ts';
import { eventually, PASSWORD, run, scratch, startHost } from '../program.ts';
import { startDaemon } from './daemon.ts';
import { findPeer, requirePeer } from './peers.ts';

/** A bus on which nothing is started by itself: what runs there, the test has started. */
const busOf = (
  folder: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${join(folder, 'bus')}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

interface Desktop {
  /** What a program of its session has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts the keyring; with the person's password it is open. */
  logIn(): Promise<void>;
  /** Ends the keyring. */
  logOut(): Promise<void>;
  lock(): Promise<void>;
}

async function desktop(t: TestContext): Promise<Desktop> {
  const home = await scratch(t);
  const runtime = join(home, 'run');
  await mkdir(runtime, { mode: 0o700 });
  await writeFile(join(home, 'bus.conf'), busOf(home));
  const bus = startDaemon(findPeer('dbus-daemon') as string, ['--nofork', '--config-file', join(home, 'bus.conf')]);
  t.after(() => bus.stop());
  const env = {
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(home, 'bus')}`,
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(home, 'data'),
    HOME: home,
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
  };
  await eventually('the bus is open', async () => (await readdir(home)).includes('bus'));
  const tool = (...args: string[]) => run(findPeer('secret-tool') as string, args, { env });
  let end = async (): Promise<void> => undefined;
  t.after(() => end());
  return {
    env,
    async logIn() {
      const daemon = findPeer('gnome-keyring-daemon') as string;
      const child = spawn(daemon, ['--foreground', '--unlock', '--components=secrets'], { env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'ignore'] }); // prettier-ignore
      const ended = once(child, 'exit');
      child.stdin.end('the password of the desktop');
      end = async () => {
        child.kill('SIGTERM');
        await ended;
      };
      await eventually('the keyring answers', async () => (await tool('search', 'application', 'no such')).code === 0);
    },
    logOut: () => end(),
    async lock() {
      const service = ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets'];
      const collection = '/org/freedesktop/secrets/collection/login';
      const order = ['org.freedesktop.Secret.Service.Lock', `array:objpath:${collection}`];
      const ran = await run('dbus-send', [...service, ...order], { env });
      assert.equal(ran.code, 0, ran.stderr);
    },
  };
}

async function standing(page: Page): Promise<{ readonly kind: string; readonly trouble?: { readonly kind: string } }> {
  const { list } = await page.call('Remote/get', { ids: null });
  const [remote] = list as { visiting: object | null; standing: { kind: string } }[];
  return remote?.visiting === null ? remote.standing : { kind: 'visiting' };
}

const keyFile = ({ state }: RunningClient): Promise<string> => readFile(join(state, 'secret.key'), 'utf8');

test('the key lies in the keyring; locked, gone and moved back, nothing is lost and nothing goes to another place', async (t) => {
  for (const peer of ['dbus-daemon', 'gnome-keyring-daemon', 'secret-tool'] as const)
    if (requirePeer(t, peer) === undefined) return;
  const host = await startHost(t, { accounts: ['bob@a.test'] });
  const deliver = async (subject: string): Promise<void> => {
    const text = `Subject: ${subject}\n\nbody\n`;
    assert.match(await sendMail(host.port('smtp'), { from: 'carol@c.test', to: ['bob@a.test'], text }), /^250 /);
  };
  const { env, ...session } = await desktop(t);
  await session.logIn();
  const options = { keyring: 'auto', env } as const;
  let client = await startClient(t, options);
  const { state } = client;
  const inSession = { cli: (args: readonly string[], more = {}) => client.cli(args, { ...more, env }) };
  const added = await addRemote(inSession, host, { address: 'bob@a.test', password: PASSWORD });
  assert.equal(added.code, 0, added.stderr);
  assert.match(await keyFile(client), /^keyring secret-service [0-9a-f]{32} [0-9a-f]{32}\n$/);
  const status = async (): Promise<string> => (await client.cli(['status'], { env })).stdout;
  assert.match(await status(), /lies in the keyring of this desktop\.\n/);
  let page = await client.logIn();
  await eventually('it is collected', async () => (await standing(page)).kind === 'done');
  await client.stop();

  // Locked: it opens, its mail can be read, and it says what to do. Nothing is made anew.
  await session.lock();
  client = await startClient(t, { ...options, state });
  assert.match(client.output(), /The keyring is locked\. .* Unlock it/s);
  assert.match(await status(), /keyring of this desktop, which is locked/);
  page = await client.logIn();
  await deliver('while it was locked');
  const { list } = await page.call('Remote/get', { ids: null });
  const [{ id } = { id: '' }] = list as { id: string }[];
  await page.call('Remote/check', { id });
  await eventually('the lock is told', async () => (await standing(page)).trouble?.kind === 'keyring');
  const refused = await client.cli(['remote', 'add', 'eve@a.test', '--untried', '--password-stdin', '--pop3', 'pop3s://pop.a.test', '--smtp', 'smtps://smtp.a.test'], { env, input: 'secret' }); // prettier-ignore
  assert.match(refused.stderr, /The keyring is locked/);

  // Gone, and back with the next login to the desktop: the client goes on by itself.
  await session.logOut();
  await eventually('it is gone', async () => /does not answer here/.test(await status()));
  await session.logIn();
  await eventually('what waited for the key goes on', async () => {
    const { ids } = await page.call('Email/query', {});
    return (ids as string[]).length === 1;
  });
  await client.stop();

  // Back to a file, by wish alone; and without the keyring from then on.
  client = await startClient(t, { keyring: 'off', env, state });
  assert.match(client.output(), /lies in .*secret\.key now/);
  assert.match(await keyFile(client), /^[\w-]{43}\n$/);
  const left = await run(findPeer('secret-tool') as string, ['search', '--all', 'application', 'posthorn'], { env });
  assert.equal(left.stdout, '', 'nothing is left in the keyring');
  await client.stop();
  await session.logOut();
  client = await startClient(t, { ...options, state });
  page = await client.logIn();
  await page.call('Remote/check', { id });
  await eventually('it is collected', async () => (await standing(page)).kind === 'done');
  const key = (await keyFile(client)).trim();
  assert.ok(!client.output().includes(key) && !client.output().includes(PASSWORD));
});
