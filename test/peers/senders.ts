/** Real programs that send mail, each as one function over the same wishes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PASSWORD, run } from '../program.ts';
import type { Ran, RunningHost, Tls } from '../program.ts';
import type { Peer } from './peers.ts';

export interface SendersLogin {
  readonly tls: Tls;
  /** Absent: whichever of the offered ones the program takes by itself. */
  readonly mechanism?: 'PLAIN' | 'LOGIN';
  /** Default: the right one. */
  readonly password?: string;
}

export interface Sending {
  readonly host: RunningHost;
  /** A directory of its own, for this client's files. */
  readonly directory: string;
  /** Absent: to the port for other servers, without a login. */
  readonly login?: SendersLogin;
  /** CRLF lines. */
  readonly message: Buffer;
}

export interface Sender {
  readonly name: string;
  readonly needs: readonly [Peer, ...Peer[]];
  send(programs: string, sending: Sending): Promise<Ran>;
  /** The login mechanism it takes when it may choose. */
  readonly chooses: string;
  /** What is on the wire when it was asked to send `message`; absent where the client writes the message itself. */
  readonly sent?: (message: Buffer) => Buffer;
}

export const FROM = 'alice@a.test';
export const TO = 'bob@a.test';

const SEND_PY = fileURLToPath(new URL('send.py', import.meta.url));
const HERE = '127.0.0.1';

function way({ host, login }: Sending): { readonly port: number; readonly implicit: boolean } {
  const port = login === undefined ? host.port('smtp') : host.port('submission', login.tls);
  return { port, implicit: login?.tls === 'implicit' };
}

const passwordOf = ({ login }: Sending): string => login?.password ?? PASSWORD;

async function fileWith(sending: Sending, name: string, content: string | Buffer): Promise<string> {
  const path = join(sending.directory, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

const swaks: Sender = {
  name: 'swaks',
  needs: ['swaks', 'net-ssleay'],
  chooses: 'PLAIN|LOGIN',
  sent: (message) => Buffer.concat([message, Buffer.from('\r\n')]),
  async send(program, sending) {
    const { port, implicit } = way(sending);
    const file = await fileWith(sending, 'message', sending.message);
    const auth =
      sending.login === undefined
        ? []
        : ['--auth', sending.login.mechanism ?? 'any', '--auth-user', FROM, '--auth-password', passwordOf(sending)];
    const tls = [implicit ? '--tlsc' : '--tls', '--tls-verify', '--tls-ca-path', sending.host.certificate];
    const server = ['--server', HERE, '--port', String(port), '--ehlo', 'client.test'];
    return run(program, [...server, ...tls, ...auth, '--from', FROM, '--to', TO, '--data', `@${file}`]);
  },
};

const curl: Sender = {
  name: 'curl',
  needs: ['curl'],
  chooses: 'PLAIN|LOGIN',
  sent: (message) => message,
  async send(program, sending) {
    const { port, implicit } = way(sending);
    const file = await fileWith(sending, 'message', sending.message);
    const auth =
      sending.login === undefined
        ? []
        : ['--user', `${FROM}:${passwordOf(sending)}`, '--login-options', `AUTH=${sending.login.mechanism ?? '*'}`];
    const tls = implicit ? [] : ['--ssl-reqd'];
    const settings = ['--disable', '--no-progress-meter', '--verbose', '--cacert', sending.host.certificate];
    const url = `${implicit ? 'smtps' : 'smtp'}://localhost:${port}/client.test`;
    const letter = ['--mail-from', FROM, '--mail-rcpt', TO, '--upload-file', file];
    return run(program, [...settings, ...tls, ...auth, '--url', url, ...letter]);
  },
};

const msmtp: Sender = {
  name: 'msmtp',
  needs: ['msmtp'],
  chooses: 'PLAIN',
  sent: (message) => message,
  async send(program, sending) {
    const { port, implicit } = way(sending);
    const auth =
      sending.login === undefined
        ? 'auth off'
        : `auth ${sending.login.mechanism?.toLowerCase() ?? 'on'}\nuser ${FROM}\npassword ${passwordOf(sending)}`;
    const settings = [
      `account default\nhost localhost\nport ${port}\ndomain client.test\nfrom ${FROM}\n${auth}`,
      `tls on\ntls_starttls ${implicit ? 'off' : 'on'}\ntls_trust_file ${sending.host.certificate}\n`,
    ].join('\n');
    const file = await fileWith(sending, 'msmtprc', settings);
    return run(program, ['--file', file, '--debug', TO], { input: sending.message });
  },
};

const smtplib: Sender = {
  name: 'Python smtplib',
  needs: ['python3'],
  chooses: 'PLAIN',
  sent: (message) => message,
  async send(program, sending) {
    const file = await fileWith(sending, 'message', sending.message);
    return smtplibSends(program, sending.host, {
      files: [file],
      from: FROM,
      to: [TO],
      ...(sending.login === undefined ? {} : { login: sending.login }),
    });
  },
};

/** Sends files with Python's smtplib in one connection. With no login: to the port for other servers. */
export function smtplibSends(
  python: string,
  host: RunningHost,
  mail: {
    readonly files: readonly string[];
    readonly from: string;
    readonly to: readonly string[];
    readonly login?: SendersLogin;
  },
): Promise<Ran> {
  const { login, ...rest } = mail;
  const specification = {
    ...rest,
    certificate: host.certificate,
    port: login === undefined ? host.port('smtp') : host.port('submission', login.tls),
    tls: login?.tls ?? 'starttls',
    ...(login === undefined
      ? {}
      : { user: FROM, password: login.password ?? PASSWORD, mechanism: login.mechanism ?? 'any' }),
  };
  return run(python, [SEND_PY, JSON.stringify(specification)]);
}

/** Mutt writes the message itself around the body it is given. */
const mutt: Sender = {
  name: 'mutt',
  needs: ['mutt'],
  chooses: 'SCRAM-SHA-256',
  async send(program, sending) {
    const { port, implicit } = way(sending);
    const text = sending.message.toString('latin1');
    const body = text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll('\r\n', '\n');
    // Left alone it insists on SCRAM-SHA-256-PLUS, which it can't do (docs/decisions/0005-channel-binding.md).
    const mechanism = sending.login?.mechanism?.toLowerCase() ?? 'scram-sha-256:plain';
    const settings = [
      `set smtp_url="${implicit ? 'smtps' : 'smtp'}://${FROM.replace('@', '%40')}@localhost:${port}"`,
      `set smtp_pass="${passwordOf(sending)}" smtp_authenticators="${mechanism}"`,
      `set ssl_force_tls=yes ssl_starttls=yes ssl_verify_host=yes ssl_verify_dates=yes`,
      `set ssl_ca_certificates_file="${sending.host.certificate}" certificate_file="${sending.host.certificate}"`,
      `set from="${FROM}" realname="Alice" copy=no use_envelope_from=yes charset="utf-8" send_charset="utf-8"`,
      '',
    ].join('\n');
    const file = await fileWith(sending, 'muttrc', settings);
    const subject = /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '';
    const env = { HOME: sending.directory, LC_ALL: 'C.UTF-8' };
    return run(program, ['-n', '-F', file, '-s', subject, TO], { input: Buffer.from(body, 'latin1'), env });
  },
};

export const SENDERS: readonly Sender[] = [swaks, curl, msmtp, smtplib, mutt];
