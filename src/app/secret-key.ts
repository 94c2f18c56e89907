/** The key under which secrets are sealed that must be read again. */
import { join } from 'node:path';
import { openSeal } from '../base/index.ts';
import type { Seal } from '../base/index.ts';
import { secretIn } from './secret-file.ts';

const KEY_OCTETS = 32;

/** Rejects with a sentence when the file is there and is no key. */
export async function openSecretKey(stateDirectory: string): Promise<Seal> {
  const path = join(stateDirectory, 'secret.key');
  const key = Buffer.from(await secretIn(path), 'base64url');
  if (key.length !== KEY_OCTETS)
    throw new Error(
      `${path} is no key. Restore it from a backup; or remove it, and enter the passwords of your providers again.`,
    );
  return openSeal(key);
}
