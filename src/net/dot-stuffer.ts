/**
 * The sending side of transparency (RFC 5321 §4.5.2, RFC 1939 §3): a dot at the start of a line is
 * doubled, and a line with one dot is put behind the text. Lines start at the beginning and after
 * CRLF; the text handed in must have no other line ends (RFC 5321 §2.3.8), which is the duty of who renders it.
 */
const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const CRLF_DOT = Buffer.from('\r\n.');
const END = Buffer.from('.\r\n');
const LINE_AND_END = Buffer.from('\r\n.\r\n');

export class DotStuffer {
  /** The last two octets, because a line may start at the border of two chunks. At the beginning: as if a line had ended. */
  #last: readonly [number, number] = [CR, LF];

  /** The chunk with its dots doubled; the same buffer when there was none to double. */
  push(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk;
    const places = this.#stuffed(chunk);
    this.#last = [chunk.at(-2) ?? this.#last[1], chunk.at(-1) as number];
    if (places.length === 0) return chunk;
    const out = Buffer.allocUnsafe(chunk.length + places.length);
    let from = 0;
    let done = 0;
    for (const place of places) {
      done += chunk.copy(out, done, from, place);
      out[done++] = DOT;
      from = place;
    }
    chunk.copy(out, done, from);
    return out;
  }

  /** What ends the text: the dot line, after a CRLF when the last line had none. The stuffer is then as new. */
  end(): Buffer {
    const atStart = this.#atLineStart();
    this.#last = [CR, LF];
    return atStart ? END : LINE_AND_END;
  }

  /** The places of the dots that open a line. */
  #stuffed(chunk: Buffer): number[] {
    const places: number[] = [];
    if (chunk[0] === DOT && this.#atLineStart()) places.push(0);
    if (chunk[0] === LF && chunk[1] === DOT && this.#last[1] === CR) places.push(1);
    for (let at = chunk.indexOf(CRLF_DOT); at !== -1; at = chunk.indexOf(CRLF_DOT, at + CRLF_DOT.length)) {
      places.push(at + 2);
    }
    return places;
  }

  #atLineStart(): boolean {
    return this.#last[0] === CR && this.#last[1] === LF;
  }
}
