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
import type { ContentRef, ContentWriter } from '../content.ts';
import type { ContentFiles } from './files.ts';
import { PopCount } from './framing.ts';

/**
 * Larger content lies outside the database: what is inside is written twice (log, then database), and
 * above this size a checkpoint that falls into a commit makes the slowest 1% wait 30 to 80 ms.
 */
export const INLINE_LIMIT = 16_384;

/** Octets gathered before they go to the file; while one block is written the next one gathers, then the source is held back. */
const BLOCK = 262_144;
/** The first block is smaller: most of what is too large for the database fits into it. */
const FIRST_BLOCK = 65_536;

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
  /** While it may go into the database: the pieces as they came, so that its buffer has exactly its size in the end. */
  #pieces: Uint8Array[] = [];
  /** Later: the block being filled, and one that was written and is filled next, so that a large message leaves no garbage. */
  #block: Buffer | undefined;
  #filled = 0;
  #spare: Buffer | undefined;
  /** Between a promise of `write` and its end. */
  #holding = false;
  #file: Promise<FileHandle> | undefined;
  #writing: Promise<void> | undefined;
  #trouble: unknown;
  #state: 'writing' | 'finished' | 'aborted' = 'writing';

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#state !== 'writing') throw new Error(`content is ${this.#state}`);
    if (this.#holding) throw new Error('content came while its source was held back');
    this.#hash.update(chunk);
    this.#count.add(chunk);
    this.#octets += chunk.byteLength;
    if (this.#trouble !== undefined) return Promise.reject(this.#storeError());
    if (this.#octets > INLINE_LIMIT) return this.#fill(chunk);
    // A copy: the source uses its buffer again, and a small piece of a large one would keep all of it.
    this.#pieces.push(new Uint8Array(chunk));
    return undefined;
  }

  async finish(): Promise<ContentRef> {
    if (this.#state !== 'writing') throw new Error(`content is ${this.#state}`);
    if (this.#holding) throw new Error('content ended while its source was held back');
    const about = { octets: this.#octets, popOctets: this.#count.octets, digest: this.#hash.digest('hex') };
    if (this.#octets <= INLINE_LIMIT) {
      this.#state = 'finished';
      return { place: { kind: 'inline', bytes: joined(this.#pieces, this.#octets) }, ...about };
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
    this.#pieces = [];
    this.#block = undefined;
    try {
      if (before === 'writing') await this.#discardTemporary();
      else if (!(await this.#parts.isNamed(this.#name))) await this.#parts.files.remove(this.#name);
    } catch {
      // The sweep finds it when this process is gone.
    }
  }

  /** Into the block; what is too much for it waits until that is on its way to the file. */
  #fill(octets: Uint8Array): void | Promise<void> {
    const block = (this.#block ??= this.#firstBlock());
    const room = block.byteLength - this.#filled;
    block.set(octets.subarray(0, room), this.#filled);
    this.#filled += Math.min(room, octets.byteLength);
    return octets.byteLength < room ? undefined : this.#fillOn(block, octets.subarray(room));
  }

  async #fillOn(full: Buffer, rest: Uint8Array): Promise<void> {
    this.#holding = true;
    try {
      await this.#writeBlock(full);
      // It may have been given up meanwhile.
      if (this.#state === 'writing') await this.#fill(rest);
    } finally {
      this.#holding = false;
    }
  }

  /** Begins with what came while the message was small. */
  #firstBlock(): Buffer {
    const block = Buffer.allocUnsafeSlow(FIRST_BLOCK);
    for (const piece of this.#pieces.splice(0)) {
      block.set(piece, this.#filled);
      this.#filled += piece.byteLength;
    }
    return block;
  }

  /** Waits for the block before, starts this one. */
  async #writeBlock(block: Buffer): Promise<void> {
    await this.#written();
    if (this.#state !== 'writing') return;
    this.#writing = this.#append(block).then(
      () => {
        if (block.byteLength === BLOCK) this.#spare = block;
      },
      (error: unknown) => {
        this.#trouble = error;
      },
    );
    this.#block = this.#spare ?? Buffer.allocUnsafeSlow(BLOCK);
    this.#spare = undefined;
    this.#filled = 0;
  }

  async #written(): Promise<void> {
    await this.#writing;
    if (this.#trouble !== undefined) throw this.#storeError();
  }

  async #append(octets: Uint8Array): Promise<void> {
    const file = await (this.#file ??= this.#begin());
    for (let at = 0; at < octets.byteLength;) at += (await file.write(octets, at)).bytesWritten;
  }

  #begin(): Promise<FileHandle> {
    this.#name = this.#parts.files.newName();
    return open(this.#parts.files.temporaryPath(this.#name), 'wx', 0o600);
  }

  async #finishFile(): Promise<void> {
    await this.#written();
    if (this.#block !== undefined) await this.#append(this.#block.subarray(0, this.#filled));
    this.#block = undefined;
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
