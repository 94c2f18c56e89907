/**
 * Makes the real programs available that the tests talk to: mail programs and a browser. As root on a Debian system it
 * installs what is missing, if apt's own simulation says that nothing would be removed for it and
 * without starting any service. Mail servers evict each other, so Exim and OpenSMTPD are unpacked
 * beside the system instead, with the libraries they need. Otherwise it names what it found and what
 * the tests will skip.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findPeer, PEERS, UNPACKED_PACKAGES, unpackedFolder, type Peer } from '../test/peers/peers.ts';

const POLICY = '/usr/sbin/policy-rc.d';

/** Debian's answers for packages that ask questions: Postfix makes no configuration of its own. */
const ANSWERS = 'postfix postfix/main_mailer_type select No configuration\n';

/** The services that a package would have the system start at boot. */
const DAEMONS: Readonly<Record<string, readonly string[]>> = {
  postfix: ['postfix'],
  'dovecot-pop3d': ['dovecot'],
  'dovecot-lmtpd': ['dovecot'],
  fetchmail: ['fetchmail'],
};

/** What a step of the installation needs from the machine; tests hand in a made-up one. */
export interface Machine {
  readonly isRoot: boolean;
  readonly hasApt: boolean;
  find(peer: Peer): string | undefined;
  /** Runs a command to its end. `stdout` is empty when its output went to the terminal. */
  run(
    command: string,
    args: readonly string[],
    how: 'shown' | 'read',
  ): { readonly ok: boolean; readonly stdout: string };
  say(line: string): void;
  /** Downloads packages and unpacks them for {@link findPeer}, under the name of the first; false when that failed. */
  unpack(packages: readonly string[]): boolean;
  /** Keeps Debian from starting what it installs, until the returned function is called. */
  holdServices(): () => void;
}

/** The packages that are not there yet, in a stable order. */
export function missingPackages(machine: Pick<Machine, 'find'>): readonly string[] {
  const names = Object.keys(PEERS) as Peer[];
  return [...new Set(names.filter((name) => machine.find(name) === undefined).map((name) => PEERS[name]))].sort();
}

/** What `apt-get --simulate` says it would install. */
export function additions(simulation: string): readonly string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
}

/** What `apt-get --simulate` says it would remove. */
export function removals(simulation: string): readonly string[] {
  return [...simulation.matchAll(/^Remv (\S+)/gm)].map((match) => match[1] ?? '');
}

/** Installs what is missing where that is harmless. A machine without peers is no error: their tests then skip. */
export function preparePeers(machine: Machine): void {
  const missing = missingPackages(machine);
  if (missing.length === 0) {
    machine.say(`all ${Object.keys(PEERS).length} programs are there`);
    return;
  }
  const obstacle = fetch(machine, missing);
  if (obstacle !== undefined) machine.say(`${obstacle}; tests that need them skip`);
  const left = missingPackages(machine);
  if (left.length > 0) machine.say(`still missing: ${left.join(' ')}`);
}

/** Returns a sentence when something could not be had. */
function fetch(machine: Machine, packages: readonly string[]): string | undefined {
  const list = packages.join(' ');
  if (!machine.hasApt) return `no apt-get here to install ${list}`;
  if (!machine.isRoot) return `not root, so these Debian packages stay missing: ${list} (install them with apt-get)`;
  machine.run('apt-get', ['update', '-q', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'], 'shown');
  const beside = packages.filter((name) => UNPACKED_PACKAGES.includes(name));
  const inside = packages.filter((name) => !beside.includes(name));
  const obstacles = [
    inside.length === 0 ? undefined : install(machine, inside),
    ...beside.map((name) => unpack(machine, name)),
  ];
  return obstacles.find((obstacle) => obstacle !== undefined);
}

function installOptions(packages: readonly string[]): readonly string[] {
  return ['install', '--yes', '--no-install-recommends', ...packages];
}

/** Whatever apt would install for it comes along, so the libraries are there; what it would remove stays. */
function unpack(machine: Machine, name: string): string | undefined {
  const simulation = machine.run('apt-get', ['--simulate', ...installOptions([name])], 'read');
  if (!simulation.ok) return `apt-get has no way to install ${name}`;
  const packages = [...new Set([name, ...additions(simulation.stdout)])];
  machine.say(`unpacking ${packages.join(' ')}`);
  return machine.unpack(packages) ? undefined : `apt-get could not download ${packages.join(' ')}`;
}

/** Returns a sentence when the packages could not be installed. */
function install(machine: Machine, packages: readonly string[]): string | undefined {
  const list = packages.join(' ');
  machine.say(`installing ${list}`);
  const options = installOptions(packages);
  const simulation = machine.run('apt-get', ['--simulate', ...options], 'read');
  if (!simulation.ok) return `apt-get has no way to install ${list}`;
  const removed = removals(simulation.stdout);
  if (removed.length > 0) return `installing ${list} would remove ${removed.join(' ')}`;
  const release = machine.holdServices();
  try {
    if (!machine.run('apt-get', ['-q', ...options], 'shown').ok) return `apt-get could not install ${list}`;
    // Not at the next boot either: the tests start their own instances, with configurations of their own.
    const daemons = [...new Set(packages.flatMap((name) => DAEMONS[name] ?? []))];
    if (daemons.length > 0) machine.run('systemctl', ['disable', ...daemons], 'read');
    return undefined;
  } finally {
    release();
  }
}

/** Whole or not at all: it gets its name when everything is in it. */
function unpackHere(packages: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const peer = (Object.keys(PEERS) as Peer[]).find((name) => PEERS[name] === packages[0]);
  if (peer === undefined) return false;
  const target = unpackedFolder(peer);
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = mkdtempSync(`${target}-`);
  const downloads = mkdtempSync(join(tmpdir(), 'posthorn-peers-'));
  try {
    // Another user, whom apt would become to download, may not write there.
    const download = ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...packages];
    const ran = spawnSync('apt-get', download, { cwd: downloads, env, stdio: ['ignore', 'ignore', 'inherit'] });
    const files = ran.status === 0 ? readdirSync(downloads) : [];
    const unpacked = files.map((file) => spawnSync('dpkg', ['-x', join(downloads, file), unfinished]).status === 0);
    if (unpacked.length < packages.length || !unpacked.every(Boolean)) return false;
    rmSync(target, { recursive: true, force: true });
    renameSync(unfinished, target);
    return true;
  } finally {
    for (const folder of [unfinished, downloads]) rmSync(folder, { recursive: true, force: true });
  }
}

function thisMachine(): Machine {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  return {
    isRoot: process.getuid?.() === 0,
    hasApt: existsSync('/usr/bin/apt-get'),
    find: (peer) => findPeer(peer),
    run(command, args, how) {
      const stdio =
        how === 'shown' ? (['ignore', 'inherit', 'inherit'] as const) : (['ignore', 'pipe', 'ignore'] as const);
      const result = spawnSync(command, args, { env, stdio: [...stdio], encoding: 'utf8' });
      return { ok: result.status === 0, stdout: result.stdout ?? '' };
    },
    say(line) {
      process.stdout.write(`peers: ${line}\n`);
    },
    unpack: (packages) => unpackHere(packages, env),
    holdServices: () => {
      spawnSync('debconf-set-selections', { env, input: ANSWERS, stdio: ['pipe', 'ignore', 'inherit'] });
      return forbidStarts();
    },
  };
}

/** Debian asks policy-rc.d before it starts a service: 101 means no. One that is there already stays as it is. */
function forbidStarts(): () => void {
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return () => {};
    throw error;
  }
  return () => {
    rmSync(POLICY, { force: true });
  };
}

if (import.meta.main) preparePeers(thisMachine());
