/**
 * The store on SQLite: a writing thread, a thread that looks things up and one that searches, content files beside the
 * database, and what must be done after a commit: tell who listens, delete content nobody refers to, carry out removals.
 */
import { join } from 'node:path';
import type { Cancel, Clock, Logger, ProcessIdentity } from '../../base/index.ts';
import { ContentFiles } from '../content/files.ts';
import { readContent } from '../content/read.ts';
import { FileOrInlineWriter } from '../content/write.ts';
import { isMarked } from '../operations/index.ts';
import type { OperationName, ParamsOf } from '../operations/index.ts';
import { StoreError } from '../store.ts';
import type { ContentStore } from '../content.ts';
import type { Claim } from '../queue.ts';
import type { ReadName, Reads, Store, StoreChange, WriteName, Writes } from '../store.ts';
import type { Durability } from './connection.ts';
import { handover } from './handover.ts';
import { Lane } from './lane.ts';
import type { LaneParts } from './lane.ts';
import type { ReaderSettings, WriterSettings } from './messages.ts';
import { preparePlace } from './place.ts';
import { sweepFiles } from './sweep.ts';
import { EVERYTHING, joined, touches } from './touches.ts';

export interface StoreOptions {
  /** The state directory; made when it isn't there. */
  readonly directory: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly process: ProcessIdentity;
  /** 'normal' answers before the sync: for the one test that must see the difference. */
  readonly durability?: Durability;
  /** For tests of a full disk: pages of 8 KiB the database may have. */
  readonly maxPages?: number;
}

/** Reads whose cost grows with what is kept. No recipient, no login and no listing waits for one: they have a thread of their own. */
const SEARCHES: ReadonlySet<ReadName> = new Set(['queryEmails', 'querySubmissions', 'listQueue', 'queueGroups']);

type QuitParams = Parameters<Writes['quitMaildrop']>[0];

/** How often commits of other processes are looked for, in ms. */
const LOOK_EVERY = 100;
/** How often files and tombstones are swept, in ms. */
const SWEEP_EVERY = 86_400_000;
const TOMBSTONES_KEPT = 90 * 86_400_000;
const SWEEP_SLICE = 1_000;

/** Rejects with a StoreError that says why the state directory can't be used. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, process, durability = 'full', maxPages } = options;
  try {
    const path = await preparePlace(directory);
    const files = await ContentFiles.open(join(directory, 'content'), process);
    const writer: WriterSettings = { path, durability, process, ...(maxPages === undefined ? {} : { maxPages }) };
    return await SqliteStore.open(options, files, writer);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `The state directory ${directory} can't be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

class SqliteStore implements Store {
  readonly content: ContentStore;
  readonly #options: StoreOptions;
  readonly #files: ContentFiles;
  readonly #listeners = new Set<(change: StoreChange) => void>();
  readonly #timers = new Set<Cancel>();
  /** Files being deleted, and work behind the scenes that close() waits for. */
  readonly #deleting = new Set<string>();
  readonly #chores = new Set<Promise<void>>();
  #writer!: Lane;
  #reader!: Lane;
  #searcher!: Lane;
  #closing = false;

  private constructor(options: StoreOptions, files: ContentFiles) {
    this.#options = options;
    this.#files = files;
    const isNamed = async (file: string): Promise<boolean> =>
      (await this.#reader.run('namedFiles', { files: [file] })).length > 0;
    this.content = {
      create: () => new FileOrInlineWriter({ files, isNamed }),
      read: (ref, range) => readContent(files, ref, range),
    };
  }

  static async open(options: StoreOptions, files: ContentFiles, writer: WriterSettings): Promise<SqliteStore> {
    const store = new SqliteStore(options, files);
    const onTrouble = (sentence: string): void => {
      options.log.error(sentence);
    };
    const script = (name: string): URL => new URL(name, import.meta.url);
    const onAnswers: LaneParts['onAnswers'] = ({ changed, done, garbage }) => {
      if (changed) store.#tell(joined(done.map(touches)));
      store.#collect(garbage);
    };
    const reading = {
      script: script('./read-worker.ts'),
      data: { path: writer.path } satisfies ReaderSettings,
      onTrouble,
    };
    const lanes = await Promise.allSettled([
      Lane.open({ script: script('./write-worker.ts'), data: writer, onAnswers, onTrouble }),
      Lane.open(reading),
    ]);
    const [first, second] = lanes;
    if (first.status === 'rejected' || second.status === 'rejected') {
      for (const lane of lanes) if (lane.status === 'fulfilled') await lane.value.close();
      throw (first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason) as Error;
    }
    store.#writer = first.value;
    store.#reader = second.value;
    store.#searcher = Lane.asleep(reading);
    store.#lookAgain();
    store.#keepHouse();
    return store;
  }

  async write<N extends WriteName>(name: N, params: Parameters<Writes[N]>[0]): Promise<ReturnType<Writes[N]>> {
    for (;;) {
      const result: unknown = await this.#writer.run(name, handover(name, params) as ParamsOf<N>);
      if (name === 'quitMaildrop' && isMarked(params as QuitParams)) this.#chore(() => this.#carryOutRemovals());
      if (name === 'claimDue') this.#tellSubmitters(result as readonly Claim[]);
      if (name !== 'lockMaildrop' || (result as { readonly kind: string }).kind !== 'unfinished')
        return result as ReturnType<Writes[N]>;
      await this.#carryOutRemovals((params as { readonly account: string }).account);
    }
  }

  /** Their submissions are being sent now. */
  #tellSubmitters(claims: readonly Claim[]): void {
    const mail = new Set(claims.flatMap(({ message }) => message.account ?? []));
    if (mail.size > 0) this.#tell({ directory: false, queue: false, mail });
  }

  read<N extends ReadName>(name: N, params: Parameters<Reads[N]>[0]): Promise<ReturnType<Reads[N]>> {
    const lane = SEARCHES.has(name) ? this.#searcher : this.#reader;
    return lane.run(name as OperationName, params as never) as Promise<ReturnType<Reads[N]>>;
  }

  onChange(listener: (change: StoreChange) => void): () => void {
    const own = (change: StoreChange): void => {
      listener(change);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    for (const cancel of this.#timers) cancel();
    this.#listeners.clear();
    while (this.#chores.size > 0) await Promise.all(this.#chores);
    await this.#searcher.close();
    await this.#reader.close();
    await this.#writer.close();
  }

  #collect(garbage: readonly string[]): void {
    const files = garbage.filter((file) => !this.#deleting.has(file));
    if (files.length === 0 || this.#closing) return;
    for (const file of files) this.#deleting.add(file);
    this.#chore(() => this.#deleteFiles(files));
  }

  #tell(change: StoreChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#options.log.error('A listener for changes of the store failed', { cause: error });
      }
    }
  }

  /** Only now that the commit which dropped the last reference is durable. */
  async #deleteFiles(files: readonly string[]): Promise<void> {
    try {
      for (const file of files) await this.#files.remove(file);
      await this.#writer.run('forgetGarbage', { files });
    } finally {
      for (const file of files) this.#deleting.delete(file);
    }
  }

  async #carryOutRemovals(account?: string): Promise<void> {
    while (await this.#writer.run('removePart', account === undefined ? {} : { account }))
      if (this.#closing && account === undefined) return;
  }

  /** Commits of other processes: asked for again only after the last answer. */
  #lookAgain(): void {
    this.#after(LOOK_EVERY, async () => {
      if (await this.#writer.look()) this.#tell(EVERYTHING);
      if (!this.#closing) this.#lookAgain();
    });
  }

  #keepHouse(): void {
    this.#chore(async () => {
      const { clock } = this.#options;
      await this.#carryOutRemovals();
      await sweepFiles({ files: this.#files, reader: this.#reader, clock, stopped: () => this.#closing });
      const before = clock.now() - TOMBSTONES_KEPT;
      while (!this.#closing && (await this.#writer.run('sweepTombstones', { before, limit: SWEEP_SLICE })));
    });
    this.#after(SWEEP_EVERY, () => {
      this.#keepHouse();
    });
  }

  #after(ms: number, fn: () => void | Promise<void>): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(cancel);
      this.#chore(async () => fn());
    });
    this.#timers.add(cancel);
  }

  /** Work nobody waits for; what goes wrong is logged and done again at the next occasion. */
  #chore(work: () => Promise<void>): void {
    const chore = work()
      .catch((error: unknown) => {
        if (!this.#closing)
          this.#options.log.error('The store could not tidy up; it tries again later', { cause: error });
      })
      .finally(() => {
        this.#chores.delete(chore);
      });
    this.#chores.add(chore);
  }
}
