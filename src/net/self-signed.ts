/**
 * A certificate that a key signs for itself (RFC 5280), for a host that has none yet. Node can read
 * certificates but not make one; @peculiar/x509 can. It is loaded only when one has to be made.
 */
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** RFC 5280, upper bound of a common name. */
const LONGEST_COMMON_NAME = 64;

export interface SelfSignedOptions {
  /** Host names; the first one is the subject. An address among them is taken as one. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly days: number;
  /** Milliseconds since the epoch. Valid from an hour before, for clocks that are late. */
  readonly now: number;
}

/** A P-256 key and its certificate, each as PEM text. Names must be ASCII (A-labels). */
export async function makeSelfSigned(
  options: SelfSignedOptions,
): Promise<{ readonly certPem: string; readonly keyPem: string }> {
  // What x509 is built on wants this to be there first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { names, addresses, days, now } = options;
  const all = [...names, ...addresses];
  const commonName = all.find((name) => name.length <= LONGEST_COMMON_NAME) ?? 'posthorn';
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [commonName] }],
    keys,
    notBefore: new Date(now - HOUR),
    notAfter: new Date(now + days * DAY),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(all.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n` };
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets; random ones, so that two certificates of one name differ. */
function serial(): string {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] as number) & 0x7f) | 0x40;
  return octets.toString('hex');
}
