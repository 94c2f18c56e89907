/**
 * What is written and not with the server yet, kept in this browser: a tab that is killed, or a server that is away,
 * loses nothing. Only here, never in localStorage; it ends with the log-out.
 */
import type { Attempt } from './attempt.ts';
import type { Content } from './content.ts';

export interface Mirrored {
  readonly account: string;
  readonly key: string;
  /** The draft that the server has, if any. */
  readonly serverId: string | undefined;
  readonly content: Content;
  /** Files that were not uploaded yet, by their key. */
  readonly files: readonly (readonly [string, Blob])[];
  /** It was being sent. */
  readonly attempt: Attempt | undefined;
  readonly at: number;
}

const NAME = 'posthorn-drafts';
const STORE = 'drafts';

let database: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  database ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(STORE, { keyPath: ['account', 'key'] });
    };
    asked.onsuccess = () => {
      // Another tab logs out: it takes the database away.
      asked.result.onversionchange = () => {
        asked.result.close();
        database = undefined;
      };
      resolve(asked.result);
    };
    asked.onerror = () => {
      database = undefined;
      reject(asked.error ?? new Error('the database of drafts does not open'));
    };
  });
  return database;
}

async function run<Result>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const transaction = (await open()).transaction(STORE, mode);
  const request = act(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve(request.result);
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('the database of drafts refused'));
    };
  });
}

/** Rejects where the browser keeps nothing: a private window, a full disk. */
export async function mirror(draft: Mirrored): Promise<void> {
  await run('readwrite', (store) => store.put(draft));
}

export async function unmirror(account: string, key: string): Promise<void> {
  await run('readwrite', (store) => store.delete([account, key]));
}

/** Of this account, oldest first. */
export async function mirrored(account: string): Promise<readonly Mirrored[]> {
  const all = (await run('readonly', (store) => store.getAll())) as readonly Mirrored[];
  return all.filter((one) => one.account === account).toSorted((a, b) => a.at - b.at);
}

/** Everything, of whoever was logged in here. */
export async function forgetMirror(): Promise<void> {
  (await database?.catch(() => undefined))?.close();
  database = undefined;
  await new Promise<void>((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess =
      asked.onerror =
      asked.onblocked =
        () => {
          resolve();
        };
  });
}
