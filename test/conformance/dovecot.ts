/**
 * A Dovecot of the run's own: configuration, maildrops and sockets in a fresh directory, on a free
 * loopback port, stopped by its pid. It needs root, as Dovecot itself does (its parts give it up).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { eventually, PASSWORD, run, scratch } from '../program.ts';
import { findPeer } from '../peers/peers.ts';
import { Connection } from './connection.ts';
import type { Pop3Server } from './pop3/dialogue.ts';
import { MESSAGES } from './pop3/messages.ts';
import { mailboxes, READERS } from './posthorn.ts';

/** The uid that owns the maildrops: nobody. */
const NOBODY = 65_534;

/** A Dovecot's POP3, and where Postfix asks it about logins. */
export interface Dovecot extends Pop3Server {
  readonly auth: string;
}

/** `under` runs it: a faster clock, for one. */
export async function startDovecot(t: TestContext, under: readonly string[] = []): Promise<Dovecot> {
  const home = await scratch(t);
  await chmod(home, 0o755);
  const [port] = await Promise.all([freePort(), makeCertificate(home), fill(home)]);
  const config = join(home, 'dovecot.conf');
  await writeFile(config, configuration(home, port));
  await writeFile(join(home, 'users'), READERS.map((user) => `${user}:{PLAIN}${PASSWORD}\n`).join(''));
  const [command, ...args] = [...under, findPeer('dovecot') as string, '-F', '-c', config];
  const master = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [master.stdout, master.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = once(master, 'exit');
  t.after(async () => {
    // Not what runs it, which might go without it.
    const pid = await readFile(join(home, 'run/master.pid'), 'utf8').catch(() => undefined);
    if (master.exitCode === null) process.kill(pid === undefined ? (master.pid ?? 0) : Number(pid), 'SIGTERM');
    await ended;
  });
  await eventually('Dovecot is open', async () => {
    if (master.exitCode !== null) throw new Error(`Dovecot ended: ${Buffer.concat(said).toString()}`);
    const pop = await Connection.open(port).catch(() => undefined);
    const greeting = await pop?.line();
    pop?.close();
    return greeting?.startsWith('+OK');
  });
  return { port, auth: authSocket(home), ...mailboxes(PASSWORD) };
}

/** Maildirs as a delivery agent of the system leaves them: lines end in LF. */
async function fill(home: string): Promise<void> {
  for (const user of READERS) {
    const folders = ['mail', `mail/${user}`, ...['cur', 'new', 'tmp'].map((name) => `mail/${user}/${name}`)];
    for (const folder of folders) {
      await mkdir(join(home, folder), { recursive: true });
      await chown(join(home, folder), NOBODY, NOBODY);
    }
    for (const [at, message] of MESSAGES.entries()) {
      const file = join(home, 'mail', user, 'new', `${1_795_000_000 + at}.M${at}P1.a.test`);
      await writeFile(file, message.replaceAll('\r\n', '\n'), 'latin1');
      await chown(file, NOBODY, NOBODY);
    }
  }
}

function authSocket(home: string): string {
  return join(home, 'auth-client');
}

async function makeCertificate(home: string): Promise<void> {
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const files = ['-keyout', join(home, 'key.pem'), '-out', join(home, 'cert.pem')];
  const ran = await run(findPeer('openssl') as string, [...made, '-subj', '/CN=localhost', ...files]);
  assert.equal(ran.code, 0, ran.stderr);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The exclusive lock of RFC 1939 §4 is a setting there, and on here; a wrong password costs no time, so that the run is short. */
function configuration(home: string, port: number): string {
  return `protocols = pop3
base_dir = ${home}/run
state_dir = ${home}/state
log_path = ${home}/log
listen = 127.0.0.1
ssl = yes
ssl_cert = <${home}/cert.pem
ssl_key = <${home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:${home}/mail/%u
mail_uid = ${NOBODY}
mail_gid = ${NOBODY}
first_valid_uid = 1
first_valid_gid = 1
pop3_lock_session = yes
import_environment = TZ LD_PRELOAD FAKETIME FAKETIME_SHARED
passdb {
  driver = passwd-file
  args = ${home}/users
}
userdb {
  driver = static
  args = uid=${NOBODY} gid=${NOBODY} home=${home}/mail/%u
}
service auth {
  unix_listener ${authSocket(home)} {
    mode = 0666
  }
}
service pop3-login {
  inet_listener pop3 {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}
`;
}
