/**
 * A certificate that a key signs for itself (RFC 5280 §4.1), for a host that has none yet. Node can
 * read certificates but not make one; the few DER forms that this one shape needs are written here.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { addressOctets } from './addresses.ts';

const DAY = 86_400_000;

export interface SelfSignedOptions {
  /** Host names; the first one is the subject. An address among them is taken as one. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly days: number;
  /** Milliseconds since the epoch. Valid from an hour before, for clocks that are late. */
  readonly now: number;
}

/** A P-256 key and its certificate, each as PEM text. Names must be ASCII (A-labels). */
export function makeSelfSigned(options: SelfSignedOptions): { readonly certPem: string; readonly keyPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = certificateBody(options, publicKey.export({ type: 'spki', format: 'der' }));
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  return {
    certPem: pem('CERTIFICATE', certificate),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** TBSCertificate ::= SEQUENCE { version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, extensions } */
function certificateBody(options: SelfSignedOptions, publicKeyInfo: Buffer): Buffer {
  const all = [...options.names, ...options.addresses];
  const name = subject(all.find((one) => one.length <= 64) ?? 'posthorn');
  const validity = sequence(time(options.now - DAY / 24), time(options.now + options.days * DAY));
  const extensions = [
    extension('2.5.29.19', true, sequence()), // basicConstraints: no authority
    extension('2.5.29.15', true, der(0x03, Buffer.of(7, 0x80))), // keyUsage: digitalSignature
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
    extension('2.5.29.17', false, sequence(...all.map(generalName))), // subjectAltName
  ];
  return sequence(
    der(0xa0, integer(Buffer.of(2))),
    serial(),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKeyInfo,
    der(0xa3, sequence(...extensions)),
  );
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets; random ones, so that two certificates of one name differ. */
function serial(): Buffer {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] as number) & 0x7f) | 0x40;
  return integer(octets);
}

function subject(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName, 'utf8')))));
}

/** GeneralName ::= CHOICE { dNSName [2] IA5String, iPAddress [7] OCTET STRING, … } */
function generalName(name: string): Buffer {
  return isIP(name) === 0 ? der(0x82, Buffer.from(name, 'latin1')) : der(0x87, addressOctets(name));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(0x01, Buffer.of(0xff))] : [];
  return sequence(oid(id), ...flag, der(0x04, value));
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
function time(ms: number): Buffer {
  const digits = new Date(ms)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  return value < 128 ? [value] : [...base128(value >> 7).map((octet) => octet | 0x80), value & 0x7f];
}

const integer = (octets: Buffer): Buffer => der(0x02, octets);
const bitString = (octets: Buffer): Buffer => der(0x03, Buffer.of(0), octets);
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(count: number): Buffer {
  if (count < 128) return Buffer.of(count);
  return count < 256 ? Buffer.of(0x81, count) : Buffer.of(0x82, count >> 8, count & 0xff);
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

function pem(label: string, octets: Buffer): string {
  const lines = octets.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
