/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the server's side (RFC 5802, RFC 7677): the client proves that it knows
 * the password without sending it, and we prove that we know it too.
 */
import { randomBytes } from 'node:crypto';
import { isBindable } from './line.ts';
import type { ChannelBindingType, SaslLine } from './line.ts';
import { prepareName } from './prepare.ts';
import { fitsProof, serverSignature } from './scram.ts';
import type { ScramVerifier } from './scram.ts';
import { readClientFinal, readClientFirst, writeServerFirst } from './scram-messages.ts';
import type { ClientFirst } from './scram-messages.ts';
import type { LoginClaim, SaslExchange, SaslStep } from './server.ts';

export interface ScramServerOptions {
  /** The login is bound to the TLS connection. */
  readonly plus: boolean;
  readonly line: SaslLine | undefined;
  /** Our part of the nonce, printable and without a comma; random by default. */
  readonly nonce?: string;
}

/** Octets of randomness in our part of the nonce. */
const NONCE_OCTETS = 18;

type State =
  | { readonly at: 'start' }
  | { readonly at: 'asked' }
  | { readonly at: 'proof'; readonly expected: Expected }
  | { readonly at: 'over' };

interface Expected {
  readonly first: ClientFirst;
  readonly binding: Buffer;
  readonly verifier: ScramVerifier;
  readonly nonce: string;
  readonly serverFirst: string;
}

export function scramServer(options: ScramServerOptions): SaslExchange {
  let state: State = { at: 'start' };

  function begin(response: Buffer): SaslStep {
    const read = readClientFirst(response);
    if (!read.ok) return malformed(read.text);
    const first = read.message;
    const channel = channelOf(first, options);
    if (!Buffer.isBuffer(channel)) return channel;
    const claim = claimOf(first, options.plus);
    if (claim === undefined) return malformed('A name is too long, or holds a control character');
    return { kind: 'claim', claim, resume: (verifier) => challenge(first, channel, verifier) };
  }

  function challenge(first: ClientFirst, channel: Buffer, verifier: ScramVerifier): SaslStep {
    const nonce = first.nonce + (options.nonce ?? randomBytes(NONCE_OCTETS).toString('base64'));
    const serverFirst = writeServerFirst({ ...verifier, nonce });
    const binding = Buffer.concat([Buffer.from(first.gs2Header), channel]);
    state = { at: 'proof', expected: { first, binding, verifier, nonce, serverFirst } };
    return { kind: 'challenge', data: Buffer.from(serverFirst) };
  }

  return {
    next(response) {
      const before = state;
      state = { at: 'over' };
      if (before.at === 'start' && response === undefined) {
        // The client speaks first, so it is asked with nothing (RFC 4422 §5).
        state = { at: 'asked' };
        return { kind: 'challenge', data: Buffer.alloc(0) };
      }
      if (before.at === 'over' || response === undefined) return malformed('The exchange is over');
      return before.at === 'proof' ? check(before.expected, response) : begin(response);
    },
  };
}

/** What the login is to be bound to, '' where it isn't; or why it must fail (RFC 5802 §6). */
function channelOf({ flag }: ClientFirst, { plus, line }: ScramServerOptions): Buffer | SaslStep {
  if (typeof flag === 'object') {
    if (!plus) return malformed('A login that is bound to the connection wants SCRAM-SHA-256-PLUS');
    const channel = isKnown(flag.type) ? line?.channelBinding?.(flag.type) : undefined;
    return channel ?? notBound('This server can not bind a login to the connection in that way; try tls-exporter');
  }
  if (plus) return malformed('SCRAM-SHA-256-PLUS wants p= and a type of channel binding');
  // The client saw no -PLUS, and we offered it: somebody has taken it out of the list on the way.
  if (flag === 'unused' && isBindable(line))
    return notBound('SCRAM-SHA-256-PLUS is offered here; if you were not told, somebody changes what we say');
  return Buffer.alloc(0);
}

function isKnown(type: string): type is ChannelBindingType {
  return type === 'tls-exporter' || type === 'tls-server-end-point';
}

function claimOf(first: ClientFirst, plus: boolean): LoginClaim | undefined {
  const name = prepareName(first.name);
  const actAs = first.actAs === '' ? '' : prepareName(first.actAs);
  if (name === undefined || actAs === undefined) return undefined;
  return { mechanism: plus ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256', name, actAs };
}

function check(expected: Expected, response: Buffer): SaslStep {
  const read = readClientFinal(response);
  if (!read.ok) return malformed(read.text);
  const { message } = read;
  if (message.nonce !== expected.nonce) return malformed('The nonce is not the one of this login');
  if (!message.binding.equals(expected.binding)) {
    return typeof expected.first.flag === 'object'
      ? notBound('The login belongs to another connection: somebody may sit in the middle')
      : malformed('The channel binding (c=) is not the beginning of your first message');
  }
  const authMessage = `${expected.first.bare},${expected.serverFirst},${message.withoutProof}`;
  const proven = fitsProof(expected.verifier, authMessage, message.proof);
  const signature = serverSignature(expected.verifier, authMessage).toString('base64');
  return { kind: 'proof', proven, last: Buffer.from(`v=${signature}`) };
}

function malformed(text: string): SaslStep {
  return { kind: 'malformed', text };
}

function notBound(text: string): SaslStep {
  return { kind: 'refused', rule: 'channel-binding', text };
}
