/** Before the first statement: is this SQLite good enough, and does it keep a write-ahead log? */
import { StoreError } from '../store.ts';
import { insist } from './begin.ts';
import type { Pause } from './begin.ts';
import type { Connection } from './connection.ts';

/** Older ones may lose commits when the log starts over (the WAL-reset bug). */
const OLDEST = [3, 51, 3] as const;

/** Turns the write-ahead log on, which stays on in the file. */
export function useLog(connection: Connection, pause: Pause): void {
  checkVersion(connection.rows({ sql: 'SELECT sqlite_version() AS version', values: [] })[0]?.['version'] as string);
  insist(pause, () => {
    const mode = connection.rows({ sql: 'PRAGMA journal_mode = WAL', values: [] })[0]?.['journal_mode'];
    if (mode !== 'wal')
      throw new StoreError(
        `The database can't keep a write-ahead log in the state directory (it says "${String(mode)}"): is it a network file system?`,
      );
  });
}

/** Throws a StoreError below 3.51.3. */
export function checkVersion(version: string): void {
  const parts = version.split('.').map(Number);
  const difference = OLDEST.map((part, i) => (parts[i] ?? 0) - part).find((d) => d !== 0) ?? 0;
  if (difference < 0) {
    throw new StoreError(
      `This Node.js carries SQLite ${version}, which can lose committed mail. Posthorn needs ${OLDEST.join('.')} or newer: use a newer Node.js 24 release`,
    );
  }
}
