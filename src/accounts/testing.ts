/** A house with domains and accounts, for tests of the rooms above. */
import { FakeClock } from '../base/testing.ts';
import type { Store } from '../store/index.ts';
import { temporaryStore } from '../store/testing.ts';
import { Directory } from './directory.ts';
import { openDomains } from './domains.ts';
import type { Domains } from './domains.ts';
import { openPasswords } from './passwords.ts';
import type { Passwords } from './passwords.ts';
import { openRouter } from './routing.ts';
import type { Router } from './routing.ts';

export interface TestDirectory {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly domains: Domains;
  readonly passwords: Passwords;
  readonly directory: Directory;
  readonly router: Router;
  /** An account without a password: quick to make. Its id. */
  account(address: string, quota?: number): Promise<string>;
}

interface Context {
  after(fn: () => Promise<void>): void;
}

/** `a.test` is ours by the file. */
export async function testDirectory(
  t: Context,
  options: { readonly postmaster?: string } = {},
): Promise<TestDirectory> {
  const clock = new FakeClock();
  const store = await temporaryStore(t, { clock });
  const domains = openDomains(store, () => ['a.test']);
  const passwords = openPasswords();
  t.after(async () => {
    domains.close();
    await passwords.close();
  });
  const directory = new Directory({ store, domains, passwords, clock });
  const router = openRouter({ store, domains, postmaster: () => options.postmaster });
  let made = 0;
  return {
    clock,
    store,
    domains,
    passwords,
    directory,
    router,
    async account(address, quota) {
      const [local = '', domain = ''] = address.split('@');
      const id = `account-${made++}`;
      await store.write('addAccount', {
        id,
        local,
        domain,
        credentials: [],
        at: clock.now(),
        ...(quota === undefined ? {} : { quota }),
      });
      return id;
    },
  };
}

/** Stands for the network of a customer: an IPv4 address, an IPv6 one without its last group. */
export function networkOf(address: string): string {
  return address.replace(/:[^:]*$/, '');
}
