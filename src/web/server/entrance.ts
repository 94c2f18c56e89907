/**
 * The way in on a person's own computer, where there is no password: who can read the program's own file (0600) is the
 * person. That file's token opens nothing in a browser; it is exchanged for a code that opens the page once, and soon.
 * So neither the address bar, nor the browser's history, nor its storage ever has something that works twice.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/index.ts';

export interface EntranceParts {
  /** What lies in the file of this installation. */
  readonly token: string;
  /** Whose mail it is. */
  readonly account: string;
  readonly clock: Clock;
}

/** Milliseconds; a person copies an address from a terminal. */
const VALID = 10 * 60_000;
/** Codes that wait to be used; an older one makes room. */
const MOST = 20;

export class Entrance {
  readonly account: string;
  readonly #token: Buffer;
  readonly #clock: Clock;
  /** Digest of a code → when it ends. */
  readonly #codes = new Map<string, number>();

  constructor({ token, account, clock }: EntranceParts) {
    this.account = account;
    this.#token = digestOf(token);
    this.#clock = clock;
  }

  /** A new one: it opens once, within ten minutes. */
  code(): string {
    const code = randomBytes(24).toString('base64url');
    const [oldest] = this.#codes.keys();
    if (oldest !== undefined && this.#codes.size >= MOST) this.#codes.delete(oldest);
    this.#codes.set(digestOf(code).toString('hex'), this.#clock.now() + VALID);
    return code;
  }

  redeem(code: string): boolean {
    const key = digestOf(code).toString('hex');
    const until = this.#codes.get(key);
    this.#codes.delete(key);
    return until !== undefined && this.#clock.now() <= until;
  }

  isToken(given: string): boolean {
    return timingSafeEqual(digestOf(given), this.#token);
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
