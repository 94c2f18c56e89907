import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadConfig } from './load.ts';
import type { Loaded } from './load.ts';
import { checkNamedFiles, readSecret } from './secrets.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-secrets-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Buffer, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function load(toml: string): Loaded {
  const result = loadConfig({ file: write('config.toml', toml), env: {}, machine: { name: 'box' } });
  return result.kind === 'ok' ? result : assert.fail(JSON.stringify(result.problems));
}

/** A certificate for a.test until 2125, and the key it was made with. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBajCCARCgAwIBAgIQW/vmwX7dH2zBGnPoX8vLozAKBggqhkjOPQQDAjARMQ8w
DQYDVQQDDAZhLnRlc3QwIBcNMjUxMjMxMjMwMDAwWhgPMjEyNTEyMDgwMDAwMDBa
MBExDzANBgNVBAMMBmEudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJ9z
IUdjNuFJvqp9vDtnkR1oB6z7bthrg4DVNSd2dY8nMQY0cFFfTcWhBw5SSUhpX27Y
5q+rqzfgvATAywrbpt2jSDBGMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeA
MBMGA1UdJQQMMAoGCCsGAQUFBwMBMBEGA1UdEQQKMAiCBmEudGVzdDAKBggqhkjO
PQQDAgNIADBFAiEAoyY/j9SADMtS84A2TTDx1GKQm/AuRj18YdMl2AFnJdMCIGk0
q++4bpyykYS2/RKdhw4fp2KUX4J3l6I3cVXGIgmB
-----END CERTIFICATE-----
`;
const KEY = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: 'n3MhR2M24Um-qn28O2eRHWgHrPtu2GuDgNU1J3Z1jyc',
    y: 'MQY0cFFfTcWhBw5SSUhpX27Y5q-rqzfgvATAywrbpt0',
    d: 'smUOHFuQCxKU9TzA974ihgwz0zyibNJQUUhAch-AZh8',
  },
});

function pem(key: KeyObject, passphrase?: string): string {
  const lock = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return key.export({ type: 'pkcs8', format: 'pem', ...lock }) as string;
}

test('a password is the line in the file, with or without its line end', () => {
  for (const end of ['', '\n', '\r\n']) assert.equal(readSecret(write('p', ` pass word ü${end}`)), ' pass word ü');
});

test('a file that holds no password is refused, and what it holds is not told', () => {
  const table: readonly (readonly [string | Buffer, RegExp])[] = [
    ['', /is empty/],
    ['\n', /is empty/],
    ['hunter2\nhunter3\n', /more than one line/],
    ['hunter2\0', /more than one line/],
    ['hunter2'.repeat(1_000), /does not hold a password/],
    [Buffer.from('hunter2\xff', 'latin1'), /does not hold a password/],
    ['hunter2'.repeat(200_000), /larger than a megabyte/],
  ];
  for (const [content, expected] of table) {
    assert.throws(
      () => readSecret(write('p', content)),
      (error: Error) => expected.test(error.message) && !error.message.includes('hunter'),
      String(expected),
    );
  }
  assert.throws(() => readSecret(join(folder, 'none')), /none is not there\. Put the file there/);
  assert.throws(() => readSecret(folder), /is not a file/);
  assert.throws(() => readSecret('/dev/zero'), /is not a file/);
});

test('the files that are named must be there and be what they are named as', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  write('one.pem', CERTIFICATE);
  write('one.key', pem(KEY));
  write('other.key', pem(other));
  write('locked.key', pem(other, 'hunter2'));
  const check = (cert: string, key: string): readonly string[] =>
    checkNamedFiles(load(`[tls]\ncert = "${cert}"\nkey = "${key}"\n`)).problems.map(
      ({ line, problem }) => `${line}: ${problem.replaceAll(`${folder}/`, '')}`,
    );
  assert.deepEqual(check('one.pem', 'one.key'), []);
  assert.deepEqual(check('one.pem', 'other.key'), ['3: other.key is not the key of the certificate in one.pem']);
  assert.deepEqual(check('one.key', 'one.key'), ['2: one.key holds nothing that can be read as a certificate']);
  assert.deepEqual(check('one.pem', 'locked.key'), [
    '3: locked.key holds nothing that can be read as a private key without a passphrase',
  ]);
  assert.deepEqual(check('none', 'none'), ['2: none is not there', '3: none is not there']);
});

test('a password file is looked at, and so is who may read it', () => {
  const route = (file: string): string =>
    `[[route]]\ndomain = "*"\nhost = "127.0.0.1"\nlogin = { user = "u", password_file = "${file}" }\n`;
  write('open', 'x\n', 0o644);
  write('mine', 'x\n');
  assert.deepEqual(checkNamedFiles(load(route('mine'))), { problems: [], notes: [] });
  const { notes } = checkNamedFiles(load(route('open')));
  assert.deepEqual(
    notes.map(({ path, line }) => [path, line]),
    [['route[0].login.password_file', 4]],
  );
  assert.match(notes[0]!.sentence, /chmod 600/);
  const { problems } = checkNamedFiles(load(route('gone')));
  assert.deepEqual(
    problems.map(({ path, line }) => [path, line]),
    [['route[0].login.password_file', 4]],
  );
});

test('defaults name no files', () => {
  assert.deepEqual(checkNamedFiles(load('')), { problems: [], notes: [] });
});
