import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { loadTlsContext } from './certificates.ts';
import { makeSelfSigned } from './self-signed.ts';

const NOW = Date.UTC(2026, 10, 20);
const names = ['mx.a.test', 'localhost'];
const addresses = ['127.0.0.1', '::1'];
const { certPem, keyPem } = await makeSelfSigned({ names, addresses, days: 90, now: NOW });

test('a certificate made by ourselves is one that others can read', () => {
  const certificate = new X509Certificate(certPem);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.subject, 'CN=mx.a.test');
  assert.equal(certificate.issuer, 'CN=mx.a.test');
  assert.equal(certificate.ca, false);
  assert.equal(certificate.validFromDate.getTime(), NOW - 3_600_000);
  assert.equal(certificate.validToDate.getTime(), NOW + 90 * 86_400_000);
  assert.equal(certificate.checkHost('mx.a.test'), 'mx.a.test');
  assert.equal(certificate.checkHost('b.test'), undefined);
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(certificate.checkIP('::1'), '::1');
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
});

test('times beyond 2049, long names, many names, and no name at all', async () => {
  const far = new X509Certificate((await makeSelfSigned({ names, addresses, days: 365 * 40, now: NOW })).certPem);
  assert.equal(far.validToDate.getUTCFullYear(), 2066);
  const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.test`;
  const many = Array.from({ length: 60 }, (_, i) => `host-${i}.example.test`);
  const both = new X509Certificate(
    (await makeSelfSigned({ names: [long, ...many], addresses: [], days: 1, now: NOW })).certPem,
  );
  assert.equal(both.checkHost(long), long);
  assert.equal(both.checkHost('host-59.example.test'), 'host-59.example.test');
  assert.equal(both.subject, 'CN=host-0.example.test');
  assert.equal(
    new X509Certificate((await makeSelfSigned({ names: [long], addresses: [], days: 1, now: NOW })).certPem).subject,
    'CN=posthorn',
  );
});

test('two certificates never share a serial number or a key', async () => {
  const other = await makeSelfSigned({ names, addresses, days: 90, now: NOW });
  assert.notEqual(new X509Certificate(other.certPem).serialNumber, new X509Certificate(certPem).serialNumber);
  assert.notEqual(other.keyPem, keyPem);
});

test('a loaded pair tells its fingerprint, its end and its names', () => {
  const loaded = loadTlsContext(certPem, keyPem);
  assert.match(loaded.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(loaded.notAfter, NOW + 90 * 86_400_000);
  assert.deepEqual(loaded.names, ['mx.a.test', 'localhost', '127.0.0.1', '::1']);
});

test('a chain behind the certificate and a key in another wrapping are taken', async () => {
  const other = await makeSelfSigned({ names: ['ca.test'], addresses: [], days: 1, now: NOW });
  assert.deepEqual(loadTlsContext(certPem + other.certPem, keyPem).names[0], 'mx.a.test');
});

const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const wrong: [string, string, string, RegExp][] = [
  [
    'a key of another certificate',
    certPem,
    otherKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    /does not belong to the certificate/,
  ],
  [
    'a chain that begins with another',
    (await makeSelfSigned({ names, addresses, days: 1, now: NOW })).certPem + certPem,
    keyPem,
    /own certificate first/,
  ],
  ['no PEM certificate', 'hello', keyPem, /certificate is not a PEM file/],
  ['a key for a certificate', keyPem, keyPem, /certificate is not a PEM file/],
  [
    'a damaged certificate',
    certPem.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
    keyPem,
    /certificate can't be read/,
  ],
  ['no PEM key', certPem, '', /private key is not a PEM file/],
  ['a certificate for a key', certPem, certPem, /private key is not a PEM file/],
  [
    'a damaged key',
    certPem,
    keyPem.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
    /private key can't be read/,
  ],
  [
    'a key with a pass phrase',
    certPem,
    otherKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) as string,
    /pass phrase/,
  ],
];
for (const [name, cert, key, sentence] of wrong) {
  test(`${name} is refused with a sentence that holds no secret`, () => {
    assert.throws(
      () => loadTlsContext(cert, key),
      (error: Error) => sentence.test(error.message) && !error.message.includes(key.slice(40, 80) || 'MII'),
    );
  });
}
