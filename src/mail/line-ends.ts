/**
 * Line ends as they must leave us (RFC 5321 §2.3.8): CR and LF only together. Mail that was
 * collected or composed elsewhere may hold bare ones; each becomes a CRLF here, so that no next
 * server can see an end of the message where we saw none.
 */
const CR = 0x0d;
const LF = 0x0a;
const CRLF = Buffer.from('\r\n');

export class LineEnds {
  /** The last octet so far was a CR, which has been passed on as a CRLF: an LF that follows belongs to it. */
  #afterCr = false;

  /** The chunk with its line ends mended; the same buffer when there was nothing to mend. */
  push(chunk: Buffer): Buffer {
    if (chunk.length === 0 || (!this.#afterCr && isClean(chunk))) return chunk;
    const pieces: Buffer[] = [];
    let from = this.#afterCr && chunk[0] === LF ? 1 : 0;
    for (let at = from; at < chunk.length; at++) {
      if (chunk[at] !== CR && chunk[at] !== LF) continue;
      pieces.push(chunk.subarray(from, at), CRLF);
      if (chunk[at] === CR && chunk[at + 1] === LF) at += 1;
      from = at + 1;
    }
    this.#afterCr = chunk.at(-1) === CR;
    pieces.push(chunk.subarray(from));
    return Buffer.concat(pieces);
  }
}

/** Every CR stands before an LF in this chunk, and every LF behind a CR. */
function isClean(chunk: Buffer): boolean {
  for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, lf + 1)) {
    if (lf === 0 || chunk[lf - 1] !== CR) return false;
  }
  for (let cr = chunk.indexOf(CR); cr !== -1; cr = chunk.indexOf(CR, cr + 1)) {
    if (chunk[cr + 1] !== LF) return false;
  }
  return true;
}
