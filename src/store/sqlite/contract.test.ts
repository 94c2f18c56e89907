/** The contract of the store, held by SQLite. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { storeContract } from '../contract.ts';
import { temporaryDirectory, temporaryStore } from '../testing.ts';

storeContract({
  name: 'SQLite',
  open: (t, options) => temporaryStore(t, options),
  directory: (t) => temporaryDirectory(t),
  files: async (directory) => {
    const entries = await readdir(join(directory, 'content'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  },
});
