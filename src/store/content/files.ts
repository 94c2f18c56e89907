/**
 * Content files: content/xx/<name>, written under another name in content/tmp, renamed when they are
 * complete, and synced before any row names them. A name is a ticket and the process that wrote it, so that a sweep can tell
 * whether the writer may still come back to it.
 */
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isGone, newTicket } from '../../base/index.ts';
import type { ProcessIdentity } from '../../base/index.ts';
import { syncDirectory } from './sync.ts';

const SHAPE = /^[0-7][0-9a-z]{25}\.[^./]*\.[^./]*\.[0-9]+\.[0-9]*$/;

export class ContentFiles {
  readonly #folder: string;
  readonly #process: ProcessIdentity;

  private constructor(folder: string, process: ProcessIdentity) {
    this.#folder = folder;
    this.#process = process;
  }

  static async open(folder: string, process: ProcessIdentity): Promise<ContentFiles> {
    await mkdir(join(folder, 'tmp'), { recursive: true, mode: 0o700 });
    return new ContentFiles(folder, process);
  }

  newName(): string {
    const { machine, boot, pid, start } = this.#process;
    return [newTicket(), short(machine), short(boot), String(pid), start].join('.');
  }

  /** Where a file lies; names come from our own rows, and are looked at all the same. */
  path(name: string): string {
    if (!SHAPE.test(name))
      throw new Error(name === '' ? 'the content of this message is gone' : `"${name}" is no name of a content file`);
    return join(this.#folder, name.slice(0, 2), name);
  }

  temporaryPath(name: string): string {
    return join(this.#folder, 'tmp', name);
  }

  /**
   * Gives complete content its name, and makes both durable. What fails leaves nothing under that name.
   * Renamed first, so that octets and name are synced at once and a journaling file system carries both
   * in one commit: nothing names the file before both have come back.
   */
  async publish(name: string, file: FileHandle): Promise<void> {
    const directory = join(this.#folder, name.slice(0, 2));
    const move = (): Promise<void> => rename(this.temporaryPath(name), this.path(name));
    await move().catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await syncDirectory(this.#folder);
      await move();
    });
    await Promise.all([file.datasync(), syncDirectory(directory)]).catch(async (error: unknown) => {
      await this.remove(name);
      throw error;
    });
  }

  openToRead(name: string): Promise<FileHandle> {
    return open(this.path(name), 'r');
  }

  /** A file that is gone already is as good. */
  async remove(name: string): Promise<void> {
    await unlink(this.path(name)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }

  /**
   * Files last written before `before` whose writer is known to be dead: `kind` 'tmp' were never finished,
   * 'file' may be named by a row. One folder at a time.
   */
  async *abandoned(
    before: number,
  ): AsyncIterable<{ readonly kind: 'tmp' | 'file'; readonly names: readonly string[] }> {
    for (const folder of await readdir(this.#folder)) {
      const names: string[] = [];
      for (const name of await readdir(join(this.#folder, folder)).catch(() => [])) {
        if (SHAPE.test(name) && this.#isAbandoned(name) && (await olderThan(join(this.#folder, folder, name), before)))
          names.push(name);
      }
      if (names.length > 0) yield { kind: folder === 'tmp' ? 'tmp' : 'file', names };
    }
  }

  /** A process of another machine can't be at work here (network file systems are refused): the state directory was moved. */
  #isAbandoned(name: string): boolean {
    const [, machine, boot, pid, start] = name.split('.') as [string, string, string, string, string];
    const self = this.#process;
    if (machine !== short(self.machine) || boot !== short(self.boot)) return true;
    return isGone({ ...self, pid: Number(pid), start });
  }
}

/** Enough of an identity to tell two apart, in characters that suit a file name. */
function short(text: string): string {
  return text.replace(/[^0-9a-zA-Z]/g, '').slice(0, 12);
}

async function olderThan(path: string, before: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs < before;
}
