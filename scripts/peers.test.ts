import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPeer, PEERS, type Peer } from '../test/peers/peers.ts';
import { type Machine, missingPackages, preparePeers, removals } from './peers.ts';

interface Story {
  readonly machine: Machine;
  readonly said: string[];
  readonly ran: string[];
}

/** A machine that lacks some programs; `installs` says whether apt's installation brings them. */
function made(options: {
  lacks: readonly Peer[];
  root?: boolean;
  apt?: boolean;
  simulation?: string;
  unpacks?: boolean;
}): Story {
  const lacking = new Set<Peer>(options.lacks);
  const said: string[] = [];
  const ran: string[] = [];
  const machine: Machine = {
    isRoot: options.root ?? true,
    hasApt: options.apt ?? true,
    find: (peer) => (lacking.has(peer) ? undefined : `/usr/bin/${peer}`),
    run(command, args) {
      ran.push([command, ...args].join(' '));
      if (args.includes('--simulate')) return { ok: true, stdout: options.simulation ?? 'Inst swaks (1 Debian)' };
      if (args.includes('install')) lacking.clear();
      return { ok: true, stdout: '' };
    },
    unpack(packages) {
      ran.push(`unpack ${packages.join(' ')}`);
      if (options.unpacks === false) return false;
      lacking.delete('exim4');
      return true;
    },
    say: (line) => said.push(line),
    holdServices: () => {
      ran.push('hold');
      return () => ran.push('release');
    },
  };
  return { machine, said, ran };
}

test('nothing is asked of apt when all programs are there', () => {
  const { machine, said, ran } = made({ lacks: [] });
  preparePeers(machine);
  assert.deepEqual(ran, []);
  assert.deepEqual(said, [`all ${Object.keys(PEERS).length} programs are there`]);
});

test('root installs what is missing, with services held and not enabled for the next boot', () => {
  const { machine, said, ran } = made({ lacks: ['swaks', 'smtp-sink', 'postfix'] });
  preparePeers(machine);
  assert.deepEqual(
    ran.map((line) => line.replace(/ -o .*/, '')),
    [
      'apt-get update -q',
      'apt-get --simulate install --yes --no-install-recommends postfix swaks',
      'hold',
      'apt-get -q install --yes --no-install-recommends postfix swaks',
      'systemctl disable postfix',
      'release',
    ],
  );
  assert.deepEqual(said, ['installing postfix swaks']);
});

test('nothing is installed when apt would remove something for it', () => {
  const { machine, said, ran } = made({ lacks: ['postfix'], simulation: 'Remv exim4 [4.96]\nInst postfix (3.7)' });
  preparePeers(machine);
  assert.ok(!ran.includes('hold'));
  assert.ok(said.includes('installing postfix would remove exim4; tests that need them skip'));
  assert.ok(said.includes('still missing: postfix'));
});

test('a mail server that would evict another is unpacked with what it needs, and nothing is installed for it', () => {
  const simulation = 'Remv postfix [3.7]\nInst libidn12 (1.41)\nInst exim4-daemon-light (4.96)';
  const { machine, said, ran } = made({ lacks: ['exim4'], simulation });
  preparePeers(machine);
  assert.deepEqual(
    ran.map((line) => line.replace(/ -o .*/, '')),
    [
      'apt-get update -q',
      'apt-get --simulate install --yes --no-install-recommends exim4-daemon-light',
      'unpack exim4-daemon-light libidn12',
    ],
  );
  assert.deepEqual(said, ['unpacking exim4-daemon-light libidn12']);
  const failing = made({ lacks: ['exim4'], simulation, unpacks: false });
  preparePeers(failing.machine);
  assert.match(failing.said.join('\n'), /could not download exim4.*skip[^]*still missing: exim4-daemon-light/);
});

test('without root, or without apt, the missing packages are named', () => {
  const user = made({ lacks: ['mutt'], root: false });
  preparePeers(user.machine);
  assert.deepEqual(user.ran, []);
  assert.match(user.said.join('\n'), /not root.*mutt[^]*still missing: mutt/);
  const elsewhere = made({ lacks: ['mutt'], apt: false });
  preparePeers(elsewhere.machine);
  assert.deepEqual(elsewhere.ran, []);
  assert.match(elsewhere.said.join('\n'), /no apt-get here to install mutt/);
});

test('a package is named once, however many of its programs are missing', () => {
  assert.deepEqual(missingPackages(made({ lacks: ['smtp-source', 'smtp-sink', 'curl'] }).machine), ['curl', 'postfix']);
});

test('removals are read from a simulation', () => {
  assert.deepEqual(removals('Inst a (1)\nRemv exim4-daemon-light [4.96]\nRemv b [2] [c:amd64 ]\nConf a'), [
    'exim4-daemon-light',
    'b',
  ]);
  assert.deepEqual(removals('Inst Remv (1)'), []);
});

test('a program is looked for in the system folders and then in PATH', () => {
  assert.equal(findPeer('no-such-program' as Peer, '/nonexistent'), undefined);
  assert.match(findPeer('sh' as Peer, '') ?? '', /bin\/sh$/);
});
