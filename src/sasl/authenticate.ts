/**
 * A whole login on the server's side: the exchange, the backend and the peer brought together, the same for SMTP
 * and POP3. How a challenge is sent and a response read, the protocol says; so does what the outcome is called.
 */
import type { SaslLine } from './line.ts';
import { bindingLine } from './mechanisms.ts';
import type { SaslMechanism } from './mechanisms.ts';
import type { LoginVerdict, SaslBackend, SaslPeer, SaslStep } from './server.ts';

export interface Login<Proven, Stopped> {
  /** One that was offered. */
  readonly mechanism: SaslMechanism;
  readonly line: SaslLine;
  readonly backend: SaslBackend<Proven>;
  readonly peer: SaslPeer;
  /** The initial response, decoded; undefined when there was none. */
  readonly initial: Buffer | undefined;
  /** Sends a challenge and gives the decoded response; or what ended the exchange instead of one. */
  ask(challenge: Buffer): Promise<Buffer | Stopped>;
}

export type LoginOutcome<Proven, Stopped> =
  | LoginVerdict<Proven>
  | { readonly kind: 'malformed'; readonly text: string }
  | { readonly kind: 'stopped'; readonly by: Stopped };

/** Rejects with what the backend, or `ask`, rejects with. */
export async function authenticate<Proven, Stopped>(
  login: Login<Proven, Stopped>,
): Promise<LoginOutcome<Proven, Stopped>> {
  const { mechanism, backend, peer, line } = login;
  const exchange = mechanism.create(bindingLine(backend, line));
  let conclude: ((proven: boolean) => Promise<LoginVerdict<Proven>>) | undefined;
  let step: SaslStep = exchange.next(login.initial);
  for (;;) {
    switch (step.kind) {
      case 'challenge': {
        const response = await login.ask(step.data);
        if (!Buffer.isBuffer(response)) return { kind: 'stopped', by: response };
        step = exchange.next(response);
        break;
      }
      case 'claim': {
        const attempt = await backend.proof?.(step.claim, peer);
        if (attempt?.kind !== 'verifier') return attempt ?? NO_PROOFS;
        ({ conclude } = attempt);
        step = step.resume(attempt.verifier);
        break;
      }
      case 'proof':
        return conclude === undefined ? NO_PROOFS : await settle(login, step, conclude);
      case 'password':
        return await backend.password(step.login, peer);
      case 'refused':
      case 'malformed':
        return step;
    }
  }
}

const NO_PROOFS = { kind: 'malformed', text: 'This mechanism is not to be had here' } as const;

/**
 * Neither SMTP nor POP3 can send data with a success, so our own proof goes out as a challenge, and the client's
 * empty answer says that it believes us (RFC 4954 §4, RFC 5034 §4). A client that doesn't is not logged in.
 */
async function settle<Proven, Stopped>(
  login: Login<Proven, Stopped>,
  { proven, last }: Extract<SaslStep, { readonly kind: 'proof' }>,
  conclude: (proven: boolean) => Promise<LoginVerdict<Proven>>,
): Promise<LoginOutcome<Proven, Stopped>> {
  if (!proven) return await conclude(false);
  const response = await login.ask(last);
  if (!Buffer.isBuffer(response)) return { kind: 'stopped', by: response };
  if (response.length > 0) return { kind: 'malformed', text: 'The last answer of this mechanism is empty' };
  return await conclude(true);
}
