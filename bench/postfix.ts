/**
 * Postfix as a second instance: a configuration, queue and mailbox of its own in a directory of ours,
 * on a loopback port. Nothing of the system's own Postfix is read or changed. Needs root: its master
 * gives up privileges itself.
 */
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, run } from '../test/program.ts';
import { findPeer } from '../test/peers/peers.ts';
import { freePort } from './free-port.ts';
import type { BenchServer } from './server.ts';

/** Debian's "nobody": whoever owns the mailbox must not be root. */
const OWNER = 65_534;

/** The servers of one instance; no chroot, so that nothing has to be copied into the queue directory. */
const MASTER = (port: number): string => `
127.0.0.1:${port} inet n - n - 250 smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
smtp unix - - n - - smtp
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

/** As shipped, but for what a test world needs, and for limits that would keep it from showing what it can. */
const MAIN = (directory: string, relayTo: number | undefined): string => `
compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
maillog_file = ${directory}/maillog
maillog_file_prefixes = ${directory}
myhostname = mx.bench.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
virtual_mailbox_domains = bench.test
virtual_mailbox_base = ${directory}
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:${OWNER}
virtual_gid_maps = static:${OWNER}
smtpd_peername_lookup = no
default_process_limit = 250
in_flow_delay = 0
${relayTo === undefined ? '' : `relayhost = [127.0.0.1]:${relayTo}`}
`;

/**
 * Mail for other domains goes to that port. Undefined when it isn't installed, or we may not start it; `why` says so.
 */
export async function startPostfix(
  directory: string,
  relayTo: number | undefined,
): Promise<BenchServer | { readonly why: string }> {
  const postfix = findPeer('postfix');
  if (postfix === undefined) return { why: 'Postfix is not installed' };
  if (process.getuid?.() !== 0) return { why: 'Postfix can only be started by root' };
  await prepare(directory);
  const port = await freePort();
  await writeFile(join(directory, 'etc/main.cf'), MAIN(directory, relayTo));
  await writeFile(join(directory, 'etc/master.cf'), MASTER(port));
  const command = (
    name: string,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
    run(postfix, ['-c', join(directory, 'etc'), name]);
  const started = await command('start');
  if (started.code !== 0) return { why: `Postfix did not start: ${(started.stdout + started.stderr).trim()}` };
  const master = await eventually('Postfix is open', () => masterPid(directory));
  const inbox = join(directory, 'box/new');
  return {
    name: 'Postfix',
    port,
    recipient: 'box@bench.test',
    stored: async () => (await readdir(inbox).catch(() => [])).length,
    processes: async () => [master, ...(await childrenOf(master))],
    place: new RegExp(`${directory}/queue/(?:incoming|maildrop|active)/`),
    async stop() {
      await command('stop');
      await eventually('Postfix has stopped', () => Promise.resolve(!isRunning(master)));
    },
  };
}

/** Postfix looks at who owns its directories; the rest of ours stays closed to others. */
async function prepare(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const name of ['etc', 'queue', 'data', 'box']) await mkdir(join(directory, name), { mode: 0o755 });
  const postfix = await run('id', ['-u', 'postfix']);
  await chown(join(directory, 'data'), Number(postfix.stdout), 0);
  await chown(join(directory, 'box'), OWNER, OWNER);
}

async function masterPid(directory: string): Promise<number | undefined> {
  const text = await readFile(join(directory, 'queue/pid/master.pid'), 'utf8').catch(() => '');
  const pid = Number(text.trim());
  return pid > 0 && isRunning(pid) ? pid : undefined;
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
