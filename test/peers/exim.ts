/** An Exim of a test's own, in a root directory of its own: Debian's program wants the user Debian-exim and fixed paths. */
import { readFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { freePort, greeted } from './daemon.ts';
import { makeJail } from './jail.ts';
import { UTF8_USER, USERS } from './next-hop.ts';
import type { NextHop, NextHopOptions } from './next-hop.ts';
import { findPeer } from './peers.ts';

/** Compiled into Debian's program. */
const USER = 'Debian-exim';
const PROGRAM = '/usr/sbin/exim4';

export async function startExim(t: TestContext, options: NextHopOptions): Promise<NextHop> {
  const jail = await makeJail(t, {
    peer: 'exim4',
    programs: { [PROGRAM]: findPeer('exim4') as string },
    users: [USER],
  });
  const port = await freePort();
  // Its parts take root back by this bit: to deliver, and to listen.
  await jail.own(PROGRAM, { mode: 0o4755 });
  for (const path of ['/var/spool/exim4', '/var/log/exim4', '/mail']) await jail.folder(path, { owner: USER });
  await jail.write('/etc/cert.pem', await readFile(options.tls.certificate, 'utf8'));
  await jail.write('/etc/key.pem', await readFile(options.tls.key, 'utf8'), { owner: USER, mode: 0o600 });
  await jail.write('/etc/next.pem', await readFile(options.next.certificate, 'utf8'));
  await jail.write('/etc/mailboxes', [...USERS, UTF8_USER].map((user) => `${user}: ${user}\n`).join(''));
  await jail.write('/etc/exim4/exim4.conf', configuration(port, options));
  const daemon = jail.start(PROGRAM, ['-bdf', '-q1s']);
  await greeted('Exim', port, daemon);
  return {
    port,
    mailbox: (user) => jail.files(`/mail/${user}/new`),
    log: async () => (await jail.read('/var/log/exim4/mainlog')) + daemon.output(),
  };
}

function configuration(port: number, { domain, next }: NextHopOptions): string {
  return `primary_hostname = mx.${domain}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 50
message_size_limit = 60M
recipients_max = 1000
dsn_advertise_hosts = *
tls_advertise_hosts = *
tls_certificate = /etc/cert.pem
tls_privatekey = /etc/key.pem
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept
    verify = recipient
  deny
    message = nobody has that address
begin routers
onward:
  driver = manualroute
  domains = ${next.domain}
  route_list = * 127.0.0.1
  self = send
  transport = onward
mailboxes:
  driver = accept
  domains = ${domain}
  local_parts = lsearch;/etc/mailboxes
  transport = mailbox
begin transports
onward:
  driver = smtp
  port = ${next.port}
  hosts_require_tls = *
  tls_verify_certificates = /etc/next.pem
  tls_verify_hosts = *
  tls_verify_cert_hostnames =
mailbox:
  driver = appendfile
  directory = /mail/$local_part_data
  maildir_format
  create_directory
  delivery_date_add
  envelope_to_add
  return_path_add
  user = ${USER}
begin retry
* * F,1h,1s
`;
}
