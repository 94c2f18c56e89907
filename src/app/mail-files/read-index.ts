/** The index of an export, read back line by line. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { readRow } from './index-row.ts';
import type { IndexRow } from './index-row.ts';

/** Its lines; none where there is no such file. Lines that say nothing of use are passed over. */
export async function readIndex(path: string): Promise<readonly IndexRow[]> {
  const rows: IndexRow[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const row = readRow(line);
      if (row !== undefined) rows.push(row);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return rows;
}
