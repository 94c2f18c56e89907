/** Addresses that are not written to, in the keeper's hand: with the accounts by their addresses. */
import { addressOf, DirectoryError } from '../accounts/index.ts';
import { canonicalAddress, parseAddress } from '../mail/index.ts';
import type { Suppression } from '../store/index.ts';
import type { Core } from './core.ts';

/** `account` is its address; absent: everybody. */
export type SuppressionView = Suppression;

export interface Suppressions {
  list(account?: string): Promise<readonly SuppressionView[]>;
  /** @param options `lasts` in ms; absent: until it is removed */
  add(address: string, options: { readonly account?: string; readonly lasts?: number }): Promise<void>;
  /** How many there were; without an account those of all accounts, and of everybody. */
  remove(address: string, options: { readonly account?: string }): Promise<number>;
}

const SLICE = 500;

export function suppressionsOf({ store, clock, directory }: Core): Suppressions {
  const idOf = async (account: string | undefined): Promise<{ readonly account?: string }> =>
    account === undefined ? {} : { account: (await directory.account(account)).id };
  return {
    async list(account) {
      const about = { now: clock.now(), limit: SLICE, ...(await idOf(account)) };
      const found: Suppression[] = [];
      for (;;) {
        const last = found.at(-1);
        const slice = await store.read('listSuppressions', {
          ...about,
          ...(last === undefined ? {} : { after: last }),
        });
        found.push(...slice);
        if (slice.length < SLICE) break;
      }
      return Promise.all(found.map(async (one) => ({ ...one, ...(await nameOf(store, one)) })));
    },
    async add(address, { account, lasts }) {
      const at = clock.now();
      const end = lasts === undefined ? {} : { until: at + lasts };
      const about = { address: keyOf(address), ...(await idOf(account)) };
      await store.write('suppress', { entries: [{ ...about, madeBy: 'keeper', at, ...end }] });
    },
    async remove(address, { account }) {
      return store.write('removeSuppressions', { address: keyOf(address), ...(await idOf(account)) });
    },
  };
}

async function nameOf(store: Core['store'], { account }: Suppression): Promise<{ readonly account?: string }> {
  if (account === undefined) return {};
  const found = await store.read('account', { id: account });
  return { account: found === undefined ? account : addressOf(found) };
}

function keyOf(text: string): string {
  const address = parseAddress(text, { utf8: true });
  if (address === undefined) throw new DirectoryError(`"${text}" is not an address.`);
  return canonicalAddress(address);
}
