/** Lines out of pieces cut anywhere, bounded in length and number. */

/** Called with the pieces in order; hands each complete line, without CRLF, to `each`. */
export class LineSplitter {
  readonly #longest: number;
  readonly #each: (line: string) => void;
  #rest = '';

  /** @param longest characters; a longer line throws a RangeError. */
  constructor(longest: number, each: (line: string) => void) {
    this.#longest = longest;
    this.#each = each;
  }

  push(piece: Buffer): void {
    const lines = (this.#rest + piece.toString('latin1')).split('\r\n');
    this.#rest = lines.pop() as string;
    for (const line of lines) this.#take(line);
    if (this.#rest.length > this.#longest) throw tooLong();
  }

  #take(line: string): void {
    if (line.length > this.#longest) throw tooLong();
    this.#each(line);
  }
}

function tooLong(): RangeError {
  return new RangeError('a line is too long');
}
