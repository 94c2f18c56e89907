/** Real programs that fetch mail over POP3, each as one function: what they made of the mailbox. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PASSWORD, run } from '../program.ts';
import type { Ran, RunningHost, Tls } from '../program.ts';
import { withLf } from './corpus.ts';
import { findPeer } from './peers.ts';
import type { Peer } from './peers.ts';

export interface Fetching {
  readonly host: RunningHost;
  /** A directory of its own; a second fetch with the same one knows what the first one has fetched. */
  readonly directory: string;
  readonly user: string;
  readonly tls: Tls;
  /** Messages are deleted on the server once they are fetched. */
  readonly remove: boolean;
  /** How many messages there are; only curl must be told. */
  readonly count: number;
}

export interface Fetched {
  readonly ran: Ran;
  /** In no certain order. */
  readonly messages: readonly Buffer[];
}

export interface Receiver {
  readonly name: string;
  readonly needs: Peer;
  /** What it makes of a message in its files; some change the line ends into those of the system. */
  readonly written: (octets: Buffer) => Buffer;
  readonly canRemove: boolean;
  /** It writes header sections anew (mutt: what stood in Status becomes a part of the file's name); bodies are as they came. */
  readonly ownHeader?: true;
  fetch(program: string, fetching: Fetching): Promise<Fetched>;
}

const FETCH_PY = fileURLToPath(new URL('fetch.py', import.meta.url));

async function readAll(directory: string): Promise<readonly Buffer[]> {
  const names = await readdir(directory).catch(() => []);
  return Promise.all(names.map((name) => readFile(join(directory, name))));
}

async function folder(fetching: Fetching, name: string): Promise<string> {
  const path = join(fetching.directory, name);
  await mkdir(path, { recursive: true });
  return path;
}

/** What fetch.py prints. */
export interface PoplibAnswer {
  /** STAT's second number. */
  readonly octets: number;
  readonly messages: readonly { readonly size: number; readonly uidl: string; readonly top: string }[];
}

const poplib: Receiver = {
  name: 'Python poplib',
  needs: 'python3',
  written: (octets) => octets,
  canRemove: false,
  async fetch(program, fetching) {
    const { host, tls, user } = fetching;
    const directory = await folder(fetching, 'messages');
    const login = { user, password: PASSWORD, certificate: host.certificate };
    const specification = { ...login, directory, tls, port: host.port('pop3', tls) };
    const ran = await run(program, [FETCH_PY, JSON.stringify(specification)]);
    return { ran, messages: await readAll(directory) };
  },
};

const curl: Receiver = {
  name: 'curl',
  needs: 'curl',
  written: (octets) => octets,
  canRemove: false,
  async fetch(program, fetching) {
    const { host, tls, user, count } = fetching;
    const directory = await folder(fetching, 'messages');
    const scheme = tls === 'implicit' ? 'pop3s' : 'pop3';
    const settings = ['--disable', '--silent', '--show-error', '--cacert', host.certificate];
    const encrypted = tls === 'implicit' ? [] : ['--ssl-reqd'];
    const login = ['--user', `${user}:${PASSWORD}`];
    const url = `${scheme}://localhost:${host.port('pop3', tls)}/[1-${count}]`;
    const output = join(directory, '#1.eml');
    const ran = await run(program, [...settings, ...encrypted, ...login, '--output', output, '--url', url]);
    return { ran, messages: await readAll(directory) };
  },
};

const mpop: Receiver = {
  name: 'mpop',
  needs: 'mpop',
  written: withLf,
  canRemove: true,
  async fetch(program, fetching) {
    const { host, tls, user, directory, remove } = fetching;
    const maildir = await folder(fetching, 'maildir');
    for (const name of ['new', 'cur', 'tmp']) await folder(fetching, `maildir/${name}`);
    const file = join(directory, 'mpoprc');
    const settings = [
      `account default\nhost localhost\nport ${host.port('pop3', tls)}\nuser ${user}\npassword ${PASSWORD}\nauth user`,
      `tls on\ntls_starttls ${tls === 'implicit' ? 'off' : 'on'}\ntls_trust_file ${host.certificate}`,
      `received_header off\nkeep ${remove ? 'off' : 'on'}\ndelivery maildir ${maildir}`,
      `uidls_file ${join(directory, 'uidls')}\n`,
    ].join('\n');
    await writeFile(file, settings, { mode: 0o600 });
    const ran = await run(program, ['--file', file]);
    return { ran, messages: await readAll(join(maildir, 'new')) };
  },
};

/** Fetchmail takes a line "From …" in a header section for an mbox separator, and ends a header section that has no end. */
function asFetchmailWrites(octets: Buffer): Buffer {
  const text = withLf(octets).toString('latin1');
  const end = text.indexOf('\n\n');
  const whole = end < 0 ? `${text}\n` : text.slice(0, end).replace(/^From .*\n/gm, '') + text.slice(end);
  return Buffer.from(whole, 'latin1');
}

const fetchmail: Receiver = {
  name: 'fetchmail',
  needs: 'fetchmail',
  written: asFetchmailWrites,
  canRemove: true,
  async fetch(program, fetching) {
    const { host, tls, user, directory, remove } = fetching;
    const messages = await folder(fetching, 'messages');
    const deliver = join(directory, 'deliver');
    await writeFile(deliver, `#!/bin/sh\nexec cat > ${messages}/$$\n`);
    await chmod(deliver, 0o700);
    // It is told to hand on what it gets as it is: no Received of its own, no addresses completed, no odd header refused.
    const settings = [
      `set invisible\nset no bouncemail\npoll localhost protocol pop3 service ${host.port('pop3', tls)} uidl bad-header accept timeout 60`,
      ` user "${user}" password "${PASSWORD}" sslcertck sslcertfile "${host.certificate}"`,
      ` sslproto "${tls === 'implicit' ? 'auto' : 'tls1.2+'}" ${tls === 'implicit' ? 'ssl' : ''}`,
      ` no rewrite pass8bits no mimedecode stripcr no dropstatus fetchlimit 0`,
      ` ${remove ? 'nokeep' : 'keep'} mda "${deliver}"\n`,
    ].join('\n');
    const file = join(directory, 'fetchmailrc');
    await writeFile(file, settings, { mode: 0o600 });
    const own = ['--pidfile', join(directory, 'pid'), '--idfile', join(directory, 'ids')];
    const ran = await run(program, ['--fetchmailrc', file, '--nosyslog', ...own], {
      env: { HOME: directory, FETCHMAILHOME: directory },
    });
    return { ran, messages: await readAll(messages) };
  },
};

/**
 * Mutt wants a terminal, so Python gives it one (`script` would also pass on the end of its input, as a key); the keys
 * to press are pushed in its settings.
 */
const WITH_TERMINAL = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';

const mutt: Receiver = {
  name: 'mutt',
  needs: 'mutt',
  ownHeader: true,
  written: withLf,
  canRemove: false,
  async fetch(program, fetching) {
    const { host, tls, user, directory } = fetching;
    const maildir = join(directory, 'maildir');
    const settings = [
      `set pop_pass="${PASSWORD}" pop_delete=no pop_checkinterval=0`,
      'set ssl_force_tls=yes ssl_starttls=yes ssl_verify_host=yes ssl_verify_dates=yes',
      `set ssl_ca_certificates_file="${host.certificate}" certificate_file="${host.certificate}"`,
      `set mbox_type=Maildir folder="${directory}" confirmappend=no confirmcreate=no delete=no move=no`,
      'set wait_key=no beep=no sleep_time=0 copy_decode_weed=no',
      `push "<tag-pattern>~A<enter><tag-prefix><copy-message>${maildir}<enter><exit>"\n`,
    ].join('\n');
    const file = join(directory, 'muttrc');
    await writeFile(file, settings, { mode: 0o600 });
    const scheme = tls === 'implicit' ? 'pops' : 'pop';
    const url = `${scheme}://${user.replace('@', '%40')}@localhost:${host.port('pop3', tls)}`;
    const env = { TERM: 'xterm', LINES: '24', COLUMNS: '80', HOME: directory, LC_ALL: 'C.UTF-8' };
    const python = findPeer('python3') as string;
    const ran = await run(python, ['-c', WITH_TERMINAL, program, '-n', '-F', file, '-f', url], { env });
    const messages = [...(await readAll(join(maildir, 'new'))), ...(await readAll(join(maildir, 'cur')))];
    return { ran, messages };
  },
};

export const RECEIVERS: readonly Receiver[] = [poplib, curl, mpop, fetchmail, mutt];
