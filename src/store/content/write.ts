/**
 * Writes one message's content. Up to 16 KiB stay in memory and go into the database with the message;
 * beyond that a file is begun and the octets go to it as they come, a block at a time, so that a
 * message of 50 MB costs no more memory than one of 500 KB.
 */
import { createHash } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { describeError } from '../../base/index.ts';
import { StoreError } from '../store.ts';
import type { ContentRef, ContentWriter } from '../store.ts';
import type { ContentFiles } from './files.ts';
import { PopCount } from './framing.ts';

/**
 * Larger content lies outside the database: what is inside is written twice (log, then database), and
 * above this size a checkpoint that falls into a commit makes the slowest 1% wait 30 to 80 ms.
 */
export const INLINE_LIMIT = 16_384;

/** Octets gathered before they go to the file; while one block is written the next one gathers, then the source is held back. */
const BLOCK = 262_144;

export interface WriterParts {
  readonly files: ContentFiles;
  /** Whether a committed message names this file. */
  readonly isNamed: (file: string) => Promise<boolean>;
}

export class FileOrInlineWriter implements ContentWriter {
  readonly #parts: WriterParts;
  readonly #hash = createHash('sha256');
  readonly #count = new PopCount();
  /** Given when a file is begun. */
  #name = '';
  #octets = 0;
  #gathered: Uint8Array[] = [];
  #gatheredOctets = 0;
  #file: Promise<FileHandle> | undefined;
  #writing: Promise<void> | undefined;
  #trouble: unknown;
  #state: 'writing' | 'finished' | 'aborted' = 'writing';

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#state !== 'writing') throw new Error(`content is ${this.#state}`);
    this.#hash.update(chunk);
    this.#count.add(chunk);
    this.#octets += chunk.byteLength;
    // A copy: the source uses its buffer again, and a small piece of a large one would keep all of it.
    this.#gathered.push(new Uint8Array(chunk));
    this.#gatheredOctets += chunk.byteLength;
    if (this.#trouble !== undefined) return Promise.reject(this.#storeError());
    if (this.#octets <= INLINE_LIMIT || this.#gatheredOctets < BLOCK) return undefined;
    return this.#writeBlock();
  }

  async finish(): Promise<ContentRef> {
    if (this.#state !== 'writing') throw new Error(`content is ${this.#state}`);
    const about = { octets: this.#octets, popOctets: this.#count.octets, digest: this.#hash.digest('hex') };
    if (this.#octets <= INLINE_LIMIT) {
      this.#state = 'finished';
      return { place: { kind: 'inline', bytes: joined(this.#gathered, this.#octets) }, ...about };
    }
    try {
      await this.#finishFile();
    } catch (error) {
      this.#trouble ??= error;
      await this.#discardTemporary();
      throw this.#storeError();
    }
    this.#state = 'finished';
    return { place: { kind: 'file', name: this.#name }, ...about };
  }

  /** Also after finish: a file that no committed message names is removed. */
  async abort(): Promise<void> {
    const before = this.#state;
    this.#state = 'aborted';
    if (before === 'aborted' || (before === 'finished' && this.#octets <= INLINE_LIMIT)) return;
    this.#gathered = [];
    try {
      if (before === 'writing') await this.#discardTemporary();
      else if (!(await this.#parts.isNamed(this.#name))) await this.#parts.files.remove(this.#name);
    } catch {
      // The sweep finds it when this process is gone.
    }
  }

  /** Waits for the block before, starts this one. */
  async #writeBlock(): Promise<void> {
    await this.#writing;
    if (this.#trouble !== undefined) throw this.#storeError();
    const block = this.#gathered;
    this.#gathered = [];
    this.#gatheredOctets = 0;
    if (block.length === 0) return;
    this.#writing = this.#append(block).catch((error: unknown) => {
      this.#trouble = error;
    });
  }

  async #append(block: readonly Uint8Array[]): Promise<void> {
    const file = await (this.#file ??= this.#begin());
    const octets = joined(
      block,
      block.reduce((sum, piece) => sum + piece.byteLength, 0),
    );
    for (let at = 0; at < octets.byteLength;) at += (await file.write(octets, at)).bytesWritten;
  }

  #begin(): Promise<FileHandle> {
    this.#name = this.#parts.files.newName();
    return open(this.#parts.files.temporaryPath(this.#name), 'wx', 0o600);
  }

  async #finishFile(): Promise<void> {
    await this.#writeBlock();
    await this.#writing;
    if (this.#trouble !== undefined) throw this.#trouble as Error;
    const file = (await this.#file) as FileHandle;
    await this.#parts.files.publish(this.#name, file);
    this.#file = undefined;
    await file.close();
  }

  async #discardTemporary(): Promise<void> {
    await this.#writing;
    const file = await this.#file?.catch(() => undefined);
    this.#file = undefined;
    await file?.close().catch(() => undefined);
    if (this.#name !== '') await unlink(this.#parts.files.temporaryPath(this.#name)).catch(() => undefined);
  }

  #storeError(): StoreError {
    const why =
      (this.#trouble as NodeJS.ErrnoException).code === 'ENOSPC'
        ? 'the disk with the state directory is full'
        : describeError(this.#trouble);
    return new StoreError(`The message could not be written: ${why}`, { cause: this.#trouble });
  }
}

/** In a buffer of exactly that size: a view of a larger one would cross to another thread whole. */
function joined(pieces: readonly Uint8Array[], octets: number): Uint8Array {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined) return only;
  const all = new Uint8Array(octets);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.byteLength;
  }
  return all;
}
