/**
 * Addresses that are not written to for a while, asked at RCPT on submission. An answer that we once
 * got is a warning: it is given, and whoever sends again within the hour is believed to be sure. What the
 * keeper stopped stays stopped. docs/decisions/0006-suppression.md says why.
 */
import type { Clock } from '../base/index.ts';
import { canonicalAddress, formatAddress, refusal } from '../mail/index.ts';
import type { Address, EnhancedCode, Reply } from '../mail/index.ts';
import type { Store, Suppression } from '../store/index.ts';

/** How long after it was told an account that sends again is taken at its word. */
const SURE_WITHIN = 60 * 60_000;

export class Suppressed {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #warns: () => boolean;

  /** @param warns whether answers of others count; what the keeper stopped always does */
  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly warns: () => boolean }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#warns = parts.warns;
  }

  /** Why this account's mail to an address is not taken just now. Looks only: it may be asked for an explanation. */
  async standing(account: string, to: Address): Promise<Suppression | undefined> {
    const now = this.#clock.now();
    const found = await this.#store.read('suppressionOf', { account, address: canonicalAddress(to), now });
    if (found === undefined || found.madeBy === 'keeper') return found;
    const sure = found.toldAt !== undefined && now - found.toldAt < SURE_WITHIN;
    return sure || !this.#warns() ? undefined : found;
  }

  /** It was told so on the wire: from now on sending again means that it is sure. */
  async told(account: string, to: Address): Promise<void> {
    const at = this.#clock.now();
    await this.#store.write('toldSuppressed', { account, address: canonicalAddress(to), at });
  }
}

/** Characters of the other server's words that are repeated. */
const LONGEST_WORDS = 200;

/** What is said at RCPT. */
export function suppressedRefusal(to: Address, { madeBy, at, reply = '', host }: Suppression): Reply {
  const address = formatAddress(to);
  if (madeBy === 'keeper')
    return refusal(550, '5.7.1', `Mail to ${address} is stopped by the keeper of this server`, 'suppressed');
  const code = codeIn(reply);
  const words = reply.slice(0, LONGEST_WORDS);
  const who = host === undefined ? `we found on ${day(at)}` : `${host} answered on ${day(at)}`;
  const text = `When mail was last sent to ${address}, ${who}: "${words}". If you are sure of the address, send it once more within an hour`;
  // RFC 7505 §4: 5.1.10 goes with 556.
  return refusal(code === '5.1.10' ? 556 : 550, code, text, 'suppressed');
}

function codeIn(reply: string): EnhancedCode {
  return (/^\d{3} (5\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1] ?? '5.1.1') as EnhancedCode;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
