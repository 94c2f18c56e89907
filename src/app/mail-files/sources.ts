/** Files that may hold messages: one message each, mboxes, Maildirs, and directories of them; in the order of their names. */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { INDEX } from './index-row.ts';
import type { IndexRow } from './index-row.ts';
import { keywordsInName, withoutFlags } from './maildir-name.ts';
import { readIndex } from './read-index.ts';

export interface MailFile {
  readonly path: string;
  readonly isMbox: boolean;
  /** The folder that it lies in, as its place among the files tells; none: the Inbox. */
  readonly folder: readonly string[];
  readonly keywords: readonly string[];
  /** What an export of ours says of its messages, in their order. */
  readonly rows: readonly IndexRow[];
}

/** Directories in directories. */
const DEPTH = 20;

/** Rejects where there is no such file. */
export async function* mailFilesIn(path: string): AsyncIterable<MailFile> {
  if ((await stat(path)).isDirectory()) yield* new Walk(path, byFile(await readIndex(join(path, INDEX)))).all();
  else {
    const rows = await rowsBeside(path);
    yield { path, isMbox: await beginsAsMbox(path), folder: [], keywords: keywordsInName(basename(path)), rows };
  }
}

async function rowsBeside(path: string): Promise<readonly IndexRow[]> {
  const name = basename(path);
  const own = byFile(await readIndex(`${path}.${INDEX}`)).get(name);
  return own ?? byFile(await readIndex(join(dirname(path), INDEX))).get(name) ?? [];
}

function byFile(rows: readonly IndexRow[]): ReadonlyMap<string, readonly IndexRow[]> {
  const found = new Map<string, IndexRow[]>();
  for (const row of rows) {
    // A program that read the Maildir since has given the file other flags.
    const key = withoutFlags(row.file);
    const list = found.get(key) ?? [];
    list[row.n ?? 0] = row;
    found.set(key, list);
  }
  return found;
}

const FROM = Buffer.from('From ');
/** A single message, though some begin with a From_ line that was left in front of them. */
const SINGLE = /\.eml$|[:;!-]2,[A-Za-z]*$/i;

async function beginsAsMbox(path: string): Promise<boolean> {
  if (SINGLE.test(path)) return false;
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FROM.length), 0, FROM.length, 0);
    return bytesRead === FROM.length && buffer.equals(FROM);
  } finally {
    await file.close();
  }
}

class Walk {
  readonly #root: string;
  readonly #rows: ReadonlyMap<string, readonly IndexRow[]>;

  constructor(root: string, rows: ReadonlyMap<string, readonly IndexRow[]>) {
    this.#root = root;
    this.#rows = rows;
  }

  async *all(): AsyncIterable<MailFile> {
    yield* this.#directory('', []);
  }

  async *#directory(within: string, folder: readonly string[]): AsyncIterable<MailFile> {
    const entries = await readdir(join(this.#root, within), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const isMaildir = entries.some((one) => one.name === 'cur' && one.isDirectory());
    for (const entry of entries) {
      const at = within === '' ? entry.name : `${within}/${entry.name}`;
      if (entry.isFile() && !isOurs(entry.name)) yield* this.#file(at, folder);
      if (!entry.isDirectory() || folder.length >= DEPTH) continue;
      if (isMaildir && MAILDIR.has(entry.name)) {
        if (entry.name !== 'tmp') yield* this.#directory(at, folder);
      } else yield* this.#directory(at, [...folder, ...namesIn(entry.name)]);
    }
  }

  async *#file(at: string, folder: readonly string[]): AsyncIterable<MailFile> {
    const path = join(this.#root, at);
    const name = basename(at);
    const isMbox = await beginsAsMbox(path);
    const rows = this.#rows.get(withoutFlags(at)) ?? (await readIndex(`${path}.${INDEX}`));
    const own = isMbox ? [...folder, name.replace(/\.mbox$/i, '')] : folder;
    yield { path, isMbox, folder: own, keywords: keywordsInName(name), rows };
  }
}

const MAILDIR: ReadonlySet<string> = new Set(['cur', 'new', 'tmp']);

/** Of an export, and what programs keep beside Maildirs. */
function isOurs(name: string): boolean {
  return name.startsWith('.') || /(?:^|\.)index\.jsonl$|\.part$|^dovecot|^maildirfolder$|^subscriptions$/.test(name);
}

/** Maildir++ has its folders side by side: ".Work.2026" is 2026 in Work. */
function namesIn(name: string): readonly string[] {
  return name.startsWith('.') ? name.split('.').filter((one) => one !== '') : [name];
}
