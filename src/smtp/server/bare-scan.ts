/**
 * Looks for a bare CR, a bare LF or a NUL in content that comes in pieces, wherever the pieces are
 * cut (RFC 5321 §2.3.8; RFC 3030 §2 without BINARYMIME).
 */
import type { BareOctet } from '../../net/index.ts';

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;

export class BareScan {
  /** The first one seen. */
  bare: BareOctet | undefined;
  /** The last octet was a CR, whose LF must come next. */
  #cr = false;

  push(piece: Buffer): void {
    // Every octet of a message comes by here: no call, and no field, for each.
    let cr = this.#cr;
    for (let at = 0; at < piece.length && this.bare === undefined; at++) {
      const octet = piece[at];
      if (cr !== (octet === LF)) this.bare = cr ? 'cr' : 'lf';
      else if (octet === NUL) this.bare = 'nul';
      cr = octet === CR;
    }
    this.#cr = cr;
  }

  /** The content is over: a CR at its end is a bare one. */
  end(): void {
    if (this.#cr) this.bare ??= 'cr';
  }
}
