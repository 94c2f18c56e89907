/**
 * The header section of a message (RFC 5322 §2.2, §3.6): found while the content streams by, with
 * bounded memory, and read tolerantly. What is broken becomes a field without a name; nothing throws.
 */

/** One field as it came. */
export interface HeaderField {
  /** Lower case; '' for a line that is no field. */
  readonly name: string;
  /** Octets of the header section: `start` included, `end` (behind its line end) excluded. */
  readonly start: number;
  readonly end: number;
  /** The whole field, name, folding and line end included. */
  readonly raw: Buffer;
}

export interface HeaderLimits {
  /** Octets of the section. */
  readonly octets: number;
  /** Fields of the section. */
  readonly fields: number;
}

export const HEADER_LIMITS: HeaderLimits = { octets: 262_144, fields: 2_000 };

/**
 * - reading: the section has not ended yet.
 * - complete: it has; what follows is the empty line and the body.
 * - too-big: it went beyond a limit; what was kept is its beginning.
 */
export type HeaderState = 'reading' | 'complete' | 'too-big';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits a stream of content into its header section, which is kept, and the rest, which is handed
 * back: `bytes` and everything `write` returned, one after the other, are the content unchanged.
 */
export class HeaderScanner {
  readonly #limits: HeaderLimits;
  #state: HeaderState = 'reading';
  #chunks: Buffer[] = [];
  #octets = 0;
  #fields = 0;
  /** Octets of the current line that came so far, and whether a CR was the only one. */
  #column = 0;
  #loneCr = false;

  constructor(limits: HeaderLimits = HEADER_LIMITS) {
    this.#limits = limits;
  }

  get state(): HeaderState {
    return this.#state;
  }

  /** The section so far, without the empty line that ends it. */
  get bytes(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }

  get fields(): readonly HeaderField[] {
    return parseHeaderSection(this.bytes);
  }

  /** Takes a piece of content and gives back what of it lies behind the section: nothing while `state` is 'reading'. */
  write(chunk: Buffer): Buffer {
    if (this.#state !== 'reading') return chunk;
    let at = 0;
    while (at < chunk.length) {
      const lf = chunk.indexOf(LF, at);
      const lineEnd = lf < 0 ? chunk.length : lf + 1;
      if (this.#isEmptyLine(chunk, at, lf)) return this.#complete(chunk, at);
      if (this.#column === 0 && !isBlank(chunk[at] as number) && chunk[at] !== CR) this.#fields++;
      if (this.#fields > this.#limits.fields) return this.#tooBig(chunk, at);
      if (this.#octets + lineEnd > this.#limits.octets)
        return this.#tooBig(chunk, Math.max(at, this.#limits.octets - this.#octets));
      this.#loneCr = lf < 0 && this.#column === 0 && lineEnd - at === 1 && chunk[at] === CR;
      this.#column = lf < 0 ? this.#column + lineEnd - at : 0;
      at = lineEnd;
    }
    this.#keep(chunk);
    return chunk.subarray(chunk.length);
  }

  /** The content has ended: a section without an empty line behind it is complete too. */
  end(): void {
    if (this.#state === 'reading') this.#state = 'complete';
  }

  #isEmptyLine(chunk: Buffer, at: number, lf: number): boolean {
    if (lf < 0) return false;
    if (this.#loneCr) return lf === at;
    return this.#column === 0 && (lf === at || (lf === at + 1 && chunk[at] === CR));
  }

  #complete(chunk: Buffer, at: number): Buffer {
    this.#state = 'complete';
    this.#keep(chunk.subarray(0, at));
    const rest = chunk.subarray(at);
    if (!this.#loneCr) return rest;
    // The CR of the empty line came with the piece before: it belongs to the rest.
    this.#chunks = [this.bytes.subarray(0, -1)];
    return Buffer.concat([Buffer.from([CR]), rest]);
  }

  #tooBig(chunk: Buffer, at: number): Buffer {
    this.#state = 'too-big';
    this.#keep(chunk.subarray(0, at));
    return chunk.subarray(at);
  }

  /** Copies: the caller may use its buffer again, and a small piece must not hold a large one in memory. */
  #keep(chunk: Buffer): void {
    this.#octets += chunk.length;
    this.#chunks.push(Buffer.from(chunk));
    // Octets that come one by one must not cost an object each.
    if (this.#chunks.length > 256) this.#chunks = [this.bytes];
  }
}

/**
 * Whether what was written so far begins a message at all (RFC 5322 §2.1): there is a field, among whatever lines; or, as
 * old mail has it, text that an empty line ends where a header would be. To be asked before `end`, and ends the section.
 */
export function beginsMessage(scanner: HeaderScanner): boolean {
  const isEnded = scanner.state === 'complete';
  scanner.end();
  if (scanner.state !== 'complete') return false;
  return scanner.fields.some(({ name }) => name !== '') || (isEnded && !scanner.bytes.includes(0));
}

function isBlank(octet: number): boolean {
  return octet === 0x20 || octet === 0x09;
}

/**
 * fields of a header section, in order. Lines end in CRLF or LF; a line that is neither a field
 * nor a continuation becomes a field with the name ''. Every octet belongs to exactly one field.
 */
export function parseHeaderSection(bytes: Uint8Array): readonly HeaderField[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: HeaderField[] = [];
  let start = 0;
  while (start < buffer.length) {
    const end = fieldEnd(buffer, start);
    const raw = buffer.subarray(start, end);
    fields.push({ name: fieldName(raw), start, end, raw });
    start = end;
  }
  return fields;
}

/** Where the field that starts at `start` ends: behind the first line end that no blank follows. */
function fieldEnd(buffer: Buffer, start: number): number {
  for (let lf = buffer.indexOf(LF, start); lf >= 0; lf = buffer.indexOf(LF, lf + 1)) {
    const next = buffer[lf + 1];
    if (next === undefined || !isBlank(next)) return lf + 1;
  }
  return buffer.length;
}

/** field-name = 1*ftext ; ftext = %d33-57 / %d59-126. Blanks before the colon are old but legal (RFC 5322 §4.5). */
function fieldName(raw: Buffer): string {
  const colon = raw.indexOf(0x3a);
  if (colon < 1 || colon > 1000) return '';
  if (isBlank(raw[0] as number)) return '';
  const name = trimBlanks(raw.toString('latin1', 0, colon));
  return /^[!-9;-~]+$/.test(name) ? name.toLowerCase() : '';
}

/** The field's value on one line: unfolded (RFC 5322 §2.2.3), without the blanks around it. No CR or LF is left; octets that are not UTF-8 become U+FFFD. */
export function fieldValue(field: HeaderField): string {
  const from = field.name === '' ? 0 : field.raw.indexOf(0x3a) + 1;
  return trimBlanks(field.raw.toString('utf8', from).replace(/[\r\n]+/g, ''));
}

/** The same, one character an octet. */
export function fieldOctets(field: HeaderField): string {
  const from = field.name === '' ? 0 : field.raw.indexOf(0x3a) + 1;
  return trimBlanks(field.raw.toString('latin1', from).replace(/[\r\n]+/g, ''));
}

/** A loop, because a regular expression for trailing blanks takes quadratic time on a hostile field. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t'.includes(text[start] as string)) start++;
  while (end > start && ' \t'.includes(text[end - 1] as string)) end--;
  return text.slice(start, end);
}

/** The values of all fields with this name (lower case), in order. */
export function fieldValues(fields: readonly HeaderField[], name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map(fieldValue);
}

/** How many hops the message has seen: its Received fields (RFC 5321 §6.3). */
export function countReceived(fields: readonly HeaderField[]): number {
  return fields.filter((field) => field.name === 'received').length;
}

/** The longest Message-ID that is remembered: a line's length (RFC 5322 §2.1.1). */
const LONGEST_MESSAGE_ID = 998;

/** The value of the first Message-ID field, whole, angle brackets included; undefined when it is missing, empty or longer than a line. */
export function messageIdOf(fields: readonly HeaderField[]): string | undefined {
  const value = fieldValues(fields, 'message-id')[0];
  return value === undefined || value === '' || value.length > LONGEST_MESSAGE_ID ? undefined : value;
}

/** Message-IDs by which a message finds its thread; those of mail that was answered for years fill a header. */
const MOST_THREAD_IDS = 100;

/**
 * The Message-IDs that tell which thread a message belongs to (RFC 5322 §3.6.4), angle brackets included, the nearest
 * first: its own, what it answers, then its References from the newest back. Of more than 100 those between the first
 * Reference and the newest ones are left out.
 */
export function threadIdsOf(fields: readonly HeaderField[]): readonly string[] {
  const own = messageIdOf(fields);
  const answered = fieldValues(fields, 'in-reply-to').flatMap(idsIn);
  const references = fieldValues(fields, 'references').flatMap(idsIn).toReversed();
  const all = [...new Set([...nameOf(own), ...answered, ...references])];
  return all.length <= MOST_THREAD_IDS ? all : [...all.slice(0, MOST_THREAD_IDS - 1), all.at(-1) as string];
}

/** What stands in a Message-ID field though it is no id is a name all the same. */
function nameOf(own: string | undefined): readonly string[] {
  return own === undefined ? [] : [idsIn(own)[0] ?? own];
}

/** "<" id-left "@" id-right ">", whatever stands between the brackets but blanks. */
function idsIn(value: string): readonly string[] {
  return value.match(/<[^<>\s]{1,996}>/g) ?? [];
}
