/**
 * Many messages in one file (RFC 4155 tells of the format, nothing defines it). We write mboxrd: a line that begins with
 * any number of ">" and "From " gets one more ">". Behind each message stands one line feed, whatever it ends with, and
 * our own From_ line tells the reader so: any octets come back as they were. What others wrote is read tolerantly.
 */
const LF = 0x0a;
const CR = 0x0d;
const GT = 0x3e;
const FROM = Buffer.from('From ');
const NEW_LINE = Buffer.from('\n');

/** Who wrote it, where others name the envelope's sender. */
const OUR_FROM = 'From export@posthorn.invalid ';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The message as it stands in an mbox: From_ line, quoted octets, line feed. `at` in milliseconds since the epoch. */
export async function* toMbox(message: AsyncIterable<Buffer>, at: number): AsyncIterable<Buffer> {
  yield Buffer.from(`${OUR_FROM}${asctime(at)}\n`);
  const quoting = new Quoting();
  for await (const piece of message) yield quoting.write(piece);
  yield quoting.end();
  yield NEW_LINE;
}

/** `Thu Jan  1 00:00:00 1970`, in UTC. */
function asctime(at: number): string {
  const date = new Date(at);
  const day = String(date.getUTCDate()).padStart(2);
  const time = date.toISOString().slice(11, 19);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${DAYS[date.getUTCDay()] ?? ''} ${MONTHS[date.getUTCMonth()] ?? ''} ${day} ${time} ${year}`;
}

/** How many octets of "From " stand at `at`, up to the end of what is there. */
function matched(octets: Buffer, at: number): number {
  let length = 0;
  while (length < FROM.length && octets[at + length] === FROM[length]) length++;
  return length;
}

function behindQuotes(octets: Buffer, at: number): number {
  let end = at;
  while (octets[end] === GT) end++;
  return end;
}

class Quoting {
  /** Of the line so far there is nothing but ">". */
  #begins = true;
  #held: Buffer = Buffer.alloc(0);

  write(piece: Buffer): Buffer {
    const octets = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    this.#held = Buffer.alloc(0);
    const out: Buffer[] = [];
    let done = 0;
    for (let at = 0; at < octets.length;) {
      if (!this.#begins) {
        const end = octets.indexOf(LF, at);
        if (end < 0) break;
        this.#begins = true;
        at = end + 1;
        continue;
      }
      at = behindQuotes(octets, at);
      const length = matched(octets, at);
      if (length < FROM.length && at + length === octets.length) {
        this.#held = Buffer.from(octets.subarray(at));
        out.push(octets.subarray(done, at));
        return Buffer.concat(out);
      }
      if (length === FROM.length) {
        out.push(octets.subarray(done, at), Buffer.of(GT));
        done = at;
      }
      this.#begins = false;
    }
    if (out.length === 0) return octets;
    out.push(octets.subarray(done));
    return Buffer.concat(out);
  }

  end(): Buffer {
    return this.#held;
  }
}

/** `begin`: a message begins, and with it all that was before has ended. `octets`: of the message that began last. */
export type MboxPiece =
  | {
      readonly kind: 'begin';
      /** What its From_ line says, in milliseconds since the epoch. */
      readonly at?: number;
    }
  | { readonly kind: 'octets'; readonly octets: Buffer };

/** A From_ line is no longer; what looks like one and is, is text. */
const LONGEST_FROM = 1_024;

const FROM_LINE = new RegExp(
  `^From .*\\b(?:${DAYS.join('|')}),? +(${MONTHS.join('|')}) +(\\d{1,2}) +(\\d\\d):(\\d\\d)(?::(\\d\\d))?(?: +[A-Z]{1,5})?(?: +[-+]\\d{4})?(?: +(\\d{4}))?`,
);

/**
 * Finds the messages in an mbox while it streams by. A line begins the next one when it begins with "From " and has a
 * date, the first line of the file without one too. What stands before the first is passed over.
 */
export class MboxReader {
  #held: Buffer = Buffer.alloc(0);
  #isInLine = false;
  #hasBegun = false;
  #isOurs = false;
  #isFirstLine = true;
  /** Line ends at the end of what came: the last may be the separator's. */
  #tail: Buffer = Buffer.alloc(0);

  *write(piece: Buffer): Iterable<MboxPiece> {
    const octets = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    this.#held = Buffer.alloc(0);
    yield* this.#read(octets, false);
  }

  *end(): Iterable<MboxPiece> {
    const octets = this.#held;
    this.#held = Buffer.alloc(0);
    yield* this.#read(octets, true);
    yield* this.#endMessage();
  }

  *#read(octets: Buffer, isLast: boolean): Iterable<MboxPiece> {
    let at = 0;
    while (at < octets.length) {
      if (!this.#isInLine) {
        const begins = this.#lineAt(octets, at, isLast);
        if (begins === 'unknown') {
          // Of any number of ">" the last one is enough to know later that the line was quoted.
          const last = Math.max(at, behindQuotes(octets, at) - 1);
          yield* this.#text(octets.subarray(at, last));
          this.#held = Buffer.from(octets.subarray(last));
          return;
        }
        if (begins === 'quoted') at += 1;
        else if (begins !== 'text') {
          yield* this.#endMessage();
          const line = octets.toString('latin1', at, begins);
          this.#hasBegun = true;
          this.#isOurs = line.startsWith(OUR_FROM) && !line.endsWith('\r\n');
          yield { kind: 'begin', ...dateIn(line) };
          at = begins;
          continue;
        }
        this.#isInLine = true;
      }
      const end = this.#endOfText(octets, at);
      yield* this.#text(octets.subarray(at, end));
      at = end;
    }
  }

  /** The end of a From_ line, or what else the line at `at` is; 'unknown' as long as too little of it is there. */
  #lineAt(octets: Buffer, at: number, isLast: boolean): number | 'quoted' | 'text' | 'unknown' {
    const behind = behindQuotes(octets, at);
    const length = matched(octets, behind);
    if (length < FROM.length) {
      const isOpen = behind + length === octets.length && !isLast;
      return isOpen ? 'unknown' : this.#is('text');
    }
    if (behind > at) return this.#is('quoted');
    const end = octets.indexOf(LF, at);
    if (end < 0 && octets.length - at <= LONGEST_FROM && !isLast) return 'unknown';
    const lineEnd = end < 0 ? octets.length : end + 1;
    if (lineEnd - at > LONGEST_FROM) return this.#is('text');
    if (!this.#isFirstLine && !FROM_LINE.test(octets.toString('latin1', at, lineEnd))) return this.#is('text');
    return this.#is(lineEnd);
  }

  #is<What>(what: What): What {
    this.#isFirstLine = false;
    return what;
  }

  /** Where the next line begins that may be more than text. */
  #endOfText(octets: Buffer, at: number): number {
    for (let end = octets.indexOf(LF, at); end >= 0; end = octets.indexOf(LF, end + 1)) {
      const next = octets[end + 1];
      if (next !== undefined && next !== GT && next !== FROM[0]) continue;
      this.#isInLine = false;
      return end + 1;
    }
    return octets.length;
  }

  *#text(octets: Buffer): Iterable<MboxPiece> {
    if (!this.#hasBegun || octets.length === 0) return;
    const all = this.#tail.length === 0 ? octets : Buffer.concat([this.#tail, octets]);
    let end = all.length;
    while (end > 0 && all.length - end < 4 && (all[end - 1] === LF || all[end - 1] === CR)) end--;
    this.#tail = Buffer.from(all.subarray(end));
    if (end > 0) yield { kind: 'octets', octets: all.subarray(0, end) };
  }

  *#endMessage(): Iterable<MboxPiece> {
    const tail = this.#tail;
    this.#tail = Buffer.alloc(0);
    const octets = tail.subarray(0, tail.length - separatorIn(tail, this.#isOurs));
    if (octets.length > 0) yield { kind: 'octets', octets };
  }
}

/** How many octets at the end of a message are the separator: ours is a line feed, others' an empty line, where it is there. */
function separatorIn(tail: Buffer, isOurs: boolean): number {
  if (isOurs) return tail.at(-1) === LF ? 1 : 0;
  const text = tail.toString('latin1');
  if (text.endsWith('\n\r\n')) return 2;
  return text.endsWith('\n\n') ? 1 : 0;
}

function dateIn(line: string): { readonly at?: number } {
  const found = FROM_LINE.exec(line);
  if (found === null) return {};
  const [, month = '', day, hour, minute, second = 0, year] = found;
  if (year === undefined) return {};
  const at = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second));
  return Number.isFinite(at) ? { at } : {};
}
