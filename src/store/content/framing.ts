/**
 * The POP3 form of content: every line ends in CRLF, the last one too (RFC 1939 §3). Mail that came
 * over SMTP has that form already; what came from elsewhere may have bare line feeds or carriage
 * returns, and is stored as it came.
 */
const CR = 13;
const LF = 10;

/** Counts the octets of the POP3 form while the content streams by. */
export class PopCount {
  #octets = 0;
  #last = -1;

  add(chunk: Uint8Array): void {
    let last = this.#last;
    let extra = 0;
    // Every octet of every message: by index this is three times as fast as by iterator.
    for (let at = 0; at < chunk.byteLength; at++) {
      const octet = chunk[at] as number;
      if (octet === LF ? last !== CR : last === CR) extra += 1;
      last = octet;
    }
    this.#last = last;
    this.#octets += chunk.byteLength + extra;
  }

  /** Octets of the whole, the missing end of the last line included. */
  get octets(): number {
    if (this.#last === -1 || this.#last === LF) return this.#octets;
    return this.#octets + (this.#last === CR ? 1 : 2);
  }
}

/** Octets of the POP3 form of these. */
export function popOctetsOf(bytes: Uint8Array): number {
  const count = new PopCount();
  count.add(bytes);
  return count.octets;
}

const END = Buffer.from('\r\n');

/** The same octets with every line end made CRLF; nothing stays nothing. Pieces may be up to twice as long as they came. */
export async function* toPop(source: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let last = -1;
  for await (const chunk of source) {
    if (chunk.byteLength === 0) continue;
    yield withLineEnds(chunk, last);
    last = chunk.at(-1) as number;
  }
  if (last === CR) yield END.subarray(1);
  else if (last !== -1 && last !== LF) yield END;
}

function withLineEnds(chunk: Uint8Array, before: number): Buffer {
  const out = Buffer.allocUnsafe(chunk.byteLength * 2 + 1);
  let length = 0;
  let last = before;
  for (const octet of chunk) {
    if (octet === LF && last !== CR) out[length++] = CR;
    else if (last === CR && octet !== LF) out[length++] = LF;
    out[length++] = octet;
    last = octet;
  }
  return out.subarray(0, length);
}
