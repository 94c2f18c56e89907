/** A Dovecot of a test's own that hands out a maildrop by POP3 over TLS; letters are put into it as files. */
import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { eventually, scratch } from '../program.ts';
import { freePort, makeCertificate, startDaemon } from './daemon.ts';
import { Conversation } from '../conversation.ts';
import { findPeer } from './peers.ts';

export interface Pop3Store {
  /** TLS from the first octet. */
  readonly pop3: number;
  /** Path of a PEM file. */
  readonly certificate: string;
  /** Where the maildirs are, by user. */
  readonly mail: string;
  /** A socket where other servers ask whether a login is right. */
  readonly auth: string;
  /** Puts a letter in, LF or CRLF. */
  deliver(text: string): Promise<void>;
  /** How many lie there. */
  left(): Promise<number>;
}

/** The uid that owns the mailboxes: nobody. */
const NOBODY = 65_534;

export async function startDovecotPop3(t: TestContext, user: string, password: string): Promise<Pop3Store> {
  const home = await scratch(t);
  await chmod(home, 0o755);
  const maildir = join(home, 'mail', user);
  for (const folder of [join(home, 'mail'), maildir, ...['new', 'cur', 'tmp'].map((one) => join(maildir, one))]) {
    await mkdir(folder, { recursive: true });
    await chown(folder, NOBODY, NOBODY);
  }
  const port = await freePort();
  const { certificate, key } = await makeCertificate(home, ['DNS:localhost', 'IP:127.0.0.1']);
  await writeFile(join(home, 'users'), `${user}:{PLAIN}${password}::::::\n`);
  await writeFile(join(home, 'dovecot.conf'), configuration(home, port, `<${certificate}`, `<${key}`));
  const daemon = startDaemon(findPeer('dovecot') as string, ['-F', '-c', join(home, 'dovecot.conf')]);
  t.after(() => daemon.stop());
  await eventually('Dovecot is open', async () => {
    if (!daemon.running) throw new Error(`Dovecot ended: ${daemon.output()}`);
    const pop = await Conversation.open(port, { tls: true }).catch(() => undefined);
    const banner = await pop?.line();
    pop?.close();
    return banner?.startsWith('+OK') ?? false;
  });
  let count = 0;
  return {
    pop3: port,
    certificate,
    mail: join(home, 'mail'),
    auth: join(home, 'auth-client'),
    async deliver(text) {
      const path = join(maildir, 'new', `${Date.now()}.${++count}.test`);
      await writeFile(path, text);
      await chown(path, NOBODY, NOBODY);
    },
    async left() {
      const all = await Promise.all(['new', 'cur'].map((one) => readdir(join(maildir, one))));
      return all.flat().length;
    },
  };
}

function configuration(home: string, port: number, certificate: string, key: string): string {
  return `protocols = pop3
base_dir = ${home}/run
state_dir = ${home}/state
log_path = ${home}/log
listen = 127.0.0.1
ssl = required
ssl_cert = ${certificate}
ssl_key = ${key}
mail_location = maildir:${home}/mail/%u
mail_uid = ${NOBODY}
mail_gid = ${NOBODY}
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
passdb {
  driver = passwd-file
  args = scheme=plain username_format=%u ${home}/users
}
userdb {
  driver = static
  args = uid=${NOBODY} gid=${NOBODY} home=${home}/mail/%u
}
service auth {
  unix_listener ${home}/auth-client {
    mode = 0666
  }
}
service pop3-login {
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    address = 127.0.0.1
    port = ${port}
    ssl = yes
  }
}
`;
}
