/**
 * How large a letter becomes on the wire, told before it is sent: files are packed as base64 in lines, so 21 MB of
 * files are 29 MB for the server that has a limit (RFC 2045 §6.8, RFC 1870).
 */

/** Octets of one file packed: four for three, and a line end for each 76 of them. */
export function packedOctets(octets: number): number {
  const base64 = Math.ceil(octets / 3) * 4;
  return base64 + Math.ceil(base64 / 76) * 2;
}

/** The header of a part, and its delimiter. */
const PER_PART = 300;
/** The header of the letter, and what servers on the way put before it. */
const PER_LETTER = 4_000;

export interface LetterSize {
  /** Of the plain text and of the HTML, in octets of UTF-8; HTML may be 0. */
  readonly text: number;
  readonly html: number;
  readonly files: readonly number[];
}

/** Octets on the wire, rather too many than too few: text that needs it is packed too. */
export function letterOctets({ text, html, files }: LetterSize): number {
  const bodies = [text, html].filter((octets) => octets > 0);
  return (
    PER_LETTER +
    bodies.reduce((sum, octets) => sum + PER_PART + packedOctets(octets), 0) +
    files.reduce((sum, octets) => sum + PER_PART + packedOctets(octets), 0)
  );
}

/** How large a message may be, as the server says; Infinity where it does not. In octets. */
export class SizeLimits {
  /** Of the message as it goes out. */
  readonly message: number;
  /** Of all its files together, before they are packed (RFC 8621 §1.3.1). */
  readonly files: number;

  constructor(message: number, files: number) {
    this.message = message;
    this.files = files;
  }

  /** Whether files of these sizes can go out with one message. A file that can't alone is not even uploaded. */
  takes(files: readonly number[], text = 0, html = 0): boolean {
    const together = files.reduce((sum, octets) => sum + octets, 0);
    return together <= this.files && letterOctets({ text, html, files }) <= this.message;
  }
}
