/**
 * The structure of a message (RFC 2046 §5.1) while it streams by: headers whole, everything else in pieces as it
 * came, and never more in memory than one header section. All octets of all events, one after the other, and CRLF for
 * the empty line behind each header that has one, are the message.
 *
 * Line ends must be CRLF ({@link LineEnds}). The CRLF before a delimiter line belongs to the delimiter, not to the
 * part before it.
 */
import { readEntity } from './entity.ts';
import type { Entity } from './entity.ts';

export type MimeEvent =
  /** `blank`: the empty line behind it is there, though not in `octets`, so a body may follow. */
  | { readonly kind: 'header'; readonly entity: Entity; readonly octets: Buffer; readonly blank: boolean }
  /** A piece of a body; of a multipart: what stands before, or after, its parts. */
  | { readonly kind: 'text'; readonly of: Entity; readonly octets: Buffer }
  | { readonly kind: 'delimiter'; readonly octets: Buffer };

/** What is read is bounded; a message beyond these is none that a person wrote. */
const LARGEST_HEADER = 262_144;
const MOST_ENTITIES = 10_000;
const DEEPEST = 100;
/** A longer line is no delimiter (RFC 5322 §2.1.1). */
const LONGEST_DELIMITER = 1_000;

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const CRLF = Buffer.from('\r\n');
const MAYBE_DELIMITER = Buffer.from('\r\n--');

/** The message is beyond a limit; the message says which one. */
export class MimeTooComplex extends Error {}

/** A multipart or a message that is open. */
interface Frame {
  readonly entity: Entity;
  /** Its last delimiter has come: what follows is its epilogue. */
  closed: boolean;
}

interface Delimiter {
  /** The multipart whose delimiter it is. */
  readonly frame: Frame;
  readonly closes: boolean;
}

export class MimeScanner {
  readonly #frames: Frame[] = [];
  #entities = 0;
  /** Whose header is being read, or whose text. */
  #reading: { readonly header: Pick<Entity, 'parent' | 'isMessage'> } | { readonly text: Entity } = {
    header: { parent: undefined, isMessage: true },
  };
  #section: Buffer[] = [];
  #sectionOctets = 0;
  /** The text begins at the start of a line, whose CRLF is behind us already. */
  #lineStart = true;
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next piece. Throws MimeTooComplex. */
  *push(chunk: Buffer): Generator<MimeEvent, void> {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let before = -1; before < at && at < data.length;) {
      before = at;
      at = yield* 'header' in this.#reading ? this.#readHeader(data, at) : this.#readText(data, at, this.#reading.text);
    }
    this.#rest = Buffer.from(data.subarray(at));
  }

  /** The message has ended. */
  *end(): Generator<MimeEvent, void> {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    const delimiter = this.#delimited(rest[0] === CR ? rest.subarray(2) : rest);
    if ('text' in this.#reading) {
      if (delimiter !== undefined) yield* this.#delimit(delimiter, rest);
      else if (rest.length > 0) yield { kind: 'text', of: this.#reading.text, octets: rest };
    } else if (delimiter !== undefined) {
      yield* this.#headerEnded(false);
      yield* this.#delimit(delimiter, rest);
    } else {
      this.#keep(rest);
      yield* this.#headerEnded(false);
    }
  }

  /** Whole lines up to the empty one, or to a delimiter; gives back how far it came. */
  *#readHeader(data: Buffer, from: number): Generator<MimeEvent, number> {
    let at = from;
    while ('header' in this.#reading) {
      const end = data.indexOf(LF, at) + 1;
      if (end === 0) {
        this.#boundHeader(data.length - at);
        return at;
      }
      const line = data.subarray(at, end);
      at = end;
      const delimiter = this.#delimited(line);
      if (delimiter !== undefined) {
        yield* this.#headerEnded(false);
        yield* this.#delimit(delimiter, line);
      } else if (line.equals(CRLF)) yield* this.#headerEnded(true);
      else this.#keep(line);
    }
    return at;
  }

  #keep(line: Buffer): void {
    this.#boundHeader(line.length);
    this.#sectionOctets += line.length;
    this.#section.push(Buffer.from(line));
  }

  #boundHeader(more: number): void {
    if (this.#sectionOctets + more > LARGEST_HEADER) throw new MimeTooComplex('a header in it is too large');
  }

  *#headerEnded(blank: boolean): Generator<MimeEvent, void> {
    if (!('header' in this.#reading)) return;
    const octets = Buffer.concat(this.#section);
    const entity = readEntity(octets, { ...this.#reading.header, index: this.#entities++ });
    this.#section = [];
    this.#sectionOctets = 0;
    if (this.#entities > MOST_ENTITIES) throw new MimeTooComplex('it has too many parts');
    if (entity.kind === 'multipart' || entity.kind === 'message') this.#frames.push({ entity, closed: false });
    if (this.#frames.length > DEEPEST) throw new MimeTooComplex('its parts are nested too deep');
    this.#lineStart = true;
    this.#reading =
      entity.kind === 'message' && blank ? { header: { parent: entity, isMessage: true } } : { text: entity };
    yield { kind: 'header', entity, octets, blank };
  }

  /** Text up to a delimiter, or to where a delimiter might begin that hasn't come whole yet. */
  *#readText(data: Buffer, from: number, of: Entity): Generator<MimeEvent, number> {
    const found = this.#findDelimiter(data, from);
    if (found.start > from) {
      this.#lineStart = false;
      yield { kind: 'text', of, octets: data.subarray(from, found.start) };
    }
    if (found.delimiter === undefined) return found.start;
    yield* this.#delimit(found.delimiter, data.subarray(found.start, found.end));
    return found.end;
  }

  /** The next delimiter, with the CRLF before it; or, without one, where the text ends that is certainly none. */
  #findDelimiter(
    data: Buffer,
    from: number,
  ): { readonly start: number; readonly end: number; readonly delimiter?: Delimiter } {
    let start = this.#lineStart && mayBeDashes(data, from) ? from : data.indexOf(MAYBE_DELIMITER, from);
    while (start >= 0) {
      const line = data[start] === CR ? start + CRLF.length : start;
      const end = data.indexOf(LF, line) + 1;
      if (end === 0 && data.length - line <= LONGEST_DELIMITER) return { start, end: start };
      const delimiter = end === 0 ? undefined : this.#delimited(data.subarray(line, end));
      if (delimiter !== undefined) return { start, end, delimiter };
      start = data.indexOf(MAYBE_DELIMITER, line);
    }
    const end = Math.max(from, data.length - begunDelimiter(data));
    return { start: end, end };
  }

  /**
   * delimiter := "--" boundary ; close-delimiter := delimiter "--" ; both with transport-padding behind them. Those
   * of the multiparts around it end a part too (RFC 2046 §5.1.2).
   */
  #delimited(line: Buffer): Delimiter | undefined {
    if (line[0] !== DASH || line[1] !== DASH || line.length > LONGEST_DELIMITER) return undefined;
    const text = line.toString('latin1', 2).trimEnd();
    const frame = this.#frames.findLast(({ entity: { boundary }, closed }) => {
      return !closed && boundary !== undefined && (text === boundary || text === `${boundary}--`);
    });
    return frame === undefined ? undefined : { frame, closes: text !== frame.entity.boundary };
  }

  *#delimit({ frame, closes }: Delimiter, octets: Buffer): Generator<MimeEvent, void> {
    this.#frames.length = this.#frames.indexOf(frame) + 1;
    frame.closed = closes;
    this.#reading = closes ? { text: frame.entity } : { header: { parent: frame.entity, isMessage: false } };
    this.#lineStart = true;
    yield { kind: 'delimiter', octets };
  }
}

/** Both dashes, or as much of them as has come. */
function mayBeDashes(data: Buffer, at: number): boolean {
  return data[at] === DASH && (at + 1 === data.length || data[at + 1] === DASH);
}

/** How many octets at the end may be the beginning of CRLF "--". */
function begunDelimiter(data: Buffer): number {
  for (const length of [3, 2, 1]) if (data.subarray(-length).equals(MAYBE_DELIMITER.subarray(0, length))) return length;
  return 0;
}
