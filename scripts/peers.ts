/**
 * Makes the real mail programs available that the tests talk to. As root on a Debian system it
 * installs what is missing, if apt's own simulation says that nothing would be removed for it (mail
 * servers evict each other) and without starting any service. Otherwise it names what it found
 * and what the tests will skip.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findPeer, PEERS, type Peer } from '../test/peers/peers.ts';

const POLICY = '/usr/sbin/policy-rc.d';

/** Debian's answers for packages that ask questions: Postfix makes no configuration of its own. */
const ANSWERS = 'postfix postfix/main_mailer_type select No configuration\n';

/** The services that a package would have the system start at boot. */
const DAEMONS: Readonly<Record<string, readonly string[]>> = {
  postfix: ['postfix'],
  'dovecot-pop3d': ['dovecot'],
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
  /** Keeps Debian from starting what it installs, until the returned function is called. */
  holdServices(): () => void;
}

/** The packages that would have to be installed, in a stable order. */
export function missingPackages(machine: Pick<Machine, 'find'>): readonly string[] {
  const names = Object.keys(PEERS) as Peer[];
  return [...new Set(names.filter((name) => machine.find(name) === undefined).map((name) => PEERS[name]))].sort();
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
  const obstacle = install(machine, missing);
  if (obstacle !== undefined) machine.say(`${obstacle}; tests that need them skip`);
  const left = missingPackages(machine);
  if (left.length > 0) machine.say(`still missing: ${left.join(' ')}`);
}

/** Returns a sentence when the packages could not be installed. */
function install(machine: Machine, packages: readonly string[]): string | undefined {
  const list = packages.join(' ');
  if (!machine.hasApt) return `no apt-get here to install ${list}`;
  if (!machine.isRoot) return `not root, so these Debian packages stay missing: ${list} (install them with apt-get)`;
  machine.say(`installing ${list}`);
  const options = ['install', '--yes', '--no-install-recommends', ...packages];
  machine.run('apt-get', ['update', '-q', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'], 'shown');
  const simulation = machine.run('apt-get', ['--simulate', ...options], 'read');
  if (!simulation.ok) return `apt-get has no way to install ${list}`;
  const removed = removals(simulation.stdout);
  if (removed.length > 0) return `installing ${list} would remove ${removed.join(' ')}`;
  const release = machine.holdServices();
  try {
    if (!machine.run('apt-get', ['-q', ...options], 'shown').ok) return `apt-get could not install ${list}`;
    // Not at the next boot either: the tests start their own instances, with configurations of their own.
    const daemons = packages.flatMap((name) => DAEMONS[name] ?? []);
    if (daemons.length > 0) machine.run('systemctl', ['disable', ...daemons], 'read');
    return undefined;
  } finally {
    release();
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
