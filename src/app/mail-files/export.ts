/**
 * An account's mail as files: the octets of each message as JMAP's blob has them, folders as directories or mboxes, and
 * an index with what is not in the octets. It reads beside a running server; one message at a time is in memory.
 */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DirectoryError } from '../../accounts/index.ts';
import { toMbox } from '../../mail/index.ts';
import type { EmailToRead, FiledEmail, Store } from '../../store/index.ts';
import { directoryOf, Folders, foldersOf } from './folders.ts';
import { formatRow, INDEX } from './index-row.ts';
import type { Folder, IndexRow } from './index-row.ts';
import { maildirName } from './maildir-name.ts';
import { rowsIn } from './read-index.ts';

export type MailFormat = 'eml' | 'mbox' | 'maildir';

export interface ExportOrder {
  /** The account's address. */
  readonly address: string;
  /** A directory; with mbox also a file. */
  readonly to: string;
  readonly format: MailFormat;
  /** All of it goes into the one file `to`. */
  readonly isOneFile: boolean;
  /** Only this folder. */
  readonly folder?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: { readonly messages: number; readonly of: number }) => void;
}

export interface Exported {
  readonly messages: number;
  readonly octets: number;
  /** Of them those that lay there from an export before. */
  readonly kept: number;
  readonly index: string;
  /** It was asked to end before all was done. */
  readonly isStopped: boolean;
}

const SLICE = 500;
const PART = '.part';

/** Puts one message where it is to lie. */
interface Destination {
  readonly index: string;
  /** False: it lay there already. */
  put(email: FiledEmail, folder: Folder, octets: () => AsyncIterable<Buffer>): Promise<Placed>;
  /** All are there: what was written under other names gets its own. With `isStopped` what is half goes. */
  end(isStopped: boolean): Promise<void>;
}

interface Placed {
  readonly file: string;
  readonly n?: number;
  readonly isKept: boolean;
}

export async function exportMail(
  { store, account }: { readonly store: Store; readonly account: string },
  order: ExportOrder,
): Promise<Exported> {
  const rows = await store.read('listMailboxes', { account });
  const folders = foldersOf(rows);
  const only = order.folder === undefined ? undefined : await new Folders(store, account, () => 0).named(order.folder);
  if (only === undefined && order.folder !== undefined)
    throw new DirectoryError(
      `${order.address} has no folder "${order.folder}". It has: ${[...folders.values()].map(({ path }) => path.join('/')).join(', ')}.`,
    );
  const destination = order.format === 'mbox' ? await openMboxes(order) : await openFiles(order);
  const of = total(rows, only) ?? (await store.read('account', { id: account }))?.usedMessages ?? 0;
  const index = await open(destination.index + PART, 'w', 0o600);
  let done = { messages: 0, octets: 0, kept: 0 };
  try {
    for await (const email of emailsOf(store, account)) {
      if (order.signal.aborted) break;
      const lies = email.mailboxes.filter((id) => only === undefined || id === only);
      const [first] = lies.map((id) => folders.get(id)).filter((one) => one !== undefined);
      const whole = first && (await store.read('email', { id: email.id }));
      // It may have gone, or have been moved to a folder that is newer than we are.
      if (first === undefined || whole === undefined) continue;
      const placed = await destination.put(email, first, () => octetsOf(store, whole));
      await index.appendFile(formatRow(rowOf(email, folders, placed)));
      const { messages, octets, kept } = done;
      done = { messages: messages + 1, octets: octets + email.octets, kept: kept + (placed.isKept ? 1 : 0) };
      order.onProgress({ messages: done.messages, of });
    }
  } finally {
    await index.close();
  }
  const isStopped = order.signal.aborted;
  await destination.end(isStopped);
  if (isStopped && order.format === 'mbox') await rm(destination.index + PART, { force: true });
  else await rename(destination.index + PART, destination.index);
  return { ...done, index: destination.index, isStopped };
}

/** Undefined: of all of them the account knows better, as some lie in several mailboxes. */
function total(
  rows: readonly { readonly id: number; readonly totalEmails: number }[],
  only?: number,
): number | undefined {
  return only === undefined ? undefined : (rows.find(({ id }) => id === only)?.totalEmails ?? 0);
}

export async function* emailsOf(store: Store, account: string): AsyncIterable<FiledEmail> {
  let after = 0;
  for (;;) {
    const slice = await store.read('filedEmails', { account, after, limit: SLICE });
    yield* slice;
    const last = slice.at(-1);
    if (last === undefined || slice.length < SLICE) return;
    after = last.place;
  }
}

/** What its owner sees as the message: what was put in front at delivery, then what was received. */
export async function* octetsOf({ content }: Store, email: EmailToRead): AsyncIterable<Buffer> {
  if (email.prefix.byteLength > 0) yield Buffer.from(email.prefix);
  yield* content.read(email.content);
}

function rowOf(email: FiledEmail, folders: ReadonlyMap<number, Folder>, { file, n }: Placed): IndexRow {
  return {
    file,
    ...(n === undefined ? {} : { n }),
    uidl: email.uidl,
    folders: email.mailboxes.map((id) => folders.get(id)).filter((one) => one !== undefined),
    keywords: email.keywords,
    receivedAt: new Date(email.receivedAt).toISOString(),
    octets: email.octets,
  };
}

/** A message a file: those of an export before are known by their UIDL and go where they belong now. */
async function openFiles({ to, format }: ExportOrder): Promise<Destination> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const index = join(to, INDEX);
  const names = await readdir(to);
  if (names.length > 0 && !names.some((name) => name === INDEX || name === INDEX + PART))
    throw new DirectoryError(`There are other files in ${to}. Name a directory that is empty or not there yet.`);
  const before = new Map<string, string>();
  for await (const { row } of rowsIn(index)) before.set(row.uidl, row.file);
  const made = new Set<string>();
  const directory = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    const all = format === 'maildir' ? ['cur', 'new', 'tmp'] : [''];
    for (const one of all) await mkdir(join(path, one), { recursive: true, mode: 0o700 });
    made.add(path);
  };
  const nameOf = ({ id, receivedAt, keywords }: FiledEmail): string =>
    format === 'eml' ? `${id}.eml` : `cur/${maildirName(`${Math.floor(receivedAt / 1000)}.${id}.posthorn`, keywords)}`;
  return {
    index,
    async put(email, folder, octets) {
      await directory(join(to, directoryOf(folder)));
      const file = `${directoryOf(folder)}/${nameOf(email)}`;
      const path = join(to, file);
      const old = before.get(email.uidl);
      if (old !== undefined && old !== file) await rename(join(to, old), path).catch(() => undefined);
      const isKept = (await stat(path).catch(() => undefined))?.size === email.octets;
      if (!isKept) await writeWhole(path, octets());
      return { file, isKept };
    },
    end: async () => undefined,
  };
}

/** Under its name only when it is whole. */
async function writeWhole(path: string, octets: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path + PART, 'w', 0o600);
  try {
    for await (const piece of octets) await file.appendFile(piece);
  } finally {
    await file.close();
  }
  await rename(path + PART, path);
}

/** Mboxes that are open at a time. */
const MOST_OPEN = 64;

async function openMboxes({ to, isOneFile }: ExportOrder): Promise<Destination> {
  const root = isOneFile ? dirname(to) : to;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const counts = new Map<string, number>();
  const files = new Map<string, FileHandle>();
  const opened = async (file: string): Promise<FileHandle> => {
    const known = files.get(file);
    if (known !== undefined) return known;
    const [oldest] = files;
    if (oldest !== undefined && files.size >= MOST_OPEN) {
      files.delete(oldest[0]);
      await oldest[1].close();
    }
    const path = join(root, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(path + PART, counts.has(file) ? 'a' : 'w', 0o600);
    files.set(file, handle);
    return handle;
  };
  return {
    index: isOneFile ? `${to}.${INDEX}` : join(to, INDEX),
    async put(email, folder, octets) {
      const file = isOneFile ? to.slice(to.lastIndexOf('/') + 1) : `${directoryOf(folder)}.mbox`;
      const handle = await opened(file);
      const n = counts.get(file) ?? 0;
      counts.set(file, n + 1);
      for await (const piece of toMbox(octets(), email.receivedAt)) await handle.appendFile(piece);
      return { file, n, isKept: false };
    },
    async end(isStopped) {
      for (const handle of files.values()) await handle.close();
      for (const file of counts.keys()) {
        const path = join(root, file);
        if (isStopped) await rm(path + PART, { force: true });
        else await rename(path + PART, path);
      }
    },
  };
}
