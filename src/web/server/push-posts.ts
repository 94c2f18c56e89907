/**
 * Posts to push services (RFC 8620 §7.2, RFC 8030 §5). Programs name the addresses, so where they may lead is judged as
 * with pictures of letters (reach.ts). A redirect is not followed: a service that has moved is subscribed to anew.
 */
import { isIP } from 'node:net';
import { describeError } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import type { PushMessage, PushOutcome } from '../../jmap/index.ts';
import { hostOf, NotReached, reach } from './reach.ts';
import type { ReachParts } from './reach.ts';
import { isPublicAddress } from './special-addresses.ts';

export interface PushPostParts extends ReachParts {
  readonly clock: Clock;
  /** Whether addresses of this machine and of private networks may be posted to. */
  readonly mayBeLocal: () => boolean;
}

/** Milliseconds for all of it. */
const PATIENCE = 30_000;
/** Seconds that a service keeps it for a program that is not there (RFC 8030 §5.2): what changed is worth that long. */
const KEPT = 24 * 60 * 60;
/** How many are under way; others wait their turn. */
const MOST_AT_A_TIME = 16;

export class PushPosts {
  readonly #parts: PushPostParts;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(parts: PushPostParts) {
    this.#parts = parts;
  }

  /** Names are looked up when it is posted to. */
  isPostable(address: string): boolean {
    const host = hostOf(new URL(address));
    return isIP(host) === 0 || this.#isAllowed(host);
  }

  /** Never rejects. */
  async post(message: PushMessage): Promise<PushOutcome> {
    if (this.#underWay < MOST_AT_A_TIME) this.#underWay++;
    // Who ends hands its place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#posted(message);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay--;
      else next();
    }
  }

  async #posted({ url: address, octets, isEncrypted, signal }: PushMessage): Promise<PushOutcome> {
    const url = new URL(address);
    const deadline = new AbortController();
    const cancel = this.#parts.clock.after(PATIENCE, () => {
      deadline.abort();
    });
    try {
      const answer = await reach(url, this.#parts, {
        method: 'POST',
        headers: {
          TTL: String(KEPT),
          'Content-Length': String(octets.length),
          // RFC 8620 §7.2, whatever it is wrapped in.
          'Content-Type': 'application/json',
          ...(isEncrypted ? { 'Content-Encoding': 'aes128gcm' } : {}),
        },
        body: octets,
        signal: AbortSignal.any([signal, deadline.signal]),
        allowed: (one) => this.#isAllowed(one),
      });
      answer.destroy();
      return outcomeOf(answer.statusCode ?? 0, answer.headers['retry-after'], this.#parts.clock.now());
    } catch (error) {
      return { kind: 'failed', why: `${url.hostname}: ${whyOf(error, deadline.signal)}` };
    } finally {
      cancel();
    }
  }

  #isAllowed(address: string): boolean {
    return this.#parts.mayBeLocal() || isPublicAddress(address);
  }
}

function whyOf(error: unknown, deadline: AbortSignal): string {
  if (deadline.aborted) return `no answer within ${PATIENCE / 1_000} s`;
  if (!(error instanceof NotReached)) return describeError(error);
  return error.why === 'not-public' ? 'it is no place on the public Internet' : 'nobody has that name';
}

function outcomeOf(status: number, retryAfter: string | undefined, now: number): PushOutcome {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  const wait = waitIn(retryAfter, now);
  return { kind: 'failed', why: `answered with ${status}`, ...(wait === undefined ? {} : { retryAfter: wait }) };
}

/** Retry-After: seconds, or a date (RFC 9110 §10.2.3). */
function waitIn(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const at = /^\d{1,9}$/.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
  return Number.isNaN(at) || at <= now ? undefined : at - now;
}
