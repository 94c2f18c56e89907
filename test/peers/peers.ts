/**
 * The real programs that the tests talk to, mail programs and a browser: where each one is, and which Debian package
 * brings it. `scripts/peers.ts` installs what is missing when it may; a test that needs a program
 * which isn't there skips with a sentence (and in CI a skip is a failure).
 */
import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Program → the Debian package that brings it. */
export const PEERS = {
  postfix: 'postfix',
  postconf: 'postfix',
  'smtp-source': 'postfix',
  'smtp-sink': 'postfix',
  dovecot: 'dovecot-pop3d',
  swaks: 'swaks',
  msmtp: 'msmtp',
  fetchmail: 'fetchmail',
  mpop: 'mpop',
  curl: 'curl',
  python3: 'python3',
  strace: 'strace',
  openssl: 'openssl',
  mutt: 'mutt',
  gsasl: 'gsasl',
  faketime: 'faketime',
  'posttls-finger': 'postfix',
  // swaks has no TLS without it, and only recommends it.
  'net-ssleay': 'libnet-ssleay-perl',
  'dovecot-lmtp': 'dovecot-lmtpd',
  exim4: 'exim4-daemon-light',
  opensmtpd: 'opensmtpd',
  chromium: 'chromium',
  'dbus-daemon': 'dbus-daemon',
  'gnome-keyring-daemon': 'gnome-keyring',
  'secret-tool': 'libsecret-tools',
} as const;

export type Peer = keyof typeof PEERS;

/** Peers that are no programs of their own: where Debian puts them. */
const ELSEWHERE: Partial<Record<Peer, string>> = {
  'net-ssleay': '/usr/{share,lib/*}/perl5/{,*/}Net/SSLeay.pm',
  'dovecot-lmtp': '/usr/lib/dovecot/lmtp',
};

/** Mail servers that apt would put in Postfix's place: unpacked beside the system instead, and the program in them. */
const UNPACKED: Partial<Record<Peer, string>> = {
  exim4: 'usr/sbin/exim4',
  opensmtpd: 'usr/sbin/smtpd',
};

const CACHE = fileURLToPath(new URL('../../.cache/peers', import.meta.url));

/** The packages that are unpacked and not installed. */
export const UNPACKED_PACKAGES: readonly string[] = (Object.keys(UNPACKED) as Peer[]).map((peer) => PEERS[peer]);

/** Where a peer's package, and what it needs beyond the system, is unpacked. */
export function unpackedFolder(peer: Peer): string {
  return join(CACHE, PEERS[peer]);
}

/** The folders of its libraries, as the loader takes them. */
export function unpackedLibraries(peer: Peer): string {
  return globSync('{usr/,}lib/*-linux-*/', { cwd: unpackedFolder(peer) })
    .map((folder) => join(unpackedFolder(peer), folder))
    .join(delimiter);
}

/** Daemons live in the administrator's folders, which an ordinary user's PATH may lack. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** The program's full path, or undefined when it isn't installed. */
export function findPeer(name: Peer, path: string = process.env['PATH'] ?? ''): string | undefined {
  const elsewhere = ELSEWHERE[name];
  if (elsewhere !== undefined) return globSync(elsewhere)[0];
  const unpacked = UNPACKED[name];
  if (unpacked !== undefined) return [join(unpackedFolder(name), unpacked)].find(isExecutable);
  // The system's folders first: a shim in somebody's PATH (pyenv, asdf) is not the Debian program.
  const folders = [...SYSTEM_FOLDERS, ...path.split(delimiter).filter((folder) => folder !== '')];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The program's full path; when it is missing the test is skipped with a sentence, and the caller returns. */
export function requirePeer(t: TestContext, name: Peer): string | undefined {
  const path = findPeer(name);
  const how = UNPACKED[name] === undefined ? `apt-get install ${PEERS[name]}` : 'node scripts/peers.ts, as root';
  if (path === undefined) t.skip(`${name} is not installed: ${how}`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
