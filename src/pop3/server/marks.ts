/**
 * The deletion marks of one session (RFC 1939 §5, DELE): which messages will go at QUIT, and what is left until
 * then. One octet a message; the totals are kept, so that STAT costs the same for one message and for 100,000.
 */
import type { DropListing } from '../grammar/listing.ts';
import type { Maildrop } from './policy.ts';

export class DeletionMarks {
  readonly #maildrop: Maildrop;
  readonly #marked: Uint8Array;
  readonly #whole: DropListing;
  #left: DropListing;

  constructor(maildrop: Maildrop) {
    this.#maildrop = maildrop;
    this.#marked = new Uint8Array(maildrop.count);
    let octets = 0;
    for (let index = 0; index < maildrop.count; index++) octets += maildrop.octets(index);
    this.#whole = { count: maildrop.count, octets };
    this.#left = this.#whole;
  }

  /** The messages not marked, and their octets. */
  get left(): DropListing {
    return this.#left;
  }

  has(index: number): boolean {
    return this.#marked[index] === 1;
  }

  /** Must not be marked already. */
  add(index: number): void {
    this.#marked[index] = 1;
    this.#left = { count: this.#left.count - 1, octets: this.#left.octets - this.#maildrop.octets(index) };
  }

  /** RSET. */
  clear(): void {
    this.#marked.fill(0);
    this.#left = this.#whole;
  }

  /** The indexes of the marked messages, in order. */
  list(): readonly number[] {
    return Array.from(this.#marked.keys()).filter((index) => this.has(index));
  }

  /** The indexes of the messages not marked, in order. */
  *unmarked(): Iterable<number> {
    for (let index = 0; index < this.#marked.length; index++) if (!this.has(index)) yield index;
  }
}
