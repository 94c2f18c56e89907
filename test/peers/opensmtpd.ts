/** An OpenSMTPD of a test's own, in a root directory of its own: it gives up root for users of fixed names, in fixed paths. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort, greeted } from './daemon.ts';
import { makeJail } from './jail.ts';
import { USERS } from './next-hop.ts';
import type { NextHop, NextHopOptions } from './next-hop.ts';
import { unpackedFolder } from './peers.ts';

/** Owns the mailboxes. */
const READER = 'vmail';
const PROGRAM = '/usr/sbin/smtpd';
/** What it runs to deliver into a maildir. */
const MAILDIR = '/usr/libexec/opensmtpd/mail.maildir';

export async function startOpenSmtpd(t: TestContext, options: NextHopOptions): Promise<NextHop> {
  const from = unpackedFolder('opensmtpd');
  const programs = Object.fromEntries([PROGRAM, MAILDIR].map((path) => [path, join(from, path)]));
  const jail = await makeJail(t, { peer: 'opensmtpd', programs, users: ['opensmtpd', 'opensmtpq', READER] });
  const port = await freePort();
  await jail.folder('/var/lib/opensmtpd/empty', { mode: 0o755 });
  await jail.folder('/var/spool/smtpd', { mode: 0o711 });
  await jail.folder('/mail', { owner: READER });
  await jail.write('/etc/cert.pem', await readFile(options.tls.certificate, 'utf8'));
  await jail.write('/etc/key.pem', await readFile(options.tls.key, 'utf8'), { mode: 0o600 });
  // Where it looks for the authorities it trusts.
  await jail.write('/etc/ssl/certs/ca-certificates.crt', await readFile(options.next.certificate, 'utf8'));
  const { domain } = options;
  await jail.write('/etc/mailboxes', USERS.map((user) => `${user}@${domain} ${READER}\n`).join(''));
  await jail.write('/etc/smtpd.conf', configuration(port, options));
  const daemon = jail.start(PROGRAM, ['-d', '-f', '/etc/smtpd.conf']);
  await greeted('OpenSMTPD', port, daemon);
  return {
    port,
    mailbox: (user) => jail.files(`/mail/${user}/new`),
    log: () => Promise.resolve(daemon.output()),
  };
}

function configuration(port: number, { domain, next }: NextHopOptions): string {
  const host = `mx.${domain}`;
  return `pki ${host} cert "/etc/cert.pem"
pki ${host} key "/etc/key.pem"
table mailboxes file:/etc/mailboxes
smtp max-message-size 60M
bounce warn-interval 1d
listen on 127.0.0.1 port ${port} tls pki ${host} hostname ${host}
action "mailboxes" maildir "/mail/%{rcpt.user}" virtual <mailboxes>
action "onward" relay host smtp+tls://127.0.0.1:${next.port} helo ${host}
match from any for domain ${domain} action "mailboxes"
match from any for domain ${next.domain} action "onward"
`;
}
