/** What a POP3 client is told when it isn't what it asked for. A lost connection is a WireError, as everywhere. */

/**
 * - `refused`: the server said -ERR.
 * - `protocol`: what came is no POP3, or more of it than can be right.
 * - `impossible`: the server doesn't offer what is needed (STLS, a mechanism we speak).
 */
export type Pop3ErrorKind = 'refused' | 'protocol' | 'impossible';

export interface Pop3ErrorDetails {
  readonly kind: Pop3ErrorKind;
  /** What we were doing, as a phrase for people: "logging in". */
  readonly doing: string;
  /** The server's own words, or ours where it had none. */
  readonly words: string;
  /** Its response code without brackets (RFC 2449 §8): "IN-USE", "AUTH". */
  readonly code?: string | undefined;
}

export class Pop3Error extends Error {
  readonly kind: Pop3ErrorKind;
  readonly doing: string;
  readonly words: string;
  readonly code: string | undefined;

  constructor(details: Pop3ErrorDetails) {
    super(`${capitalised(details.doing)} failed: ${details.words}`);
    this.name = 'Pop3Error';
    this.kind = details.kind;
    this.doing = details.doing;
    this.words = details.words;
    this.code = details.code;
  }
}

function capitalised(phrase: string): string {
  return phrase.slice(0, 1).toUpperCase() + phrase.slice(1);
}
