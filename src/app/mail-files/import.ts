/**
 * Files with messages into an account. What an export of ours says of them is restored (UIDL, keywords, folders, when it
 * came); what is here already is passed over, so that an import that was broken off is simply done again. Each message
 * is committed by itself, many to a sync; of the messages one at a time is read, and few wait for their commit.
 */
import { createReadStream } from 'node:fs';
import { DirectoryError } from '../../accounts/index.ts';
import { describeError, newTicket } from '../../base/index.ts';
import type { Clock } from '../../base/index.ts';
import { ImportedCopy } from '../../intake/index.ts';
import type { WholeMessage } from '../../intake/index.ts';
import { MboxReader } from '../../mail/index.ts';
import type { MboxPiece } from '../../mail/index.ts';
import type { Store } from '../../store/index.ts';
import { Folders } from './folders.ts';
import { readRow } from './index-row.ts';
import type { IndexRow } from './index-row.ts';
import { KnownMail } from './known.ts';
import { isFlag } from './maildir-name.ts';
import { mailFilesIn } from './sources.ts';
import type { MailFile } from './sources.ts';

export interface ImportOrder {
  /** The account's address. */
  readonly address: string;
  readonly paths: readonly string[];
  /** All of it goes into this folder, "Work/2026" for one in another. */
  readonly folder?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: Imported) => void;
  /** A file, or a message of an mbox, that could not be imported, and why in a sentence. */
  readonly onRefused: (what: string, why: string) => void;
}

export interface Imported {
  readonly imported: number;
  /** Were here already, as they are. */
  readonly alreadyHere: number;
  /** Of those imported: another message had their UIDL, so they got one of their own. */
  readonly newUidl: number;
  readonly refused: number;
  /** It was asked to end before all was done. */
  readonly isStopped: boolean;
}

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly account: string;
}

export async function importMail(parts: Parts, order: ImportOrder): Promise<Imported> {
  return await new Import(parts, order, await KnownMail.of(parts.store, parts.account)).all();
}

/** Of messages up to 16 KiB the octets wait with them. */
const MOST_WAITING = 256;
const KEYWORDS = 100;

/** What is known of a message besides its octets. */
interface About {
  readonly what: string;
  readonly file: MailFile;
  readonly row: IndexRow | undefined;
  /** As its mbox says. */
  readonly at?: number;
}

class Import {
  readonly #parts: Parts;
  readonly #order: ImportOrder;
  readonly #known: KnownMail;
  readonly #folders: Folders;
  readonly #waiting = new Set<Promise<void>>();
  #counts = { imported: 0, alreadyHere: 0, newUidl: 0, refused: 0 };
  #broken: Error | undefined;

  constructor(parts: Parts, order: ImportOrder, known: KnownMail) {
    this.#parts = parts;
    this.#order = order;
    this.#known = known;
    this.#folders = new Folders(parts.store, parts.account, () => parts.clock.now());
  }

  async all(): Promise<Imported> {
    try {
      for (const path of this.#order.paths) await this.#filesIn(path);
    } finally {
      await Promise.all(this.#waiting);
    }
    if (this.#broken !== undefined) throw this.#broken;
    return this.#done;
  }

  get #done(): Imported {
    return { ...this.#counts, isStopped: this.#order.signal.aborted };
  }

  get #goesOn(): boolean {
    return !this.#order.signal.aborted && this.#broken === undefined;
  }

  async #filesIn(path: string): Promise<void> {
    try {
      for await (const file of mailFilesIn(path)) {
        if (!this.#goesOn) return;
        await this.#file(file);
      }
    } catch (error) {
      if (!isOfFiles(error)) throw error;
      this.#refuse(path, inWords(error));
    }
  }

  async #file(file: MailFile): Promise<void> {
    try {
      await (file.isMbox ? this.#mbox(file) : this.#single(file));
    } catch (error) {
      if (!isOfFiles(error)) throw error;
      this.#refuse(file.path, inWords(error));
    }
  }

  async #single(file: MailFile): Promise<void> {
    const copy = new ImportedCopy(this.#parts);
    try {
      for await (const piece of createReadStream(file.path)) await copy.write(piece as Buffer);
      await this.#take(copy, { what: file.path, file, row: rowIn(file.lines[0]) });
    } catch (error) {
      await copy.abort();
      throw error;
    }
  }

  async #mbox(file: MailFile): Promise<void> {
    const reader = new MboxReader();
    let open: { readonly copy: ImportedCopy; readonly about: About } | undefined;
    let n = 0;
    const end = async (): Promise<void> => {
      if (open !== undefined) await this.#take(open.copy, open.about);
      open = undefined;
    };
    const read = async (pieces: Iterable<MboxPiece>): Promise<void> => {
      for (const piece of pieces) {
        if (piece.kind === 'octets') {
          await open?.copy.write(piece.octets);
          continue;
        }
        await end();
        if (!this.#goesOn) return;
        const row = rowIn(file.lines[n++]);
        const about: About = {
          what: `${file.path}, message ${n}`,
          file,
          row,
          ...(piece.at === undefined ? {} : { at: piece.at }),
        };
        open = { copy: new ImportedCopy(this.#parts), about };
      }
    };
    try {
      for await (const piece of createReadStream(file.path)) {
        await read(reader.write(piece as Buffer));
        if (!this.#goesOn) return;
      }
      await read(reader.end());
      await end();
    } finally {
      await open?.copy.abort();
    }
  }

  /** Decides what becomes of a message that is there as a whole. */
  async #take(copy: ImportedCopy, about: About): Promise<void> {
    const message = await copy.finish();
    if (!message.isMessage) {
      this.#refuse(about.what, 'It does not begin with the header of a message, so it was passed over.');
      return await copy.abort();
    }
    const { row } = about;
    const standing = row === undefined ? 'none' : await this.#known.withUidl(row.uidl, message);
    if (standing === 'same' || (row === undefined && (await this.#known.takeSame(message)))) {
      this.#count({ alreadyHere: 1 });
      return await copy.abort();
    }
    const uidl = row === undefined || standing === 'other' ? newTicket() : row.uidl;
    this.#known.add(uidl, message);
    const mailboxes = await this.#mailboxesFor(about);
    const receivedAt =
      row === undefined ? (message.arrivedAt ?? about.at ?? this.#parts.clock.now()) : Date.parse(row.receivedAt);
    const email = { account: this.#parts.account, mailboxes, keywords: keywordsOf(about), receivedAt, uidl };
    await this.#append(copy, about, message.filed(email), standing === 'other' ? 1 : 0);
  }

  /** Files it with others, in the order in which they came. */
  async #append(
    copy: ImportedCopy,
    { what }: About,
    params: ReturnType<WholeMessage['filed']>,
    newUidl: number,
  ): Promise<void> {
    // They are committed in their order.
    const [oldest] = this.#waiting;
    if (this.#waiting.size >= MOST_WAITING) await oldest;
    const filing = this.#parts.store.write('append', params).then(
      async (filed) => {
        if (typeof filed !== 'string') return this.#count({ imported: 1, newUidl });
        await copy.abort();
        if (filed === 'no-mailbox') this.#refuse(what, 'Its folder was removed in this moment.');
        else this.#broken ??= new DirectoryError(this.#isFull());
      },
      async (error: unknown) => {
        await copy.abort();
        this.#broken ??= error instanceof Error ? error : new Error(describeError(error));
      },
    );
    this.#waiting.add(filing);
    void filing.finally(() => this.#waiting.delete(filing));
  }

  #isFull(): string {
    const { imported, alreadyHere } = this.#counts;
    return `The mailbox of ${this.#order.address} is full: ${imported} messages were imported, ${alreadyHere} were here already. Give it more room, or remove mail, and run the same command again; it goes on from there.`;
  }

  async #mailboxesFor({ row, file }: About): Promise<readonly number[]> {
    const { folder } = this.#order;
    if (folder !== undefined) return [await this.#named(folder)];
    const folders = row === undefined || row.folders.length === 0 ? [placeOf(file)] : row.folders;
    const ids: number[] = [];
    for (const one of folders) ids.push(await this.#folders.mailbox(one));
    return [...new Set(ids)];
  }

  async #named(folder: string): Promise<number> {
    return (
      (await this.#folders.named(folder)) ??
      (await this.#folders.mailbox({ path: folder.split('/').filter((one) => one !== '') }))
    );
  }

  #refuse(what: string, why: string): void {
    this.#count({ refused: 1 });
    this.#order.onRefused(what, why);
  }

  #count(more: Partial<Omit<Imported, 'isStopped'>>): void {
    const { imported, alreadyHere, newUidl, refused } = this.#counts;
    this.#counts = {
      imported: imported + (more.imported ?? 0),
      alreadyHere: alreadyHere + (more.alreadyHere ?? 0),
      newUidl: newUidl + (more.newUidl ?? 0),
      refused: refused + (more.refused ?? 0),
    };
    this.#order.onProgress(this.#done);
  }
}

function rowIn(line: string | undefined): IndexRow | undefined {
  return line === undefined ? undefined : readRow(line);
}

function placeOf({ folder }: MailFile): { readonly path: readonly string[]; readonly role?: 'inbox' } {
  return folder.length === 0 ? { path: ['Inbox'], role: 'inbox' } : { path: folder };
}

/** What a Maildir's name says now goes before what the index said when it was written. */
function keywordsOf({ row, file }: About): readonly string[] {
  const others = row?.keywords ?? [];
  const all = /[:;!-]2,[A-Za-z]*$/.test(file.path)
    ? [...file.keywords, ...others.filter((one) => !isFlag(one))]
    : others;
  return all.slice(0, KEYWORDS);
}

/** Of the files that are read, not of the store. */
function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  const { syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof syscall === 'string' && (typeof path === 'string' || syscall === 'read');
}

function inWords({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'There is no such file.';
  if (code === 'EACCES' || code === 'EPERM') return 'It may not be read by who runs this command.';
  return `It could not be read: ${message}.`;
}
