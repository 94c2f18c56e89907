/**
 * Logins in the browser. The token is 256 random bits that only the browser has; here lies its digest. A session
 * survives a restart, and ends when it was not used for a while, when the password changes or the account is closed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { addressOf, findAccount } from '../../accounts/index.ts';
import type { Logins, ProvenLogin } from '../../accounts/index.ts';
import type { Clock } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';

/** An account that somebody has proven to be theirs. */
export interface Who {
  /** The account's id. */
  readonly account: string;
  /** Its address. */
  readonly name: string;
  /** A browser has logged in: it ends before the password does. */
  readonly isSession?: true;
}

export interface SessionParts {
  readonly store: Store;
  readonly logins: Logins;
  readonly clock: Clock;
  /** Milliseconds without use after which a session is over. */
  readonly idle: () => number;
}

export type Opened =
  | { readonly kind: 'opened'; readonly token: string; readonly who: Who }
  | Exclude<Awaited<ReturnType<Logins['verify']>>, { readonly kind: 'accepted' }>;

/** Sessions of one account; the one that was not used for longest makes room for a new one. */
const MOST_SESSIONS = 50;
/** How exactly it is noted when a session was last used: a write for each request would be a waste. */
const NOTED_EVERY = 60 * 60_000;

const CHANGED = {
  kind: 'busy',
  rule: 'password-changed',
  text: 'The password was changed in this very moment; please log in again',
} as const;

export class Sessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Rejects when the store can't write. */
  async open(
    name: string,
    password: string,
    peer: { readonly address: string; readonly sessionId: string },
  ): Promise<Opened> {
    const { store, logins, clock } = this.#parts;
    const before = await findAccount(store, name);
    const verdict = await logins.verify({ mechanism: 'form', name, password, actAs: '' }, peer, 'web');
    if (verdict.kind !== 'accepted') return verdict;
    const { account } = verdict.login;
    const verifier = before?.credentials.find((one) => one.kind === 'argon2id')?.value ?? '';
    const token = randomBytes(32).toString('base64url');
    const session = { digest: digestOf(token), account, verifier, at: clock.now(), most: MOST_SESSIONS };
    if ((await store.write('openSession', session)) === 'stale') return CHANGED;
    return { kind: 'opened', token, who: whoOf(verdict.login) };
  }

  /** For somebody who has proven by another way whose account it is; undefined: it is closed. Rejects when the store can't write. */
  async openFor(account: string): Promise<string | undefined> {
    const { store, clock } = this.#parts;
    const token = randomBytes(32).toString('base64url');
    const session = { digest: digestOf(token), account, at: clock.now(), most: MOST_SESSIONS };
    return (await store.write('openSession', session)) === 'stale' ? undefined : token;
  }

  async find(token: string): Promise<Who | undefined> {
    const { store, clock, idle } = this.#parts;
    const digest = digestOf(token);
    const session = await store.read('session', { digest });
    const unused = session === undefined ? 0 : clock.now() - session.seenAt;
    if (session === undefined || unused > idle()) return undefined;
    // On a full disk mail can still be read, by those who had logged in before, too.
    if (unused > NOTED_EVERY) await store.write('touchSession', { digest, at: clock.now() }).catch(() => undefined);
    return { account: session.account.id, name: addressOf(session.account), isSession: true };
  }

  async end(token: string): Promise<void> {
    await this.#parts.store.write('endSession', { digest: digestOf(token) });
  }
}

function whoOf({ account, name }: ProvenLogin): Who {
  return { account, name };
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
