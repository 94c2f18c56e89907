/** Files that may hold messages: one message each, mboxes, Maildirs, and directories of them; in the order of their names. */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { INDEX } from './index-row.ts';
import { keywordsInName, withoutFlags } from './maildir-name.ts';
import { readIndex } from './read-index.ts';
import type { FileIndex } from './read-index.ts';

export interface MailFile {
  readonly path: string;
  readonly isMbox: boolean;
  /** The folder that it lies in, as its place among the files tells; none: the Inbox. */
  readonly folder: readonly string[];
  readonly keywords: readonly string[];
  /** What an export of ours says of its messages, a line each (readRow), in their order. */
  readonly lines: readonly (string | undefined)[];
}

/** Directories in directories. */
const DEPTH = 20;

/** Rejects where there is no such file. */
export async function* mailFilesIn(path: string): AsyncIterable<MailFile> {
  if ((await stat(path)).isDirectory()) yield* new Walk(path, await readIndex(join(path, INDEX))).all();
  else {
    const lines = await linesBeside(path);
    yield { path, isMbox: await beginsAsMbox(path), folder: [], keywords: keywordsInName(basename(path)), lines };
  }
}

async function linesBeside(path: string): Promise<MailFile['lines']> {
  const name = withoutFlags(basename(path));
  const own = (await readIndex(`${path}.${INDEX}`)).get(name);
  return own ?? (await readIndex(join(dirname(path), INDEX))).get(name) ?? [];
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
  readonly #index: FileIndex;

  constructor(root: string, index: FileIndex) {
    this.#root = root;
    this.#index = index;
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
    const own = this.#index.get(withoutFlags(at));
    const lines = own ?? (await readIndex(`${path}.${INDEX}`)).get(withoutFlags(name)) ?? [];
    const place = isMbox ? [...folder, name.replace(/\.mbox$/i, '')] : folder;
    yield { path, isMbox, folder: place, keywords: keywordsInName(name), lines };
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
