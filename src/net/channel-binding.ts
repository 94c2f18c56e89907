/**
 * What makes a login good on one TLS connection only (RFC 5056): both sides mix these octets into
 * the proof, so somebody in the middle, who has two connections, can't pass it on.
 */
import { createHash, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ChannelBindingType } from './wire.ts';

/** RFC 9266 §2. */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
const EXPORTER_OCTETS = 32;

/** The octets that both ends have; undefined where this connection has none of that type. */
export function channelBindingOf(
  socket: TLSSocket,
  role: 'client' | 'server',
  type: ChannelBindingType,
): Buffer | undefined {
  if (type === 'tls-exporter') return exported(socket);
  return serverEndPoint(role === 'server' ? socket.getX509Certificate() : certificateOfPeer(socket));
}

/** What the server showed. Not by getPeerX509Certificate, which answers a client's first question only. */
export function certificateOfPeer(socket: TLSSocket): X509Certificate | undefined {
  const raw: Buffer | undefined = socket.getPeerCertificate().raw;
  return raw === undefined ? undefined : new X509Certificate(raw);
}

/** In TLS 1.2 the export is unique only with an extension (RFC 9266 §4.2, RFC 7627) of which Node doesn't tell us. */
function exported(socket: TLSSocket): Buffer | undefined {
  if (socket.getProtocol() !== 'TLSv1.3') return undefined;
  return socket.exportKeyingMaterial(EXPORTER_OCTETS, EXPORTER_LABEL, Buffer.alloc(0));
}

/**
 * RFC 5929 §4.1: the certificate as it was sent, hashed as its signature does, with SHA-256 instead of MD5 and
 * SHA-1. A signature without a hash of its own (Ed25519) gives no binding.
 */
export function serverEndPoint(
  certificate: Pick<X509Certificate, 'raw' | 'signatureAlgorithm'> | undefined,
): Buffer | undefined {
  if (certificate === undefined) return undefined;
  const name = /^(?:ecdsa-with-|dsa[_-]with[_-])?(md5|sha(?:1|224|256|384|512))(?:withrsaencryption)?$/i.exec(
    certificate.signatureAlgorithm ?? '',
  )?.[1];
  if (name === undefined) return undefined;
  const hash = /^(?:md5|sha1)$/i.test(name) ? 'sha256' : name.toLowerCase();
  return createHash(hash).update(certificate.raw).digest();
}
