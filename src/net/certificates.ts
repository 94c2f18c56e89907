/**
 * The certificate and key of our servers, loaded with a clear word when a file is not what it
 * should be. TLS 1.2 is the oldest version spoken (RFC 8997 §3).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { normalAddress } from './addresses.ts';
import type { TlsServerContext } from './wire.ts';

export interface LoadedTlsContext extends TlsServerContext {
  /** SHA-256 of the certificate, hex pairs with colons. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  /** The host names and addresses it is for. */
  readonly names: readonly string[];
  /** What it was loaded from. */
  readonly pem: { readonly cert: string; readonly key: string };
}

/** Throws an Error whose message says which of the two is wrong and what to do. The chain may follow the certificate. */
export function loadTlsContext(certPem: string, keyPem: string): LoadedTlsContext {
  const certificate = readCertificate(certPem);
  const key = readKey(keyPem);
  if (!certificate.checkPrivateKey(key)) {
    throw new Error(
      'The private key does not belong to the certificate: name the key that the certificate was made with, and put the ' +
        "server's own certificate first in its file.",
    );
  }
  return {
    secureContext: createSecureContext({ cert: certPem, key: keyPem, minVersion: 'TLSv1.2', honorCipherOrder: true }),
    fingerprint: certificate.fingerprint256,
    notAfter: certificate.validToDate.getTime(),
    names: namesOf(certificate),
    pem: { cert: certPem, key: keyPem },
  };
}

function readCertificate(text: string): X509Certificate {
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error(
      'The certificate is not a PEM file: it must hold a block that begins with "-----BEGIN CERTIFICATE-----".',
    );
  }
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new Error("The certificate can't be read: its PEM block is damaged.", { cause: error });
  }
}

function readKey(text: string): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw new Error(
      'The private key is not a PEM file: it must hold a block that begins with "-----BEGIN PRIVATE KEY-----".',
    );
  }
  if (/ENCRYPTED/.test(text)) {
    throw new Error(
      'The private key is protected by a pass phrase: store it without one, readable only by the mail server.',
    );
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new Error("The private key can't be read: its PEM block is damaged.", { cause: error });
  }
}

function namesOf(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .map((entry) => /^(?:DNS|IP Address):(.*)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined)
    .map((name) => normalAddress(name) ?? name);
}
