/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the client's side (RFC 5802, RFC 7677). The server learns nothing that it
 * could log in with elsewhere, and it must prove that it knows the password before its success is believed.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { ClientLogin, ClientPlace, SaslClient } from './client.ts';
import { isBindable } from './line.ts';
import { prepareName, preparePassword, saslPrep } from './prepare.ts';
import { clientProof, LEAST_ITERATIONS, scramKeys, serverSignature } from './scram.ts';
import { readServerFinal, readServerFirst, writeSaslName } from './scram-messages.ts';

export interface ScramClientOptions {
  /** Bind the login to the TLS connection: its line has a tls-exporter. */
  readonly plus: boolean;
  readonly place: ClientPlace | undefined;
  /** Printable and without a comma; random by default. */
  readonly nonce?: string;
}

const NONCE_OCTETS = 18;
/** Rounds that a server may ask for: beyond that (half a second here) it wants our time, not our proof. */
const MOST_ITERATIONS = 1_000_000;

export function scramClient(login: ClientLogin, options: ScramClientOptions): SaslClient {
  const nonce = options.nonce ?? randomBytes(NONCE_OCTETS).toString('base64');
  const gs2Header = `${flagOf(options)},,`;
  const bare = `n=${writeSaslName(saslPrep(prepareName(login.name) ?? login.name))},r=${nonce}`;
  const first = Buffer.from(gs2Header + bare);
  let state: 'start' | 'proof' | 'signature' | 'proven' | 'failed' = 'start';
  let expected: Buffer = Buffer.alloc(0);

  function prove(challenge: Buffer): Buffer | undefined {
    const server = readServerFirst(challenge);
    // A nonce that is not ours with something added may be from an exchange that somebody has seen.
    if (server === undefined || !server.nonce.startsWith(nonce) || server.nonce.length === nonce.length)
      return undefined;
    if (server.iterations < LEAST_ITERATIONS || server.iterations > MOST_ITERATIONS) return undefined;
    const keys = scramKeys(preparePassword(login.password) ?? login.password, server.salt, server.iterations);
    const channel = options.plus ? options.place?.line.channelBinding?.('tls-exporter') : Buffer.alloc(0);
    if (channel === undefined) return undefined;
    const binding = Buffer.concat([Buffer.from(gs2Header), channel]).toString('base64');
    const withoutProof = `c=${binding},r=${server.nonce}`;
    const authMessage = `${bare},${server.text},${withoutProof}`;
    expected = serverSignature(keys, authMessage);
    return Buffer.from(`${withoutProof},p=${clientProof(keys, authMessage).toString('base64')}`);
  }

  function step(challenge: Buffer): Buffer | undefined {
    switch (state) {
      case 'start':
        // A server that did not get the first message with AUTH asks for it with nothing.
        state = 'proof';
        return challenge.length === 0 ? first : proceed(challenge);
      case 'proof':
        return proceed(challenge);
      case 'signature':
        return believe(challenge);
      default:
        return undefined;
    }
  }

  function proceed(challenge: Buffer): Buffer | undefined {
    state = 'signature';
    return prove(challenge);
  }

  function believe(challenge: Buffer): Buffer | undefined {
    const signature = readServerFinal(challenge);
    if (signature?.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
    state = 'proven';
    return Buffer.alloc(0);
  }

  return {
    mechanism: options.plus ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256',
    initial: first,
    next(challenge) {
      const response = step(challenge);
      if (response === undefined) state = 'failed';
      return response;
    },
    mayEnd: () => state === 'proven',
  };
}

/** RFC 5802 §6: "y" tells a server that offered -PLUS that somebody took it out of its list. */
function flagOf({ plus, place }: ScramClientOptions): string {
  if (plus) return 'p=tls-exporter';
  return isBindable(place?.line) && place?.plusOffered === false ? 'y' : 'n';
}
