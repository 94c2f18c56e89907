/**
 * The octets that TOP sends (RFC 1939 §7): header, blank line, and the first lines of the body, found in a stream
 * of pieces cut anywhere. Pure.
 */
const CR = 0x0d;
const LF = 0x0a;

/**
 * At most `lines` lines of the body. A message without a blank line is all header and comes whole. No more of
 * the source is read than the pieces that hold the answer.
 */
export async function* topOfMessage(source: AsyncIterable<Buffer>, lines: number): AsyncGenerator<Buffer> {
  const end = new EndOfTop(lines);
  for await (const piece of source) {
    const used = end.find(piece);
    yield used === undefined ? piece : piece.subarray(0, used);
    if (used !== undefined) return;
  }
}

/** Looks for the line end after which nothing more is wanted. Lines end at CRLF and at nothing else. */
class EndOfTop {
  /** Lines still to pass; undefined while in the header. */
  #bodyLines: number | undefined;
  readonly #wanted: number;
  /** Octets of the line so far; a blank line has none before its CRLF. */
  #length = 0;
  #afterCr = false;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** How many octets of the piece belong to the answer, when it ends in this piece. */
  find(piece: Buffer): number | undefined {
    for (let at = 0; at < piece.length; at++) {
      const octet = piece[at];
      const ends = this.#afterCr && octet === LF;
      this.#afterCr = octet === CR;
      this.#length++;
      if (ends && this.#endsTop()) return at + 1;
    }
    return undefined;
  }

  #endsTop(): boolean {
    const blank = this.#length === 2;
    this.#length = 0;
    if (this.#bodyLines !== undefined) this.#bodyLines--;
    else if (blank) this.#bodyLines = this.#wanted;
    return this.#bodyLines === 0;
  }
}
