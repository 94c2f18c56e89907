/**
 * Who may log in. The login name is the full address, or the bare local part while only one
 * account has it. An unknown name costs the same time and gets the same words as a wrong password.
 */
import { describeError } from '../base/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import { canonicalLocal, parseAddress } from '../mail/index.ts';
import { preparePassword } from '../sasl/index.ts';
import type { LoginVerdict, PasswordLogin } from '../sasl/index.ts';
import type { Account, Credential, Store } from '../store/index.ts';
import { Guesses } from './guesses.ts';
import type { Passwords } from './passwords.ts';

/** A login that was proven. */
export interface ProvenLogin {
  /** The account's id. */
  readonly account: string;
  /** Its address: what it is called in the log and the journey, whatever was typed. */
  readonly name: string;
  readonly mechanism: string;
}

export interface Logins {
  verify(
    login: PasswordLogin,
    peer: { readonly address: string; readonly sessionId: string },
    service: string,
  ): Promise<LoginVerdict<ProvenLogin>>;
}

export interface LoginParts {
  readonly store: Store;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether wrong passwords are counted across the connections of one address. */
  readonly countGuesses: () => boolean;
}

const REFUSED = { kind: 'refused', rule: 'wrong-password', text: 'The login name or the password is wrong' } as const;
const BUSY = {
  kind: 'busy',
  rule: 'login-busy',
  text: 'Too many logins are being checked just now; please try again in a moment',
} as const;

export function openLogins(parts: LoginParts): Logins {
  const { store, passwords, log } = parts;
  const guesses = new Guesses(parts.clock);

  return {
    async verify(login, peer, service) {
      const name = login.name.toLowerCase();
      const wait = parts.countGuesses() ? guesses.waitFor(peer.address, name) : 0;
      if (wait > 0) return tooMany(wait);
      const about = { service, peer: peer.address, session: peer.sessionId, mechanism: login.mechanism };
      let found: Found | undefined;
      let fits: boolean | 'busy';
      try {
        found = await findAccount(store, login.name);
        fits = await passwords.check(preparePassword(login.password) ?? login.password, hashOf(found));
      } catch (error) {
        log.error('A login could not be checked', { ...about, cause: describeError(error) });
        return {
          kind: 'busy',
          rule: 'internal-error',
          text: 'The login could not be checked just now; please try again later',
        };
      }
      if (fits === 'busy') return BUSY;
      if (!fits || found === undefined || !mayActAs(login, found.account)) {
        guesses.wrong(peer.address, name);
        log.info('A login was refused', { ...about, rule: REFUSED.rule });
        return REFUSED;
      }
      guesses.right(peer.address, name);
      const address = addressOf(found.account);
      log.info('Logged in', { ...about, login: address });
      return { kind: 'accepted', login: { account: found.account.id, name: address, mechanism: login.mechanism } };
    },
  };
}

interface Found {
  readonly account: Account;
  readonly credentials: readonly Credential[];
}

/** The open account that a login name means; undefined for none, and for a bare name that two accounts share. */
async function findAccount(store: Store, name: string): Promise<Found | undefined> {
  const address = parseAddress(name, { utf8: true });
  if (address !== undefined)
    return store.read('accountAt', { local: canonicalLocal(address.local), domain: address.domain });
  const named = await store.read('accountsNamed', { local: canonicalLocal(name) });
  return named.length === 1 ? named[0] : undefined;
}

function hashOf(found: Found | undefined): string | undefined {
  return found?.credentials.find((one) => one.kind === 'argon2id')?.value;
}

/** Acting as another account is nobody's right yet: the name to act as must be one's own (RFC 4616 §2). */
function mayActAs(login: PasswordLogin, account: Account): boolean {
  if (login.actAs === '' || login.actAs === login.name) return true;
  return login.actAs.toLowerCase() === addressOf(account);
}

export function addressOf(account: Pick<Account, 'local' | 'domain'>): string {
  return `${account.local}@${account.domain}`;
}

function tooMany(wait: number): LoginVerdict<ProvenLogin> {
  const minutes = Math.max(1, Math.ceil(wait / 60_000));
  return {
    kind: 'busy',
    rule: 'too-many-guesses',
    text: `Too many wrong passwords came from your address; please try again in ${minutes} minute${minutes === 1 ? '' : 's'}`,
  };
}
