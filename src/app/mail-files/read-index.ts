/** The index of an export, read back line by line. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { readRow } from './index-row.ts';
import type { IndexRow } from './index-row.ts';
import { withoutFlags } from './maildir-name.ts';

/** Its rows, with their lines; none where there is no such file. Lines that say nothing of use are passed over. */
export async function* rowsIn(path: string): AsyncIterable<{ readonly row: IndexRow; readonly line: string }> {
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const row = readRow(line);
      if (row !== undefined) yield { row, line };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * What an index says of the messages of a file, by their numbers. As lines: a hundred thousand rows that were read would
 * take ten times the memory.
 */
export type FileIndex = ReadonlyMap<string, readonly (string | undefined)[]>;

export async function readIndex(path: string): Promise<FileIndex> {
  const found = new Map<string, string[]>();
  for await (const { row, line } of rowsIn(path)) {
    // A program that read the Maildir since has given the file other flags.
    const key = withoutFlags(row.file);
    const lines = found.get(key) ?? [];
    lines[row.n ?? 0] = line;
    found.set(key, lines);
  }
  return found;
}
