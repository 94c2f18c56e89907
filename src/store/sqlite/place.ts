/** The state directory: made, private, and on a disk of this machine. */
import { chmod, mkdir, open, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncDirectory } from '../content/sync.ts';
import { StoreError } from '../store.ts';

/** File systems that live elsewhere (statfs(2)): their locks and syncs don't promise what the store needs. */
const ELSEWHERE: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
]);

/** Throws a StoreError for a network file system. */
export async function checkFileSystem(
  directory: string,
  typeOf: (path: string) => Promise<number> = fileSystemType,
): Promise<void> {
  const type = await typeOf(directory);
  const name = ELSEWHERE.get(type >>> 0);
  if (name === undefined) return;
  throw new StoreError(
    `The state directory ${directory} is on a network file system (${name}), where a commit may be lost. Name one on a disk of this machine`,
  );
}

async function fileSystemType(path: string): Promise<number> {
  return (await statfs(path)).type;
}

/** The database's path. The directory becomes 0700 and the database 0600; SQLite gives its log files the database's mode. */
export async function preparePlace(directory: string): Promise<string> {
  const made = await mkdir(directory, { recursive: true, mode: 0o700 });
  await checkFileSystem(directory);
  await chmod(directory, 0o700);
  const path = join(directory, 'posthorn.db');
  const file = await open(path, 'a', 0o600);
  await file.close();
  await chmod(path, 0o600);
  await syncDirectory(directory);
  if (made !== undefined) await syncDirectory(dirname(resolve(made)));
  return path;
}
