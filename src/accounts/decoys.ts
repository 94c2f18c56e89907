/**
 * What a login by proof is shown for a name that nobody has: a verifier that looks like any other and stays the
 * same, after a restart and in the host's other processes too, so that asking tells nothing (RFC 5802 §9).
 */
import { createHmac, randomBytes } from 'node:crypto';
import { decoyVerifier } from '../sasl/index.ts';
import type { ScramVerifier } from '../sasl/index.ts';
import type { Store } from '../store/index.ts';

const SETTING = 'login-decoy-secret';
const SECRET_OCTETS = 32;

export interface Decoys {
  verifier(address: string): Promise<ScramVerifier>;
  /**
   * The domain of ours to which a bare local part is taken to belong when no single account has it. Not the
   * first one: a name that stands for an account shows the verifier of that account's address, whichever domain
   * it is in, and so must the others. Undefined when no domain is ours.
   */
  domainOf(local: string, domains: readonly string[]): Promise<string | undefined>;
}

export function openDecoys(store: Store): Decoys {
  let known: Promise<Buffer> | undefined;

  function secret(): Promise<Buffer> {
    known ??= findSecret(store);
    // A failed look-up must not be remembered: the next asks again.
    known.catch(() => {
      known = undefined;
    });
    return known;
  }

  return {
    verifier: async (address) => decoyVerifier(await secret(), address),
    async domainOf(local, domains) {
      const key = await secret();
      // The one with the highest mark wins: a domain more or less changes the answer for few names only.
      const mark = (domain: string): string => createHmac('sha256', key).update(`${local}@${domain}`).digest('hex');
      return domains.map((name) => ({ name, mark: mark(name) })).toSorted((a, b) => (a.mark < b.mark ? 1 : -1))[0]
        ?.name;
    },
  };
}

/** Made once for each state directory. Of two processes that make it at once one may know its own until it restarts. */
async function findSecret(store: Store): Promise<Buffer> {
  const found = await store.read('setting', { name: SETTING });
  if (found !== undefined) return Buffer.from(found, 'base64');
  await store.write('setSetting', { name: SETTING, value: randomBytes(SECRET_OCTETS).toString('base64') });
  return Buffer.from((await store.read('setting', { name: SETTING })) ?? '', 'base64');
}
