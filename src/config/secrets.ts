/**
 * The files a configuration names: passwords, certificate and key. Read apart from the configuration
 * itself, so that commands which don't need them run without the right to read them.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Config } from './config.ts';
import type { Remark } from './check.ts';
import type { Fault } from './kind.ts';
import type { Loaded, Note, Problem } from './load.ts';

type SecretResult =
  | { readonly kind: 'ok'; readonly secret: string }
  | { readonly kind: 'bad'; readonly problem: string; readonly mend: string };

/** In octets: a file that is longer holds something else. */
const LONGEST_SECRET = 4096;

/**
 * The password in a file, without the line end behind it.
 * @throws Error with a sentence that says what is wrong and how to mend it, and never what the file holds.
 */
export function readSecret(path: string): string {
  const read = trySecret(path);
  if (read.kind === 'bad') throw new Error(`${read.problem}. ${read.mend}`);
  return read.secret;
}

function trySecret(path: string): SecretResult {
  const read = readNamed(path);
  if (read.kind === 'bad') return read;
  const secret = read.text.replace(/\r?\n$/, '');
  if (secret === '')
    return { kind: 'bad', problem: `${path} is empty`, mend: 'Write the password into it, on one line.' };
  if (/[\r\n\0]/.test(secret))
    return {
      kind: 'bad',
      problem: `${path} holds more than one line`,
      mend: 'It must hold the password on one line and nothing else.',
    };
  if (secret.includes('\ufffd') || Buffer.byteLength(secret) > LONGEST_SECRET) {
    return {
      kind: 'bad',
      problem: `${path} does not hold a password`,
      mend: `It must hold one line of UTF-8 text of ${LONGEST_SECRET} octets at most.`,
    };
  }
  return { kind: 'ok', secret };
}

/** What is wrong with, or worth saying of, the files that a configuration names, as they are now. */
export function checkNamedFiles(loaded: Loaded): {
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
} {
  const { file } = loaded.config;
  const { faults, remarks } = inspect(loaded.config);
  const lineAt = (at: string): { line?: number } => {
    const line = loaded.lineOf(at);
    return line === undefined ? {} : { line };
  };
  return {
    problems: faults.map(({ at, problem, mend }) => ({
      ...(file === undefined ? {} : { file }),
      ...lineAt(at),
      path: at,
      problem,
      mend,
    })),
    notes: remarks.map(({ at, sentence }) => ({ path: at, ...lineAt(at), sentence })),
  };
}

function inspect(config: Config): { readonly faults: readonly Fault[]; readonly remarks: readonly Remark[] } {
  const faults = certificateFaults(config);
  const remarks: Remark[] = [];
  for (const [i, { login }] of config.routes.entries()) {
    if (login === undefined) continue;
    const at = `route[${i}].login.password_file`;
    const secret = trySecret(login.passwordFile);
    if (secret.kind === 'bad') faults.push({ at, problem: secret.problem, mend: secret.mend });
    else if (openToAll(login.passwordFile))
      remarks.push({
        at,
        sentence: `Every user of this machine may read ${login.passwordFile}: \`chmod 600\` makes it yours alone.`,
      });
  }
  if (config.tls.key !== undefined && openToAll(config.tls.key)) {
    remarks.push({
      at: 'tls.key',
      sentence: `Every user of this machine may read ${config.tls.key}: \`chmod 600\` makes it yours alone.`,
    });
  }
  return { faults, remarks };
}

function certificateFaults({ tls }: Config): Fault[] {
  if (tls.cert === undefined || tls.key === undefined) return [];
  const cert = readPem('tls.cert', tls.cert, 'a certificate', (pem) => new X509Certificate(pem));
  const key = readPem('tls.key', tls.key, 'a private key without a passphrase', (pem) => createPrivateKey(pem));
  if (cert.kind === 'bad' || key.kind === 'bad')
    return [cert, key].flatMap((read) => (read.kind === 'bad' ? [read.fault] : []));
  if (cert.value.checkPrivateKey(key.value)) return [];
  return [
    {
      at: 'tls.key',
      problem: `${tls.key} is not the key of the certificate in ${tls.cert}`,
      mend: 'Name the pair that was made together; in the certificate file our own certificate stands first.',
    },
  ];
}

type Pem<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'bad'; readonly fault: Fault };

function readPem<T>(at: string, path: string, what: string, parse: (pem: string) => T): Pem<T> {
  const read = readNamed(path);
  if (read.kind === 'bad') return { kind: 'bad', fault: { at, problem: read.problem, mend: read.mend } };
  try {
    return { kind: 'ok', value: parse(read.text) };
  } catch {
    return {
      kind: 'bad',
      fault: {
        at,
        problem: `${path} holds nothing that can be read as ${what}`,
        mend: `Name a PEM file that holds ${what}.`,
      },
    };
  }
}

type Named =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'bad'; readonly problem: string; readonly mend: string };

/** Larger than any chain of certificates. */
const LARGEST_NAMED = 1_000_000;

function readNamed(path: string): Named {
  try {
    const found = statSync(path);
    if (!found.isFile() && !found.isFIFO())
      return { kind: 'bad', problem: `${path} is not a file`, mend: 'Name a file.' };
    if (found.size > LARGEST_NAMED)
      return { kind: 'bad', problem: `${path} is larger than a megabyte`, mend: 'Name another file.' };
    return { kind: 'ok', text: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const why =
      code === 'ENOENT'
        ? 'is not there'
        : code === 'EACCES'
          ? 'may not be read by this user'
          : `can't be read (${code})`;
    return {
      kind: 'bad',
      problem: `${path} ${why}`,
      mend: 'Put the file there readable by the user the server runs as, or name another; a relative path starts at the folder of the configuration file.',
    };
  }
}

function openToAll(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isFile() && (found.mode & 0o004) !== 0;
  } catch {
    return false;
  }
}
