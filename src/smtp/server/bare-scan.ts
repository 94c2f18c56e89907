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
    for (const octet of piece) {
      if (this.bare !== undefined) return;
      if (this.#cr && octet !== LF) this.bare = 'cr';
      else if (octet === LF && !this.#cr) this.bare = 'lf';
      else if (octet === NUL) this.bare = 'nul';
      this.#cr = octet === CR;
    }
  }

  /** The content is over: a CR at its end is a bare one. */
  end(): void {
    if (this.#cr) this.bare ??= 'cr';
  }
}
