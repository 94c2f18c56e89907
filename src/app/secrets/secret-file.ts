/** Secrets of this installation that lie in files of their own beside the database, readable by nobody else; made when they are first needed. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** 256 random bits in base64url, or what was put there instead; without line ends. */
export async function secretIn(path: string): Promise<string> {
  return (await readSecretFile(path)) ?? (await makeSecretFile(path, randomBytes(32).toString('base64url')));
}

/** Without line ends. undefined: there is no such file. */
export async function readSecretFile(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Two processes may start at once: whoever comes second gets what the first has put there. It gets its name when it is
 * whole, so nobody sees half of it.
 */
export async function makeSecretFile(path: string, secret: string): Promise<string> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  await writeFile(temporary, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(temporary, path);
  } catch (error) {
    const there = await readSecretFile(path);
    if (there !== undefined) return there;
    // Sticks and cards may know no second names.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(path);
  return secret;
}

/** Whole or not at all, and on the disk when it resolves. */
export async function replaceSecretFile(path: string, secret: string): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await writeFile(temporary, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(path);
}

/** A new name is on the disk only with its folder; Windows has no way to say so, and does it itself. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
