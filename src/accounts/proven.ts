/**
 * Remembers for some minutes which password was proven for which name, and from which network, for protocols that send
 * it with every request (HTTP Basic): checking it anew each time costs 46 ms of the one who hashes. No password is
 * kept, only a digest of it under a key that this process made for itself.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../base/index.ts';
import type { PasswordLogin } from '../sasl/index.ts';

export interface Proof {
  /** The account's id. */
  readonly account: string;
  /** What the password was checked against: while the account has this one, the password is the right one. */
  readonly verifier: string;
}

const KEPT_FOR = 10 * 60_000;
/** The oldest are forgotten first. */
const MOST_KEPT = 1_000;

export class Proven {
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #proofs = new Map<string, Proof & { readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  remember(network: string, login: PasswordLogin, proof: Proof): void {
    const key = this.nameOf(network, login);
    this.#proofs.delete(key);
    const oldest = this.#proofs.size >= MOST_KEPT ? this.#proofs.keys().next() : undefined;
    if (oldest?.done === false) this.#proofs.delete(oldest.value);
    this.#proofs.set(key, { ...proof, at: this.#clock.ticks() });
  }

  recall(network: string, login: PasswordLogin): Proof | undefined {
    const key = this.nameOf(network, login);
    const proof = this.#proofs.get(key);
    if (proof === undefined || this.#clock.ticks() - proof.at < KEPT_FOR) return proof;
    this.#proofs.delete(key);
    return undefined;
  }

  /** The same for the same login from the same network, and worth nothing outside of this process. */
  nameOf(network: string, { name, actAs, password }: PasswordLogin): string {
    const text = JSON.stringify([network, name, actAs, password]);
    return createHmac('sha256', this.#key).update(text).digest('base64');
  }
}
