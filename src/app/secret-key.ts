/** The key under which secrets are sealed that must be read again: a file of its own beside the database, made when it is first needed. */
import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSeal } from '../base/index.ts';
import type { Seal } from '../base/index.ts';

const KEY_OCTETS = 32;

/** Rejects with a sentence when the file is there and is no key. */
export async function openSecretKey(stateDirectory: string): Promise<Seal> {
  const path = join(stateDirectory, 'secret.key');
  const text = (await read(path)) ?? (await make(path));
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== KEY_OCTETS)
    throw new Error(
      `${path} is no key. Restore it from a backup; or remove it, and enter the passwords of your providers again.`,
    );
  return openSeal(key);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Two processes may start at once: whoever comes second takes what the first has made. */
async function make(path: string): Promise<string> {
  const key = `${randomBytes(KEY_OCTETS).toString('base64url')}\n`;
  try {
    await writeFile(path, key, { mode: 0o600, flag: 'wx' });
    await chmod(path, 0o600);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await readFile(path, 'utf8');
  }
}
