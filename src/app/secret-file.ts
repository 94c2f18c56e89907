/** Secrets of this installation that lie in files of their own beside the database, readable by nobody else; made when they are first needed. */
import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';

/** 256 random bits in base64url, or what was put there instead; without line ends. */
export async function secretIn(path: string): Promise<string> {
  return ((await read(path)) ?? (await make(path))).trim();
}

/** undefined: there is no such file. */
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
  const secret = `${randomBytes(32).toString('base64url')}\n`;
  try {
    await writeFile(path, secret, { mode: 0o600, flag: 'wx' });
    await chmod(path, 0o600);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await readFile(path, 'utf8');
  }
}
