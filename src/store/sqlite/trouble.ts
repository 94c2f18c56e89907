/** SQLite's errors, sorted by what follows from them, and put into words for the log. */
import { describeError } from '../../base/index.ts';

/** Primary result codes: https://sqlite.org/rescode.html */
const BUSY = 5;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const NOTADB = 26;

const SENTENCES: ReadonlyMap<number, string> = new Map([
  [BUSY, 'Another process kept the database locked for too long; nothing was done, try again'],
  [
    IOERR,
    'The disk failed while the database was read or written; nothing was done. Look at the kernel log for the disk',
  ],
  [CORRUPT, 'The database is damaged; nothing was done. Stop the server and restore the state directory from a backup'],
  [FULL, 'The disk with the state directory is full; nothing was done. Free some space'],
  [NOTADB, 'The file posthorn.db is not a database of Posthorn. Move it away, or name another state directory'],
]);

/** The primary code of an error of SQLite's, undefined for every other error. */
function codeOf(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY;
}

/** After these the connection can't be trusted: what it believes written may not be on the disk. */
export function isDiskTrouble(error: unknown): boolean {
  const code = codeOf(error);
  return code === IOERR || code === CORRUPT;
}

/** In words; crosses from a worker as text. */
export function sentenceOf(error: unknown): string {
  const sentence = SENTENCES.get(codeOf(error) ?? -1);
  return sentence === undefined ? describeError(error) : `${sentence} (${describeError(error)})`;
}
