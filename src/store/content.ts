/** The octets of a message: immutable once written, in the database or beside it. */

/** Where written content lies; handed to the operation that files it. */
export interface ContentRef {
  readonly place:
    | { readonly kind: 'inline'; readonly bytes: Uint8Array }
    | { readonly kind: 'file'; readonly name: string };
  /** Octets as received. */
  readonly octets: number;
  /** Octets as POP3 sends them: every line ends in CRLF, the last one too. Equal to `octets` for mail that came over SMTP. */
  readonly popOctets: number;
  /** SHA-256 of the octets as received, hex. */
  readonly digest: string;
}

/** Takes one message's octets. Small ones stay in memory, larger ones go to a file as they come. */
export interface ContentWriter {
  /** A promise holds the source back. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** The content is complete and durable where it lies outside the database (file and directory synced). */
  finish(): Promise<ContentRef>;
  /** Throws away what was written. Never rejects. */
  abort(): Promise<void>;
}

export interface ContentStore {
  create(): ContentWriter;
  /** The octets as received, in pieces of at most 64 KiB; `range` is start (included) and end (excluded). */
  read(ref: StoredContent, range?: { readonly start: number; readonly end: number }): AsyncIterable<Buffer>;
}

/** Content as an operation gives it back: the same shape, found again by its row. */
export type StoredContent = Omit<ContentRef, 'digest'>;
