/**
 * Brings the database to this version's schema. Each migration is a numbered file, applied in one
 * transaction with the number it leads to; whoever starts at the same time waits for the lock and then
 * finds the work done.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { StoreError } from '../store.ts';
import { begin } from './begin.ts';
import type { Pause } from './begin.ts';
import { pragma } from './connection.ts';
import type { Connection } from './connection.ts';

/** "PSTH": what stands in the database file's header. */
const APPLICATION = 0x50535448;

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const FOLDER = new URL('../migrations/', import.meta.url);

export function migrations(): readonly Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^[0-9]{4}-.*\.sql$/.test(name))
    .toSorted()
    .map((name) => ({ version: Number(name.slice(0, 4)), sql: readFileSync(new URL(name, FOLDER), 'utf8') }));
}

export function migrate(connection: Connection, pause: Pause, all: readonly Migration[] = migrations()): void {
  const newest = all.at(-1)?.version ?? 0;
  if (versionOf(connection, newest) === newest) return;
  begin(connection, pause);
  try {
    const version = versionOf(connection, newest);
    connection.exec(`PRAGMA application_id = ${String(APPLICATION)}; PRAGMA user_version = ${String(newest)}`);
    for (const migration of all) if (migration.version > version) connection.exec(migration.sql);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(connection: Connection, newest: number): number {
  const version = pragma(connection, 'user_version');
  const application = pragma(connection, 'application_id');
  const tables = connection.rows({ sql: 'SELECT count(*) AS count FROM sqlite_schema', values: [] })[0]?.['count'];
  if (application !== APPLICATION && tables !== 0) {
    throw new StoreError(
      'The file posthorn.db in the state directory belongs to another program. Move it away, or name another state directory',
    );
  }
  if (version > newest) {
    throw new StoreError(
      `The state directory was written by a newer Posthorn (schema ${String(version)}, this one knows ${String(newest)}). Start that version, or restore a backup from before the upgrade`,
    );
  }
  return version;
}
