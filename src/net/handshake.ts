/**
 * The TLS handshake over a connected socket, both sides. TLS 1.2 is the oldest that is spoken
 * (RFC 8997 §3); what a certificate must say is checked here, what follows from a bad one is not:
 * an opportunistic sender goes on without trust (RFC 7435), a strict one asks with `verify`.
 */
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { certificateOfPeer } from './channel-binding.ts';
import { WireError } from './wire.ts';
import type { PeerCertificate, StartTls, TlsState } from './wire.ts';

export interface Handshake {
  /** The socket to use from now on; destroying it ends the handshake. */
  readonly socket: TLSSocket;
  /** Rejects with WireError 'tls'. */
  readonly done: Promise<TlsState>;
}

export function secure(plain: Socket, options: StartTls): Handshake {
  const socket = options.role === 'server' ? serverSocket(plain, options) : clientSocket(plain, options);
  const done = finished(socket, options.role === 'server' ? 'secure' : 'secureConnect').then(() => {
    socket.disableRenegotiation();
    return options.role === 'server' ? serverState(socket) : clientState(socket, options);
  });
  return { socket, done };
}

type AsServer = Extract<StartTls, { role: 'server' }>;
type AsClient = Extract<StartTls, { role: 'client' }>;

function serverSocket(plain: Socket, options: AsServer): TLSSocket {
  const socket = new TLSSocket(plain, { isServer: true, secureContext: options.context.secureContext });
  // Outside a tls.Server, Node tells of broken records after the handshake by this event alone, and
  // leaves the connection standing.
  socket.on('_tlsError', (error: Error) => socket.destroy(error));
  return socket;
}

/** The certificate is looked at afterwards, so that an unverified connection can go on and say why it is one. */
function clientSocket(plain: Socket, options: AsClient): TLSSocket {
  const name = withoutDot(options.serverName);
  return connect({
    socket: plain,
    // An address is never sent as the server's name (RFC 6066 §3), but the certificate may hold it.
    ...(isIP(name) === 0 ? { servername: name } : { host: name, servername: '' }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false,
    ...(options.authorities === undefined ? {} : { ca: options.authorities }),
  });
}

function finished(socket: TLSSocket, event: 'secure' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: Error): void => {
      done();
      reject(new WireError('tls', `The TLS handshake failed: ${reason}.`, { cause }));
    };
    const onDone = (): void => {
      done();
      resolve();
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      fail(reasonOf(error), error);
    };
    const onGone = (): void => {
      fail('the other side left');
    };
    const done = (): void => {
      socket.off(event, onDone).off('error', onError).off('end', onGone).off('close', onGone);
    };
    socket.on(event, onDone).on('error', onError).on('end', onGone).on('close', onGone);
  });
}

/** OpenSSL's message carries file names and line numbers; its reason is the part a person can use. */
function reasonOf(error: NodeJS.ErrnoException & { reason?: string }): string {
  if (error.code === 'ECONNRESET') return 'the other side cut the connection';
  return error.reason ?? error.code ?? error.message;
}

function serverState(socket: TLSSocket): TlsState {
  const name = (socket as TLSSocket & { servername?: string | false | null }).servername;
  return {
    ...common(socket),
    verified: false,
    ...(typeof name === 'string' && name !== '' ? { serverName: name } : {}),
  };
}

function clientState(socket: TLSSocket, options: AsClient): TlsState {
  const serverName = withoutDot(options.serverName);
  const certificate = shown(socket);
  const state = { ...common(socket), serverName, ...(certificate === undefined ? {} : { certificate }) };
  if (socket.authorized) return { ...state, verified: true };
  const problem = String(socket.authorizationError);
  if (!options.verify) return { ...state, verified: false, problem };
  socket.destroy();
  throw new WireError('tls', `The certificate of ${serverName} can't be trusted: ${inWords(problem)} (${problem}).`);
}

/** How many names of a certificate are told. */
const MOST_NAMES = 100;

/** undefined: the peer showed none (a resumed session need not). */
function shown(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = certificateOfPeer(socket);
  if (certificate === undefined) return undefined;
  const { fingerprint256, subject, issuer, subjectAltName = '', validFromDate, validToDate } = certificate;
  const names = subjectAltName
    .split(', ')
    .map((name) => name.replace(/^[A-Za-z ]+:/, ''))
    .filter((name) => name !== '');
  return {
    sha256: fingerprint256,
    subject: commonName(subject) ?? names[0] ?? '',
    issuer: commonName(issuer) ?? issuer.replaceAll('\n', ', '),
    names: names.slice(0, MOST_NAMES),
    validFrom: validFromDate.getTime(),
    validTo: validToDate.getTime(),
  };
}

function commonName(distinguished: string): string | undefined {
  return /^CN=(.+)$/m.exec(distinguished)?.[1];
}

function common(socket: TLSSocket): { version: string; cipher: string } {
  const cipher = socket.getCipher();
  return { version: socket.getProtocol() ?? 'unknown', cipher: cipher.standardName };
}

function inWords(problem: string): string {
  switch (problem) {
    case 'CERT_HAS_EXPIRED':
      return 'it has expired';
    case 'CERT_NOT_YET_VALID':
      return 'it is not valid yet';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'it is for another name';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'it is signed by an authority of its own';
    default:
      return 'no trusted authority stands behind it';
  }
}

function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
