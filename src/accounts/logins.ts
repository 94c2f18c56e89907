/**
 * Who may log in. The login name is the full address, or the bare local part while only one
 * account has it. An unknown name costs the same time and gets the same words as a wrong password.
 */
import { describeError, sleep } from '../base/index.ts';
import type { Clock, Logger } from '../base/index.ts';
import { canonicalLocal, formatAddress, parseAddress } from '../mail/index.ts';
import { parseScramVerifier, preparePassword } from '../sasl/index.ts';
import type { LoginClaim, LoginVerdict, PasswordLogin, ProofAttempt, SaslPeer, ScramVerifier } from '../sasl/index.ts';
import type { Account, Credential, Store } from '../store/index.ts';
import { openDecoys } from './decoys.ts';
import type { Decoys } from './decoys.ts';
import type { Domains } from './domains.ts';
import { Guesses } from './guesses.ts';
import type { Passwords } from './passwords.ts';
import { Proven } from './proven.ts';
import type { Proof } from './proven.ts';

/** A login that was proven. */
export interface ProvenLogin {
  /** The account's id. */
  readonly account: string;
  /** Its address: what it is called in the log and the journey, whatever was typed. */
  readonly name: string;
  readonly mechanism: string;
}

export interface Logins {
  verify(login: PasswordLogin, peer: SaslPeer, service: string): Promise<LoginVerdict<ProvenLogin>>;
  /**
   * The same for a protocol that sends the password with every request: what was proven some minutes ago need not be
   * hashed again, and of requests that come together one is checked for all. A password that was changed counts no
   * more at once.
   */
  verifyAgain(login: PasswordLogin, peer: SaslPeer, service: string): Promise<LoginVerdict<ProvenLogin>>;
  /** Logins by proof (SCRAM): what the proof is checked against, for an unknown name too. */
  prove(claim: LoginClaim, peer: SaslPeer, service: string): Promise<ProofAttempt<ProvenLogin>>;
}

export interface LoginParts {
  readonly store: Store;
  readonly domains: Pick<Domains, 'list'>;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether wrong passwords are counted across the connections of one network. */
  readonly countGuesses: () => boolean;
  /** The network that an address is counted with: what one customer of a provider has. */
  readonly networkOf: (address: string) => string;
}

const REFUSED = { kind: 'refused', rule: 'wrong-password', text: 'The login name or the password is wrong' } as const;
const BUSY = {
  kind: 'busy',
  rule: 'login-busy',
  text: 'Too many logins are being checked just now; please try again in a moment',
} as const;
const UNCHECKED = {
  kind: 'busy',
  rule: 'internal-error',
  text: 'The login could not be checked just now; please try again later',
} as const;

/**
 * Milliseconds after which a verifier is shown: longer than it takes to find one, so that the few microseconds
 * between a name that is somebody's and one that isn't don't show.
 */
const LOOKING = 5;

export function openLogins(parts: LoginParts): Logins {
  const { store, passwords, log } = parts;
  const guesses = new Guesses(parts.clock);
  const decoys = openDecoys(store);
  const remembered = new Proven(parts.clock);
  const underWay = new Map<string, Promise<LoginVerdict<ProvenLogin>>>();

  /** One attempt to log in, however it is made: counted, told to the log, and never failing but with a verdict. */
  function attempt(claim: LoginClaim, peer: SaslPeer, service: string): Attempt {
    const name = claim.name.toLowerCase();
    const network = parts.networkOf(peer.address);
    const about = { service, peer: peer.address, session: peer.sessionId, mechanism: claim.mechanism };
    return {
      network,
      known: guesses.isKnown(network, name),
      wait: () => (parts.countGuesses() ? guesses.waitFor(network, name) : 0),
      refuse() {
        guesses.wrong(network, name);
        log.info('A login was refused', { ...about, rule: REFUSED.rule });
        return REFUSED;
      },
      accept(account) {
        guesses.right(network, name);
        log.info('Logged in', { ...about, login: addressOf(account) });
        return { kind: 'accepted', login: loginOf(account, claim.mechanism) };
      },
      fail(error) {
        log.error('A login could not be checked', { ...about, cause: describeError(error) });
        return UNCHECKED;
      },
    };
  }

  async function verify(
    login: PasswordLogin,
    peer: SaslPeer,
    service: string,
    remember?: (proof: Proof) => void,
  ): Promise<LoginVerdict<ProvenLogin>> {
    const { known, wait, refuse, accept, fail } = attempt(login, peer, service);
    if (wait() > 0) return tooMany(wait());
    try {
      const found = await findAccount(store, login.name);
      const password = preparePassword(login.password) ?? login.password;
      const verifier = hashOf(found);
      // Asked again at its turn: of a hundred guesses at once one more is checked than of a hundred in a row.
      const fits = await passwords.check(password, verifier, { known, wanted: () => wait() === 0 });
      if (fits === 'busy') return BUSY;
      if (fits === 'unwanted') return tooMany(wait());
      if (!fits || found === undefined || !mayActAs(login, found.account)) return refuse();
      if (verifier !== undefined) remember?.({ account: found.account.id, verifier });
      return accept(found.account);
    } catch (error) {
      return fail(error);
    }
  }

  /** The account whose password this was when it was last checked, and still is. */
  async function stillProven(network: string, login: PasswordLogin): Promise<Account | undefined> {
    const proof = remembered.recall(network, login);
    if (proof === undefined) return undefined;
    const found = await findAccount(store, login.name);
    return found?.account.id === proof.account && hashOf(found) === proof.verifier ? found.account : undefined;
  }

  return {
    verify: (login, peer, service) => verify(login, peer, service),

    async verifyAgain(login, peer, service) {
      const { network, wait, fail } = attempt(login, peer, service);
      if (wait() > 0) return tooMany(wait());
      const account = await stillProven(network, login).catch(fail);
      if (account !== undefined && 'kind' in account) return account;
      if (account !== undefined) return { kind: 'accepted', login: loginOf(account, login.mechanism) };
      const key = remembered.nameOf(network, login);
      const other = underWay.get(key);
      if (other !== undefined) return other;
      const checked = verify(login, peer, service, (proof) => {
        remembered.remember(network, login, proof);
      }).finally(() => underWay.delete(key));
      underWay.set(key, checked);
      return checked;
    },

    async prove(claim, peer, service) {
      const { wait, refuse, accept, fail } = attempt(claim, peer, service);
      if (wait() > 0) return tooMany(wait());
      const looking = verifierFor(parts, decoys, claim.name).catch(fail);
      const [shown] = await Promise.all([looking, sleep(parts.clock, LOOKING)]);
      if ('kind' in shown) return shown;
      const { found, verifier } = shown;
      return {
        kind: 'verifier',
        verifier,
        async conclude(proven) {
          if (wait() > 0) return tooMany(wait());
          if (!proven || found === undefined || !mayActAs(claim, found.account)) return refuse();
          // The exchange may have taken minutes: a password that was changed meanwhile counts no more.
          const now = await store.read('accountAt', found.account).catch(fail);
          if (now !== undefined && 'kind' in now) return now;
          return now?.account.id === found.account.id && scramOf(now) === scramOf(found)
            ? accept(found.account)
            : refuse();
        },
      };
    },
  };
}

interface Attempt {
  readonly network: string;
  /** Whether somebody of this name has logged in from this network. */
  readonly known: boolean;
  /** Milliseconds until this network may try this name. */
  wait(): number;
  refuse(): Extract<LoginVerdict<ProvenLogin>, { readonly kind: 'refused' }>;
  accept(account: Account): LoginVerdict<ProvenLogin>;
  fail(error: unknown): typeof UNCHECKED;
}

function loginOf(account: Account, mechanism: string): ProvenLogin {
  return { account: account.id, name: addressOf(account), mechanism };
}

interface Found {
  readonly account: Account;
  readonly credentials: readonly Credential[];
}

/** The open account that a login name means; undefined for none, and for a bare name that two accounts share. */
export async function findAccount(store: Store, name: string): Promise<Found | undefined> {
  const address = parseAddress(name, { utf8: true });
  if (address !== undefined)
    return store.read('accountAt', { local: canonicalLocal(address.local), domain: address.domain });
  const named = await store.read('accountsNamed', { local: canonicalLocal(name) });
  return named.length === 1 ? named[0] : undefined;
}

function hashOf(found: Found | undefined): string | undefined {
  return found?.credentials.find((one) => one.kind === 'argon2id')?.value;
}

function scramOf(found: Found | undefined): string | undefined {
  return found?.credentials.find((one) => one.kind === 'scram-sha-256')?.value;
}

interface Shown {
  /** Whose password is to be proven; undefined when the proof must fail. */
  readonly found: Found | undefined;
  readonly verifier: ScramVerifier;
}

/**
 * The verifier of the account that the name means, or one that can't be told from it. The same work is done for
 * every name. A bare name that is nobody's, or two people's, looks like the one of its address in some domain of
 * ours.
 */
async function verifierFor({ store, domains }: LoginParts, decoys: Decoys, name: string): Promise<Shown> {
  const found = await findAccount(store, name);
  const address = parseAddress(name, { utf8: true });
  const local = canonicalLocal(address?.local ?? name);
  const ours = (await domains.list()).map((one) => one.name);
  const domain = address?.domain ?? (await decoys.domainOf(local, ours)) ?? '';
  const decoy = await decoys.verifier(`${local}@${domain}`);
  const standIn = address === undefined ? await store.read('accountAt', { local, domain }) : undefined;
  const [real, other] = [found, standIn].map((one) => parseScramVerifier(scramOf(one) ?? ''));
  return real === undefined ? { found: undefined, verifier: other ?? decoy } : { found, verifier: real };
}

/** Acting as another account is nobody's right yet: the name to act as must be one's own (RFC 4616 §2). */
function mayActAs(login: LoginClaim, account: Account): boolean {
  if (login.actAs === '' || login.actAs === login.name) return true;
  return login.actAs.toLowerCase() === addressOf(account);
}

export function addressOf(account: Pick<Account, 'local' | 'domain'>): string {
  return formatAddress(account);
}

function tooMany(wait: number): Extract<LoginVerdict<ProvenLogin>, { readonly kind: 'busy' }> {
  const minutes = Math.max(1, Math.ceil(wait / 60_000));
  return {
    kind: 'busy',
    rule: 'too-many-guesses',
    text: `Too many wrong passwords came from your address; please try again in ${minutes} minute${minutes === 1 ? '' : 's'}`,
  };
}
