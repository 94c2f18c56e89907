/**
 * A root directory of a server's own, for servers that know only fixed paths and users of the system
 * (/var/spool/…, "Debian-exim"): their programs with the libraries these need, and users that exist
 * nowhere else. Nothing of it is left on the machine. It needs root.
 */
import assert from 'node:assert/strict';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../program.ts';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { unpackedLibraries } from './peers.ts';
import type { Peer } from './peers.ts';

export interface JailOptions {
  /** Whose unpacked package brings libraries that the system may lack. */
  readonly peer: Peer;
  /** Path inside → where the program is now. */
  readonly programs: Readonly<Record<string, string>>;
  /** Users (each with a group of its name) that exist inside only. */
  readonly users: readonly string[];
}

interface Ownership {
  readonly mode?: number;
  /** One of the users, or root. */
  readonly owner?: string;
}

export interface Jail {
  /** Paths are those inside. */
  folder(path: string, ownership?: Ownership): Promise<void>;
  write(path: string, text: string, ownership?: Ownership): Promise<void>;
  own(path: string, ownership: Ownership): Promise<void>;
  /** '' where there is none. */
  read(path: string): Promise<string>;
  files(path: string): Promise<readonly Buffer[]>;
  /** Runs a program in it, in the foreground, until the test is over. */
  start(command: string, args: readonly string[]): Daemon;
}

/** Above the users of a system, below those of people's containers. */
const FIRST_UID = 64_100;

export async function makeJail(t: TestContext, options: JailOptions): Promise<Jail> {
  // Nobody else gets in here, where a program may have the bit that gives it root; inside, its users must be able to walk.
  const home = await mkdtemp(join(tmpdir(), 'posthorn-jail-'));
  const root = join(home, 'root');
  await mkdir(root, { mode: 0o755 });
  const daemons: Daemon[] = [];
  t.after(async () => {
    for (const daemon of daemons) await daemon.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const uids = new Map([['root', 0], ...options.users.map((user, i) => [user, FIRST_UID + i] as const)]);
  const own = async (path: string, { mode, owner = 'root' }: Ownership): Promise<void> => {
    const uid = uids.get(owner) ?? assert.fail(`there is no user ${owner}`);
    await chown(join(root, path), uid, uid);
    if (mode !== undefined) await chmod(join(root, path), mode);
  };
  const jail: Jail = {
    async folder(path, ownership = {}) {
      await mkdir(join(root, path), { recursive: true });
      await own(path, ownership);
    },
    async write(path, text, ownership = {}) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      await own(path, ownership);
    },
    own,
    read: (path) => readFile(join(root, path), 'utf8').catch(() => ''),
    async files(path) {
      const names = await readdir(join(root, path)).catch(() => []);
      return Promise.all(names.map((name) => readFile(join(root, path, name))));
    },
    start(command, args) {
      const daemon = startDaemon('chroot', [root, command, ...args]);
      daemons.push(daemon);
      return daemon;
    },
  };
  await furnish(root, jail, uids);
  // Programs may run /bin/sh for what they deliver with.
  for (const [inside, path] of Object.entries({ '/bin/sh': '/bin/sh', ...options.programs }))
    await bring(root, inside, path, unpackedLibraries(options.peer));
  return jail;
}

async function furnish(root: string, jail: Jail, uids: ReadonlyMap<string, number>): Promise<void> {
  const users = [...uids].map(([user, uid]) => `${user}:x:${uid}:${uid}:${user}:/:/bin/sh\n`);
  await jail.write('/etc/passwd', users.join(''));
  await jail.write('/etc/group', [...uids].map(([user, uid]) => `${user}:x:${uid}:\n`).join(''));
  await jail.write('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n');
  await jail.write('/etc/hosts', '127.0.0.1 localhost\n');
  await jail.folder('/tmp', { mode: 0o1777 });
  await jail.folder('/run');
  await jail.folder('/var/run');
  await jail.folder('/dev');
  for (const [name, minor] of [
    ['null', '3'],
    ['urandom', '9'],
  ] as const) {
    const made = await run('mknod', ['--mode=666', join(root, 'dev', name), 'c', '1', minor]);
    assert.equal(made.code, 0, made.stderr);
  }
}

/** A program and every library it is linked with, these all in /lib, where the loader looks. */
async function bring(root: string, inside: string, path: string, libraries: string): Promise<void> {
  await mkdir(dirname(join(root, inside)), { recursive: true });
  await copyFile(path, join(root, inside));
  await chmod(join(root, inside), 0o755);
  const linked = await run('ldd', [path], { env: { LD_LIBRARY_PATH: libraries } });
  assert.doesNotMatch(linked.stdout, /not found/, `${path} lacks libraries`);
  for (const [library] of linked.stdout.matchAll(/\/[^\s)]+/g)) {
    // The loader itself is named by its full path in each program.
    const at = basename(library).startsWith('ld-') ? library : join('/lib', basename(library));
    await mkdir(dirname(join(root, at)), { recursive: true });
    await copyFile(library, join(root, at));
    await chmod(join(root, at), 0o755);
  }
}
