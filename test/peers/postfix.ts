/**
 * A Postfix of a test's own: configuration, spool, data and mailboxes in a fresh directory, on free
 * loopback ports, run in the foreground of our process and stopped by its pid. It needs root, as
 * Postfix itself does (its parts give up root for several users).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Conversation } from '../conversation.ts';
import { eventually, run, scratch } from '../program.ts';
import { freePort, makeCertificate } from './daemon.ts';
import type { Certificate } from './daemon.ts';
import { UTF8_USER, USERS } from './next-hop.ts';
import { findPeer, requirePeer } from './peers.ts';
import type { Peer } from './peers.ts';

export interface PostfixOptions {
  /** Its own domains; it takes mail for `bob`, `list0` to `list99` and `jürgen` there, and for nobody else. */
  readonly domains: readonly string[];
  /** Where it hands mail for another domain on: only over TLS, to a server that proves to be "localhost". */
  readonly next?: { readonly domain: string; readonly port: number; readonly certificate: string };
  /** What it shows; default: one for "localhost", "mx.b.test" and 127.0.0.1. */
  readonly tls?: Certificate;
  /** Settings of main.cf in place of ours. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Postfix {
  readonly port: number;
  /** What has been delivered into a mailbox, in no certain order, with the lines that Postfix put in front. */
  mailbox(user: string): Promise<readonly Buffer[]>;
  log(): Promise<string>;
}

/** The uid that owns its mailboxes: nobody. */
const NOBODY = 65_534;
const PROGRAMS = '/usr/lib/postfix/sbin';

/** Skips the test, with a sentence, where Postfix can't be run. */
export function requirePostfix(t: TestContext, ...others: readonly Peer[]): boolean {
  if (process.getuid?.() !== 0) {
    t.skip('Postfix needs root to run');
    return false;
  }
  return (['postfix', 'openssl', ...others] as const).every((peer) => requirePeer(t, peer) !== undefined);
}

export async function startPostfix(t: TestContext, options: PostfixOptions): Promise<Postfix> {
  const home = await scratch(t);
  await chmod(home, 0o755);
  for (const name of ['etc', 'spool', 'data', 'mail']) await mkdir(join(home, name), { mode: 0o755 });
  await chown(join(home, 'mail'), NOBODY, NOBODY);
  await chown(join(home, 'data'), await idOf('postfix'), 0);
  const port = await freePort();
  const names = ['DNS:localhost', 'DNS:mx.b.test', 'IP:127.0.0.1'];
  const tls = options.tls ?? (await makeCertificate(join(home, 'etc'), names));
  await writeFile(join(home, 'etc/main.cf'), mainCf(home, options, tls));
  await writeFile(join(home, 'etc/master.cf'), masterCf(port));
  await writeFile(join(home, 'etc/mailboxes'), mailboxes(options.domains));
  const checked = await run(findPeer('postfix') as string, ['-c', join(home, 'etc'), 'check']);
  assert.equal(checked.code, 0, `${checked.stdout}${checked.stderr}`);
  const said: Buffer[] = [];
  // A group of its own: it ends its parts by a signal to the whole group.
  const master = spawn(join(PROGRAMS, 'master'), ['-c', join(home, 'etc')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [master.stdout, master.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  t.after(() => stop(master));
  const log = (): Promise<string> => readFile(join(home, 'maillog'), 'utf8').catch(() => '');
  await eventually('Postfix is open', async () => {
    if (master.exitCode !== null) throw new Error(`Postfix ended: ${Buffer.concat(said).toString()}${await log()}`);
    const smtp = await Conversation.open(port).catch(() => undefined);
    const banner = await smtp?.reply();
    smtp?.close();
    return banner?.startsWith('220') ?? false;
  });
  return { port, log, mailbox: (user) => maildir(join(home, 'mail', user, 'new')) };
}

async function stop(master: ChildProcess): Promise<void> {
  if (master.exitCode !== null || master.signalCode !== null) return;
  const ended = once(master, 'exit');
  master.kill('SIGTERM');
  await ended;
}

async function maildir(path: string): Promise<readonly Buffer[]> {
  const names = await readdir(path).catch(() => []);
  return Promise.all(names.map((name) => readFile(join(path, name))));
}

async function idOf(user: string): Promise<number> {
  return Number((await run('id', ['-u', user])).stdout);
}

function mailboxes(domains: readonly string[]): string {
  return domains.flatMap((domain) => [...USERS, UTF8_USER].map((user) => `${user}@${domain} ${user}/\n`)).join('');
}

function mainCf(
  home: string,
  { domains, next, settings: others }: PostfixOptions,
  { certificate, key }: Certificate,
): string {
  const settings = {
    compatibility_level: '3.6',
    queue_directory: join(home, 'spool'),
    data_directory: join(home, 'data'),
    daemon_directory: PROGRAMS,
    maillog_file: join(home, 'maillog'),
    maillog_file_prefixes: home,
    myhostname: 'mx.b.test',
    myorigin: 'b.test',
    mydestination: '',
    local_transport: 'error:no local mailboxes',
    default_transport: 'error:nothing leaves this machine',
    alias_maps: '',
    alias_database: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    disable_dns_lookups: 'yes',
    smtpd_peername_lookup: 'no',
    notify_classes: '',
    virtual_mailbox_domains: domains.join(' '),
    virtual_mailbox_base: join(home, 'mail'),
    virtual_mailbox_maps: `texthash:${join(home, 'etc/mailboxes')}`,
    virtual_mailbox_limit: '0',
    virtual_uid_maps: `static:${NOBODY}`,
    virtual_gid_maps: `static:${NOBODY}`,
    message_size_limit: '60000000',
    smtpd_tls_security_level: 'may',
    smtpd_tls_cert_file: certificate,
    smtpd_tls_key_file: key,
    smtpd_tls_received_header: 'yes',
    smtp_destination_recipient_limit: '100',
    ...(next === undefined ? {} : nextSettings(next)),
    ...others,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function nextSettings({ domain, port, certificate }: NonNullable<PostfixOptions['next']>): Record<string, string> {
  return {
    transport_maps: `inline:{${domain}=smtp:[127.0.0.1]:${port}}`,
    smtp_tls_security_level: 'secure',
    smtp_tls_secure_cert_match: 'localhost',
    smtp_tls_CAfile: certificate,
    smtp_tls_loglevel: '1',
  };
}

/** The parts that take in, queue, relay, bounce and deliver; none of them locked into its spool, where files of the system would be missing. */
function masterCf(port: number): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}
