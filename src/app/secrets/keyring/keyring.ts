/**
 * The keyring of a person's desktop: where it keeps secrets for them, opened by their login. Ours holds one thing, the
 * key that the passwords of providers are sealed with.
 */
import { keychain } from './keychain.ts';
import { dataProtection } from './data-protection.ts';
import type { RunProgram } from './run.ts';
import { secretService } from './secret-service.ts';

export type Looked =
  | { readonly kind: 'found'; readonly key: string }
  /** The keyring is open, and there is no such key in it. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'locked' }
  /** It can't be asked here; `why` a clause. */
  | { readonly kind: 'absent'; readonly why: string };

/** Nothing of it rejects. */
export interface Keyring {
  /** Stands in the key file; never changes. */
  readonly id: 'secret-service' | 'keychain' | 'data-protection';
  /** For people: "the keyring of this desktop". */
  readonly name: string;
  /**
   * Puts a key in. May ask the person to unlock it, and waits for that.
   * @param mark tells this key from others; nothing of the key can be seen in it
   * @returns what finds it again, one word; or why it was not taken, a clause
   */
  keep(key: string, mark: string): Promise<{ readonly reference: string } | { readonly why: string }>;
  /** @param ask given: the person may be asked to unlock it, which may take them minutes; aborted, nobody waits any more */
  look(reference: string, ask?: AbortSignal): Promise<Looked>;
  forget(reference: string): Promise<void>;
}

/** The one that this system has; undefined: it has none that we know. */
export function keyringOf(platform: NodeJS.Platform, run: RunProgram): Keyring | undefined {
  if (platform === 'darwin') return keychain(run);
  if (platform === 'win32') return dataProtection(run);
  return platform === 'linux' || platform === 'freebsd' || platform === 'openbsd' ? secretService(run) : undefined;
}
