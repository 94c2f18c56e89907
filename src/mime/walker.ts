/**
 * The one walk through the structure of a message (RFC 2046 §5.1, §5.2), while it streams by in whatever pieces: the
 * header sections with their places, and for who wants them the delimiters and the text between. In memory is one
 * header section, or one line that may be a delimiter; bulk text is handed on as it came. Line ends are CRLF or LF.
 *
 * What a delimiter is, and where a header ends (RFC 2046 §5.1.1 has the grammar):
 * - A delimiter line is "--", the boundary of any multipart that is open, "--" if it is the last, and padding: SP and HTAB,
 *   with no bound of its own, so that of a line (RFC 5322 §2.1.1) bounds it. A CR too many before the LF counts as
 *   padding. The line end before it belongs to it, and not to the text there.
 * - The innermost multipart it fits has it; whatever is open within that ends (§5.1.2). Behind its last delimiter a
 *   multipart has no more parts.
 * - A header ends at an empty line; or at a delimiter, and then there is no text. A line that is no field ends it too,
 *   and begins the text: MIME-part-headers have no such lines, and readers show it. Not so in the header of the
 *   message itself, whose end intake has decided. Into a multipart or message without the empty line nobody looks.
 * - What a part is that doesn't say, see {@link readEntity}.
 */
import { HEADER_LIMITS, parseHeaderSection } from '../mail/index.ts';
import { readEntity } from './entity.ts';
import type { Entity, Place } from './entity.ts';

export interface HeaderSection {
  /** Octets of the content before it. It begins a line and ends one, or the content. */
  readonly at: number;
  /** Whole fields, without the empty line behind them; there may be none. */
  readonly octets: Buffer;
  readonly entity: Entity;
  /** What stands behind: an empty line, and then the text; the text at once; a delimiter, or nothing. */
  readonly end: 'empty-line' | 'text' | 'none';
  /** Octets of the content before what stands behind it, the empty line left out. */
  readonly bodyAt: number;
  /** Its parts, or the message in it, follow. */
  readonly entered: boolean;
}

/**
 * Who is told. All octets of sections, texts and delimiters, and the empty lines, are the message in its order; what is
 * beyond a limit, and all of it from there on, may be missing. What throws here comes out of the walker's methods.
 */
export interface Visitor {
  header(section: HeaderSection): void;
  /**
   * A piece of a text; of a multipart: what stands before, or after, its parts. It lies in what was written. `at` is the
   * number of octets of the content before it.
   */
  text?(octets: Buffer, of: Entity, at: number): void;
  /** A delimiter of that multipart, with both its line ends. The same holds. */
  delimiter?(octets: Buffer, of: Entity, at: number): void;
  /** Whether to look into a multipart or a message; its content is text otherwise. Without it: into all. */
  enters?(entity: Entity): boolean;
  /** What is beyond a limit is passed over, if this doesn't throw. */
  beyond?(limit: keyof WalkLimits): void;
}

export interface WalkLimits {
  /** Multiparts within each other; a deeper one is taken for text. */
  readonly depth: number;
  /** Header sections; what comes behind that many is not looked at. */
  readonly sections: number;
  /** Octets of one section; a larger one is not reported, and the part not looked into. */
  readonly octets: number;
}

/** The message's own header is bounded before, and what submission completes makes it a little larger. */
export const WALK_LIMITS: WalkLimits = { depth: 32, sections: 10_000, octets: 2 * HEADER_LIMITS.octets };

/** Octets of a line that may be a delimiter, its end included (RFC 5322 §2.1.1). */
const LONGEST_LINE = 1_000;

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const COLON = 0x3a;
const DASHES = Buffer.from('\n--');
const NOTHING = Buffer.alloc(0);

/** One that is open. */
interface Multipart {
  readonly entity: Entity;
  /** "--" boundary */
  readonly delimiter: Buffer;
}

interface Delimiter {
  /** Of which multipart, counted from outside. */
  readonly level: number;
  /** The last one of it. */
  readonly closes: boolean;
  /** Behind its line. */
  readonly end: number;
}

export class EntityWalker {
  readonly #visitor: Visitor;
  readonly #limits: WalkLimits;
  /** From outside. */
  readonly #open: Multipart[] = [];
  /** Whose header is being read; undefined in a text. */
  #header: Place | undefined = { index: 0, parent: undefined, isMessage: true };
  /** Whose text is being read; undefined where it is passed over. */
  #text: Entity | undefined;
  /** Octets of the content before the next one to be read. */
  #position = 0;
  /** The section being read, its last line begun at `#line`, and where it began. */
  readonly #held = new HeldOctets();
  #line = 0;
  #at = 0;
  #sections = 1;
  /** The text is at the beginning of a line whose line end is no part of it. */
  #lineStart = true;
  /** Of a text: what may be a delimiter, or the line end before one. Comes before what is written next. */
  #rest: Buffer = NOTHING;

  constructor(visitor: Visitor, limits: WalkLimits = WALK_LIMITS) {
    this.#visitor = visitor;
    this.#limits = limits;
  }

  /** Takes the next octets of the content, from its first one on. What the visitor is told is the same for any cuts. */
  write(chunk: Uint8Array): void {
    let data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < data.length;) {
      if (this.#rest.length > 0) {
        data = Buffer.concat([this.#rest, data.subarray(at)]);
        this.#rest = NOTHING;
        at = 0;
      }
      const next = this.#header === undefined ? this.#readText(data, at) : this.#readHeader(data, at, this.#header);
      this.#position += next - at;
      at = next;
    }
  }

  /** The content has ended. */
  end(): void {
    if (this.#header !== undefined && this.#held.length > 0) this.#endHeader(this.#header);
    const rest = this.#rest;
    this.#rest = NOTHING;
    if (rest.length > 0) this.#readText(rest, 0, true);
  }

  // --- Headers ---

  /** A line or a piece of one; gives back how far it came. */
  #readHeader(data: Buffer, from: number, place: Place): number {
    if (this.#held.length === 0) this.#at = this.#position;
    const lf = data.indexOf(LF, from);
    const end = lf < 0 ? data.length : lf + 1;
    this.#held.append(data.subarray(from, end));
    if (lf < 0) {
      if (this.#isTooLong()) this.#tooLarge({ midLine: true });
      return end;
    }
    const text = this.#headerLine(place);
    if (text === undefined) return end;
    if (text.length === end - from) return from;
    this.#putBack(text);
    return end;
  }

  /** Whether the line can neither be a delimiter nor fit into the section any more, whatever follows. */
  #isTooLong(): boolean {
    return this.#held.length - this.#line > LONGEST_LINE && this.#held.length > this.#limits.octets;
  }

  /** The last line that is held is whole; given back when it is text. */
  #headerLine(place: Place): Buffer | undefined {
    const line = this.#held.from(this.#line);
    const delimiter = this.#delimiterOf(line, 0, line.length);
    if (delimiter !== undefined) {
      const octets = Buffer.from(line);
      const at = this.#at + this.#line;
      this.#sectionEnded(place, 'none');
      this.#delimit(delimiter, octets, at);
    } else if (isEmpty(line)) this.#sectionEnded(place, 'empty-line');
    else if (this.#held.length > this.#limits.octets) this.#tooLarge({ midLine: false });
    else if (place.parent !== undefined && !isOfHeader(line)) {
      this.#sectionEnded(place, 'text');
      return line;
    } else this.#line = this.#held.length;
    return undefined;
  }

  #endHeader(place: Place): void {
    const text = this.#held.length > this.#line ? this.#headerLine(place) : undefined;
    if (text !== undefined) this.#putBack(text);
    if (this.#header === place) this.#sectionEnded(place, 'none');
  }

  /** The lines before the last one are the section. */
  #sectionEnded(place: Place, end: HeaderSection['end']): void {
    const octets = Buffer.from(this.#held.until(this.#line));
    const bodyAt = this.#at + (end === 'empty-line' ? this.#held.length : this.#line);
    const entity = readEntity(octets, place);
    const entered = end === 'empty-line' && this.#enters(entity);
    this.#beginText(entity);
    this.#visitor.header({ at: this.#at, octets, entity, end, bodyAt, entered });
    if (!entered) return;
    if (entity.structure === 'message') this.#beginSection({ parent: entity, isMessage: true });
    else this.#open.push({ entity, delimiter: Buffer.from(`--${entity.boundary ?? ''}`, 'latin1') });
  }

  #enters(entity: Entity): boolean {
    if (entity.structure === 'leaf' || this.#visitor.enters?.(entity) === false) return false;
    if (entity.structure === 'message' || this.#open.length < this.#limits.depth) return true;
    this.#visitor.beyond?.('depth');
    return false;
  }

  #beginSection(place: Omit<Place, 'index'>): void {
    if (this.#sections === this.#limits.sections) {
      this.#visitor.beyond?.('sections');
      this.#open.length = 0;
      this.#beginText(undefined);
    } else this.#header = { ...place, index: this.#sections++ };
  }

  #tooLarge({ midLine }: { readonly midLine: boolean }): void {
    this.#visitor.beyond?.('octets');
    this.#beginText(undefined);
    this.#lineStart = !midLine;
  }

  // --- Texts ---

  #beginText(of: Entity | undefined): void {
    this.#held.clear();
    this.#line = 0;
    this.#header = undefined;
    this.#text = of;
    this.#lineStart = true;
  }

  /** Text up to a delimiter, or to where one may begin that hasn't come whole; gives back how far it came. */
  #readText(data: Buffer, from: number, final = false): number {
    // Where no multipart is open no delimiter can follow.
    let line = this.#open.length === 0 ? -1 : this.#lineStart ? from : dashesAt(data, from);
    while (line >= 0) {
      const delimiter = this.#delimiterAt(data, line, final);
      if (delimiter !== undefined) return this.#textEnded(data, { from, line, delimiter });
      line = dashesAt(data, line);
    }
    const end = final || this.#open.length === 0 ? data.length : settledEnd(data, from);
    this.#tell(data.subarray(from, end), this.#position);
    this.#putBack(data.subarray(end));
    return data.length;
  }

  #textEnded(
    data: Buffer,
    {
      from,
      line,
      delimiter,
    }: { readonly from: number; readonly line: number; readonly delimiter: Delimiter | 'unended' },
  ): number {
    const end = line === from ? from : beforeLineEnd(data, line, from);
    this.#tell(data.subarray(from, end), this.#position);
    if (delimiter === 'unended') {
      this.#putBack(data.subarray(end));
      return data.length;
    }
    this.#delimit(delimiter, data.subarray(end, delimiter.end), this.#position + end - from);
    return delimiter.end;
  }

  #tell(octets: Buffer, at: number): void {
    if (octets.length === 0) return;
    this.#lineStart = false;
    if (this.#text !== undefined) this.#visitor.text?.(octets, this.#text, at);
  }

  /** To be read again, before what comes next. */
  #putBack(octets: Buffer): void {
    this.#rest = Buffer.from(octets);
    this.#position -= octets.length;
  }

  // --- Delimiters ---

  #delimit({ level, closes }: Delimiter, octets: Buffer, at: number): void {
    const { entity } = this.#open[level] as Multipart;
    this.#open.length = closes ? level : level + 1;
    this.#visitor.delimiter?.(octets, entity, at);
    this.#beginText(entity);
    if (!closes) this.#beginSection({ parent: entity, isMessage: false });
  }

  /** The delimiter that begins at `line`; 'unended' where it may be one, and its end hasn't come. */
  #delimiterAt(data: Buffer, line: number, final: boolean): Delimiter | 'unended' | undefined {
    if (!this.#open.some(({ delimiter }) => beginsWith(data, line, delimiter))) return undefined;
    const lf = data.indexOf(LF, line);
    if (lf >= 0 || final) return this.#delimiterOf(data, line, lf < 0 ? data.length : lf + 1);
    return data.length - line < LONGEST_LINE ? 'unended' : undefined;
  }

  /** The delimiter that this whole line is. */
  #delimiterOf(data: Buffer, line: number, end: number): Delimiter | undefined {
    if (!hasDashes(data, line) || end - line > LONGEST_LINE) return undefined;
    const length = beforePadding(data, line, end) - line;
    for (let level = this.#open.length - 1; level >= 0; level--) {
      const { delimiter } = this.#open[level] as Multipart;
      const closes = length === delimiter.length + 2 && hasDashes(data, line + delimiter.length);
      if ((closes || length === delimiter.length) && beginsWith(data, line, delimiter)) return { level, closes, end };
    }
    return undefined;
  }
}

/** As far as there is data. By index: most lines differ at once, and `compare` costs more than that. */
function beginsWith(data: Buffer, at: number, beginning: Buffer): boolean {
  const length = Math.min(beginning.length, data.length - at);
  for (let n = 0; n < length; n++) if (data[at + n] !== beginning[n]) return false;
  return true;
}

function hasDashes(data: Buffer, at: number): boolean {
  return data[at] === DASH && data[at + 1] === DASH;
}

/** The next line behind `from` that begins with two dashes. */
function dashesAt(data: Buffer, from: number): number {
  const lf = data.indexOf(DASHES, from);
  return lf < 0 ? -1 : lf + 1;
}

/** Where the line end begins that stands before `line`, at `from` at the earliest. */
function beforeLineEnd(data: Buffer, line: number, from: number): number {
  return line - 2 >= from && data[line - 2] === CR ? line - 2 : line - 1;
}

/** Where the text ends that can't belong to a delimiter, whatever follows: before a line end and a dash, or what there is of them. */
function settledEnd(data: Buffer, from: number): number {
  const { length } = data;
  const line = length - from >= 2 && data[length - 1] === DASH && data[length - 2] === LF ? length - 1 : length;
  if (line > from && data[line - 1] === LF) return beforeLineEnd(data, line, from);
  return length > from && data[length - 1] === CR ? length - 1 : length;
}

/** A loop, because a regular expression for blanks at the end takes quadratic time on a hostile line. */
function beforePadding(data: Buffer, line: number, end: number): number {
  let at = end;
  while (at > line && (data[at - 1] === LF || data[at - 1] === CR || isBlank(data[at - 1]))) at--;
  return at;
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
