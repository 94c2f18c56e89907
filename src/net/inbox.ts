/**
 * The receive buffer of a Wire: what the peer sent and the session has not read yet. It does no
 * I/O, so any chunking of the same octets gives the same lines (RFC 5321 §2.3.8: a line ends at
 * CRLF and at nothing else).
 *
 * Every octet is looked at once, however the chunks fall: the search goes on where it stopped, and
 * very small chunks are gathered into blocks, so that a peer that sends single octets costs neither
 * quadratic time nor an object for each of them.
 */
const CR = 0x0d;
const LF = 0x0a;
const CRLF = Buffer.from('\r\n');

/** Chunks below this size are copied together. */
const SMALL = 1024;
/** The size of the blocks they are copied into. */
const BLOCK = 2048;

export class Inbox {
  #chunks: Buffer[] = [];
  /** Octets of the first chunk that were already read. */
  #offset = 0;
  #length = 0;
  /** The block behind the last chunk, while it has room. */
  #block: Buffer | undefined;
  /** Where the search for CRLF goes on: a chunk, a place in it, and the octets before that chunk. */
  #scan = { index: 0, at: 0, before: 0 };
  /** Inside a line that is too long and is thrown away as it comes. */
  #discarding = false;

  /** Octets received and not read. */
  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#length += chunk.length;
    if (chunk.length >= SMALL) {
      this.#block = undefined;
      this.#chunks.push(chunk);
      return;
    }
    const last = this.#chunks.length - 1;
    const used = this.#block === undefined ? 0 : (this.#chunks[last] as Buffer).length;
    if (this.#block !== undefined && used + chunk.length <= BLOCK) {
      chunk.copy(this.#block, used);
      this.#chunks[last] = this.#block.subarray(0, used + chunk.length);
      return;
    }
    this.#block = Buffer.allocUnsafeSlow(BLOCK);
    chunk.copy(this.#block);
    this.#chunks.push(this.#block.subarray(0, chunk.length));
  }

  /** The next line without its CRLF, `too-long` once such a line has passed, or undefined when its end is not here yet. */
  takeLine(limit: number): Buffer | 'too-long' | undefined {
    const end = this.#findCrlf();
    if (end === -1) {
      if (this.#discarding || this.#length > limit + 1) this.#discard();
      return undefined;
    }
    if (this.#discarding || end > limit) {
      this.#discarding = false;
      this.#skip(end + CRLF.length);
      return 'too-long';
    }
    const line = this.#copy(end);
    this.#skip(end + CRLF.length);
    return line;
  }

  /** The next octets as they lie, at most `limit` of them; undefined when there are none. */
  takeChunk(limit: number = Number.POSITIVE_INFINITY): Buffer | undefined {
    const first = this.#chunks[0];
    if (first === undefined || limit === 0) return undefined;
    const chunk = first.subarray(this.#offset, Math.min(first.length, this.#offset + limit));
    this.#skip(chunk.length);
    return chunk;
  }

  /** Puts the end of the chunk taken last back in front. */
  putBack(rest: Buffer): void {
    if (rest.length === 0) return;
    if (this.#offset > 0) {
      this.#chunks[0] = (this.#chunks[0] as Buffer).subarray(this.#offset);
      if (this.#chunks.length === 1) this.#block = undefined;
    }
    this.#chunks.unshift(rest);
    this.#offset = 0;
    this.#length += rest.length;
    this.#rescan();
  }

  /** Throws everything away. */
  clear(): void {
    this.#chunks = [];
    this.#offset = 0;
    this.#length = 0;
    this.#block = undefined;
    this.#discarding = false;
    this.#rescan();
  }

  /** How many octets stand before the next CRLF, or -1. */
  #findCrlf(): number {
    const scan = this.#scan;
    for (;;) {
      const chunk = this.#chunks[scan.index];
      if (chunk === undefined) return -1;
      if (scan.at === 0 && chunk[0] === LF && this.#chunks[scan.index - 1]?.at(-1) === CR) return scan.before - 1;
      const at = chunk.indexOf(CRLF, scan.at);
      if (at !== -1) {
        scan.at = at;
        return scan.before + at;
      }
      if (scan.index === this.#chunks.length - 1) {
        // This chunk may still grow, and its last octet may be the CR.
        scan.at = Math.max(scan.at, chunk.length - 1);
        return -1;
      }
      scan.before += chunk.length;
      scan.index += 1;
      scan.at = 0;
    }
  }

  /** Throws all away but a CR at the end, which may be half of the CRLF. */
  #discard(): void {
    const cr = this.#chunks.at(-1)?.at(-1) === CR;
    this.clear();
    this.#discarding = true;
    if (cr) this.push(Buffer.of(CR));
  }

  /** The first `count` octets in a buffer of their own, so that a kept line doesn't hold a large chunk. */
  #copy(count: number): Buffer {
    const copy = Buffer.allocUnsafe(count);
    let done = 0;
    let from = this.#offset;
    for (let i = 0; done < count; i++) {
      done += (this.#chunks[i] as Buffer).copy(copy, done, from, from + count - done);
      from = 0;
    }
    return copy;
  }

  #skip(count: number): void {
    this.#length -= count;
    this.#offset += count;
    let gone = 0;
    for (let first = this.#chunks[0]; first !== undefined && this.#offset >= first.length; first = this.#chunks[gone]) {
      this.#offset -= first.length;
      gone += 1;
    }
    if (gone > 0) this.#chunks.splice(0, gone);
    if (this.#chunks.length === 0) this.#block = undefined;
    this.#rescan();
  }

  #rescan(): void {
    this.#scan = { index: 0, at: this.#offset, before: -this.#offset };
  }
}
