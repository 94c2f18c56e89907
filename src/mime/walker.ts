/**
 * Where the header sections of a message lie (RFC 2046 §5.1, §5.2): its own, those of the parts of a multipart, those
 * of messages within. Found while the content streams by, with bounded memory: of what lies between only the
 * beginnings of lines are looked at, for delimiters. What is broken is passed over; nothing throws.
 */
import { HEADER_LIMITS, parseHeaderSection } from '../mail/index.ts';
import { LONGEST_BOUNDARY, mediaTypeOf } from './media-type.ts';
import type { MediaType } from './media-type.ts';

export interface HeaderSection {
  /** Octets of the content before it. It begins a line and ends one, or the content. */
  readonly at: number;
  /** Whole fields, without the empty line behind them; not empty. Holds good during the call only. */
  readonly octets: Buffer;
}

export interface PartLimits {
  /** Multiparts within each other; a deeper one is taken for text. */
  readonly depth: number;
  /** Header sections; what comes behind that many is not looked at. */
  readonly sections: number;
  /** Octets of one section; a larger one is not reported, and the part not looked into. */
  readonly octets: number;
}

/** The message's own header is bounded before, and what submission completes makes it a little larger. */
export const PART_LIMITS: PartLimits = { depth: 32, sections: 10_000, octets: 2 * HEADER_LIMITS.octets };

/** "--" boundary ["--"] and blanks, with the line end: a longer line is none. */
const LONGEST_DELIMITER = LONGEST_BOUNDARY + 56;

/** Types whose content begins with a header of its own (RFC 2046 §5.2.1, RFC 6532 §3.7, RFC 6533). */
const MESSAGES = new Set(['message/rfc822', 'message/global', 'message/global-headers', 'text/rfc822-headers']);
const TEXT = { name: 'text/plain' };
const MESSAGE = { name: 'message/rfc822' };

/** A multipart that is open. */
interface Level {
  /** "--" boundary */
  readonly delimiter: Buffer;
  /** What a part is that doesn't say (RFC 2046 §5.1.5). */
  readonly default: MediaType;
}

interface Delimiter {
  /** Of which level, counted from outside. */
  readonly level: number;
  /** The last one of its multipart. */
  readonly closes: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const COLON = 0x3a;

export class PartScanner {
  readonly #report: (section: HeaderSection) => void;
  readonly #limits: PartLimits;
  #state: 'header' | 'body' | 'done' = 'header';
  readonly #levels: Level[] = [];
  /** Octets that came. */
  #octets = 0;
  /** The section being read, its last line begun at `#line`; in a body, a line that may be a delimiter. */
  readonly #held = new HeldOctets();
  #line = 0;
  /** The rest of the line is of no interest. */
  #skipping = false;
  /** The section being read: where it began, and what its part is when it doesn't say. */
  #at = 0;
  #default: MediaType = TEXT;
  #sections = 1;

  constructor(report: (section: HeaderSection) => void, limits: PartLimits = PART_LIMITS) {
    this.#report = report;
    this.#limits = limits;
  }

  /** Takes the next octets of the content, from its first one on. The result is the same for any cuts. */
  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.#state !== 'done';) {
      const lf = chunk.indexOf(LF, at);
      const end = lf < 0 ? chunk.length : lf + 1;
      this.#piece(chunk, { at, end, whole: lf >= 0 });
      at = end;
    }
  }

  /** The content has ended. */
  end(): void {
    if (this.#held.length > this.#line && this.#state !== 'done') this.#lineEnded();
    if (this.#state === 'header' && this.#held.length > 0) this.#sectionEnded(this.#held.length);
    this.#finish();
  }

  /** A line or a piece of one; `whole`: its end is there. */
  #piece(chunk: Uint8Array, { at, end, whole }: { at: number; end: number; whole: boolean }): void {
    this.#octets += end - at;
    if (this.#state === 'body' && this.#held.length === 0 && chunk[at] !== DASH) this.#skipping = true;
    if (!this.#skipping) {
      this.#held.append(chunk.subarray(at, end));
      if (whole) this.#lineEnded();
      else if (this.#isTooLong()) this.#giveUp({ midLine: true });
    }
    if (whole) this.#skipping = false;
  }

  /** Whether the line can neither be a delimiter nor fit into the section any more, whatever follows. */
  #isTooLong(): boolean {
    if (this.#held.length - this.#line <= LONGEST_DELIMITER) return false;
    return this.#state === 'body' || this.#held.length > this.#limits.octets;
  }

  #lineEnded(): void {
    const line = this.#held.from(this.#line);
    const delimiter = this.#delimiterOf(line);
    if (this.#state === 'header') this.#headerLine(line, delimiter);
    else this.#held.clear();
    if (delimiter !== undefined) this.#partEnded(delimiter);
  }

  #headerLine(line: Buffer, delimiter: Delimiter | undefined): void {
    if (delimiter !== undefined) this.#sectionEnded(this.#line);
    else if (isEmpty(line)) this.#look(this.#sectionEnded(this.#line));
    else if (this.#held.length > this.#limits.octets) this.#giveUp({ midLine: false });
    // A part that forgot the empty line: programs show what isn't a field, and all behind it, as text.
    else if (this.#at > 0 && !isOfHeader(line)) this.#sectionEnded(this.#line);
    else this.#line = this.#held.length;
  }

  /** The first `length` octets that are held are the section; the state is that behind a text's header. */
  #sectionEnded(length: number): MediaType {
    const octets = this.#held.until(length);
    const type = mediaTypeOf(parseHeaderSection(octets)) ?? this.#default;
    if (length > 0) this.#report({ at: this.#at, octets });
    this.#toBody();
    return type;
  }

  /** Into a part of this type, whose header has just ended. */
  #look({ name, boundary }: MediaType): void {
    if (MESSAGES.has(name)) this.#beginSection(TEXT);
    else if (name.startsWith('multipart/') && boundary !== undefined && this.#levels.length < this.#limits.depth) {
      const delimiter = Buffer.from(`--${boundary}`, 'latin1');
      this.#levels.push({ delimiter, default: name === 'multipart/digest' ? MESSAGE : TEXT });
      this.#toBody();
    }
  }

  #partEnded({ level, closes }: Delimiter): void {
    this.#levels.length = closes ? level : level + 1;
    if (closes) this.#toBody();
    else this.#beginSection((this.#levels[level] as Level).default);
  }

  #beginSection(fallback: MediaType): void {
    this.#sections++;
    if (this.#sections > this.#limits.sections) return this.#finish();
    this.#state = 'header';
    this.#at = this.#octets;
    this.#default = fallback;
    return undefined;
  }

  #giveUp({ midLine }: { readonly midLine: boolean }): void {
    this.#toBody();
    this.#skipping = midLine;
  }

  /** Where no multipart is open nothing can follow. */
  #toBody(): void {
    this.#held.clear();
    this.#line = 0;
    this.#state = this.#levels.length === 0 ? 'done' : 'body';
  }

  #finish(): void {
    this.#levels.length = 0;
    this.#toBody();
  }

  /** delimiter := "--" boundary ; close-delimiter := delimiter "--", with blanks behind either. The innermost first. */
  #delimiterOf(line: Buffer): Delimiter | undefined {
    if (line[0] !== DASH || line[1] !== DASH || line.length > LONGEST_DELIMITER) return undefined;
    const length = lengthWithoutBlanks(line);
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const { delimiter } = this.#levels[level] as Level;
      const closes = length === delimiter.length + 2 && line[length - 1] === DASH && line[length - 2] === DASH;
      if (!closes && length !== delimiter.length) continue;
      if (beginsWith(line, delimiter)) return { level, closes };
    }
    return undefined;
  }
}

/** By index: most lines differ at once, and `compare` costs more than that. */
function beginsWith(line: Buffer, beginning: Buffer): boolean {
  for (let at = 0; at < beginning.length; at++) if (line[at] !== beginning[at]) return false;
  return true;
}

/** A loop, because a regular expression for blanks at the end takes quadratic time on a hostile line. */
function lengthWithoutBlanks(line: Buffer): number {
  let end = line.length;
  while (end > 0 && (line[end - 1] === LF || line[end - 1] === CR || isBlank(line[end - 1]))) end--;
  return end;
}

function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}

function isEmpty(line: Uint8Array): boolean {
  return line[0] === LF || (line[0] === CR && line[1] === LF);
}

/** A field, or a line that continues one. */
function isOfHeader(line: Uint8Array): boolean {
  if (isBlank(line[0])) return true;
  return line.includes(COLON) && parseHeaderSection(line)[0]?.name !== '';
}

/** Octets that come in pieces, side by side. */
class HeldOctets {
  #buffer = Buffer.alloc(0);
  length = 0;

  append(octets: Uint8Array): void {
    const length = this.length + octets.length;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#buffer.length, 1_024));
      larger.set(this.until(this.length));
      this.#buffer = larger;
    }
    this.#buffer.set(octets, this.length);
    this.length = length;
  }

  from(start: number): Buffer {
    return this.#buffer.subarray(start, this.length);
  }

  until(end: number): Buffer {
    return this.#buffer.subarray(0, end);
  }

  clear(): void {
    this.length = 0;
  }
}
