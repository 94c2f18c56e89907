/**
 * What stands at addresses of ours, remembered while the directory stays as it is: a RCPT to a known
 * address costs no query, and with it no way to another thread and back. Changes by this process
 * count at once, those by commands within a blink (store, onChange).
 *
 * Remembered is only what is there: an address that was refused counts from the moment it is made,
 * and a stranger's guesses take no room. An account with a quota is asked for each time, for what it
 * holds changes with each message.
 */
import type { Account, Alias, Store } from '../store/index.ts';

export interface AddressQuestion {
  /** A-labels. */
  readonly domain: string;
  /** Canonical local parts, "*" for the catch-all. */
  readonly locals: readonly string[];
}

export interface AtAddress {
  readonly accounts: readonly Account[];
  readonly aliases: readonly Alias[];
}

/** Then all is forgotten, and what is still asked for comes back. */
const MOST = 10_000;

export class AddressBook {
  readonly #store: Store;
  readonly #known = new Map<string, AtAddress>();
  /** Grows with each change: what was read before one is not remembered after it. */
  #edition = 0;

  constructor(store: Store) {
    this.#store = store;
    store.onChange(({ directory }) => {
      if (!directory) return;
      this.#known.clear();
      this.#edition += 1;
    });
  }

  get size(): number {
    return this.#known.size;
  }

  async at(question: AddressQuestion): Promise<AtAddress> {
    const key = JSON.stringify([question.domain, question.locals]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const edition = this.#edition;
    const found = await this.#store.read('addressesAt', question);
    if (edition === this.#edition && isLasting(found)) this.#remember(key, found);
    return found;
  }

  #remember(key: string, found: AtAddress): void {
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, { accounts: found.accounts, aliases: found.aliases });
  }
}

function isLasting({ accounts, aliases }: AtAddress): boolean {
  return accounts.length + aliases.length > 0 && accounts.every(({ quota }) => quota === undefined);
}
