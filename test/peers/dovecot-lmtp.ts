/** A Dovecot of a test's own that takes mail by LMTP: on a port and on a socket, into mailboxes one of which is full. */
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { scratch } from '../program.ts';
import { freePort, greeted, makeCertificate, startDaemon } from './daemon.ts';
import { findPeer } from './peers.ts';

export interface LmtpStore {
  readonly port: number;
  /** The path of its socket. */
  readonly socket: string;
  mailbox(address: string): Promise<readonly Buffer[]>;
}

/** The uid that owns the mailboxes: nobody. */
const NOBODY = 65_534;

/** @param users addresses, each with the octets its mailbox may hold */
export async function startDovecotLmtp(t: TestContext, users: Readonly<Record<string, number>>): Promise<LmtpStore> {
  const home = await scratch(t);
  await chmod(home, 0o755);
  await mkdir(join(home, 'mail'));
  await chown(join(home, 'mail'), NOBODY, NOBODY);
  const port = await freePort();
  const { certificate, key } = await makeCertificate(home, ['DNS:localhost']);
  const lines = Object.entries(users).map(([user, octets]) => `${user}:::::::userdb_quota_rule=*:bytes=${octets}\n`);
  await writeFile(join(home, 'users'), lines.join(''));
  await writeFile(join(home, 'dovecot.conf'), configuration(home, port, `<${certificate}`, `<${key}`));
  const daemon = startDaemon(findPeer('dovecot') as string, ['-F', '-c', join(home, 'dovecot.conf')]);
  t.after(() => daemon.stop());
  await greeted('Dovecot', port, daemon);
  return {
    port,
    socket: join(home, 'run/lmtp'),
    async mailbox(address) {
      const folder = join(home, 'mail', address, 'new');
      const names = await readdir(folder).catch(() => []);
      return Promise.all(names.map((name) => readFile(join(folder, name))));
    },
  };
}

function configuration(home: string, port: number, certificate: string, key: string): string {
  return `protocols = lmtp
base_dir = ${home}/run
state_dir = ${home}/state
log_path = ${home}/log
listen = 127.0.0.1
hostname = store.test
postmaster_address = postmaster@store.test
ssl = yes
ssl_cert = ${certificate}
ssl_key = ${key}
mail_location = maildir:${home}/mail/%u
mail_uid = ${NOBODY}
mail_gid = ${NOBODY}
first_valid_uid = 1
first_valid_gid = 1
mail_plugins = quota
mail_fsync = never
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_grace = 0
}
passdb {
  driver = static
  args = nopassword=n
}
userdb {
  driver = passwd-file
  args = username_format=%u ${home}/users
  default_fields = uid=${NOBODY} gid=${NOBODY} home=${home}/mail/%u
}
service lmtp {
  unix_listener lmtp {
    mode = 0600
  }
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
`;
}
