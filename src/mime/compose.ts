/**
 * Messages written (RFC 8621 §4.6): from header fields as values and a tree of parts to octets. The tree is written as
 * it is given. How long the message will be is known before its first octet; octets that lie elsewhere are read when
 * their turn comes, and not held. Decision 0008 says why this is not a library.
 */
import { createHash } from 'node:crypto';
import { HEADER_LIMITS, isAscii } from '../mail/index.ts';
import { writeField } from './compose-fields.ts';
import type { FieldToWrite } from './compose-fields.ts';
import { base64Length, base64Of, DELIMITER, encodeText, scan, withCrlf } from './compose-text.ts';
import type { OctetSource, Scanned } from './compose-text.ts';
import { encodeFlowed } from './flowed.ts';
import { formatParameter } from './parameters.ts';
import { parameterText, readParameterized } from './parameterized.ts';
import type { Parameterized } from './parameterized.ts';

export interface PartToWrite {
  /** "type/subtype" */
  readonly type: string;
  /** Of octets that are a text in it; a text's own is chosen. */
  readonly charset?: string;
  /** "attachment", "inline". */
  readonly disposition?: string;
  /** Of its file. */
  readonly name?: string;
  /** Content-ID without its angle brackets. */
  readonly cid?: string;
  readonly language?: readonly string[];
  readonly location?: string;
  /** Fields of the part beside those; one of them takes the place of what the properties would make. */
  readonly fields?: readonly FieldToWrite[];
  readonly content: PartContent;
}

/**
 * - text: in UTF-8 or ASCII, its encoding chosen by what it holds; `flowed` writes it in format=flowed (RFC 3676).
 * - octets: in base 64; a message as it is, with CRLF between its lines, because RFC 2046 §5.2.1 allows no encoding.
 * - parts: of a multipart.
 */
export type PartContent =
  | { readonly kind: 'text'; readonly text: string; readonly flowed?: boolean }
  | { readonly kind: 'octets'; readonly source: OctetSource }
  | { readonly kind: 'parts'; readonly parts: readonly PartToWrite[] };

type TextContent = Extract<PartContent, { readonly kind: 'text' }>;

export interface MessageToWrite {
  /** In order. Message-ID and Date are the caller's too; MIME-Version is ours. */
  readonly fields: readonly FieldToWrite[];
  readonly body: PartToWrite;
  /** Bcc and Resent-Bcc are left out: this goes to others. */
  readonly withoutBcc?: boolean;
  /** What no other message is made with, so that nobody can write its delimiters before: the Message-ID, if it can't be guessed. */
  readonly seed: string;
}

export interface ComposedMessage {
  /** Octets of all of it. */
  readonly size: number;
  /** Its header holds what only SMTPUTF8 carries: an address with UTF-8 before its "@". */
  readonly needsUtf8: boolean;
  /** Some octets have their eighth bit set: a message within it has. */
  readonly is8bit: boolean;
  /** CRLF line ends. Throws when a source does, or has not the octets it promised. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Why it can't be written. */
export interface ComposeTrouble {
  readonly trouble: 'field' | 'type' | 'header-too-large' | 'too-many-parts' | 'too-deep';
  /** The name of the field, or the type. */
  readonly of: string;
}

const COMPOSE_LIMITS = { parts: 1_000, depth: 30 };

/** A piece of the message: octets, or where they come from. */
type Piece = Buffer | { readonly size: number; read(): AsyncIterable<Uint8Array> };

export async function composeMessage(message: MessageToWrite): Promise<ComposedMessage | ComposeTrouble> {
  try {
    return await new Writing(message.seed).message(message);
  } catch (error) {
    if (error instanceof Trouble) return error.trouble;
    throw error;
  }
}

/** Ends the writing from wherever in the tree it is. */
class Trouble extends Error {
  readonly trouble: ComposeTrouble;

  constructor(trouble: ComposeTrouble['trouble'], of: string) {
    super(`${trouble}: ${of}`);
    this.trouble = { trouble, of };
  }
}

class Writing {
  readonly #pieces: Piece[] = [];
  readonly #seed: string;
  readonly #texts: Buffer[] = [];
  readonly #messages: Scanned[] = [];
  #boundaries = 0;
  #needsUtf8 = false;

  constructor(seed: string) {
    this.#seed = createHash('sha256').update(seed).digest('hex').slice(0, 24);
  }

  async message({ fields, body, withoutBcc = false }: MessageToWrite): Promise<ComposedMessage> {
    const isKept = ({ name }: FieldToWrite): boolean => !(withoutBcc && /^(?:resent-)?bcc$/i.test(name));
    const kept = fields.filter((field) => !isOfBody(field.name) && isKept(field));
    const root = { ...body, fields: (body.fields ?? []).filter(isKept) };
    const ready = await this.#prepare(root, { left: COMPOSE_LIMITS.parts }, 0);
    this.#header([...kept.map(written), 'MIME-Version: 1.0\r\n', ...ready.header]);
    this.#write(ready);
    const pieces = this.#pieces;
    return {
      size: pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.size), 0),
      needsUtf8: this.#needsUtf8,
      is8bit: this.#needsUtf8 || ready.is8bit,
      chunks: () => chunksOf(pieces),
    };
  }

  /** Everything of a part but the boundary, which must stand in none of them. */
  async #prepare(part: PartToWrite, parts: { left: number }, depth: number): Promise<ReadyPart> {
    if (--parts.left < 0) throw new Trouble('too-many-parts', part.type);
    if (depth > COMPOSE_LIMITS.depth) throw new Trouble('too-deep', part.type);
    const type = typeOf(part);
    const isMultipart = part.content.kind === 'parts';
    if (!TYPE.test(type) || isMultipart !== type.startsWith('multipart/')) throw new Trouble('type', type);
    const typed = { ...part, type };
    if (part.content.kind === 'parts') return await this.#prepareParts(typed, part.content.parts, parts, depth);
    return part.content.kind === 'text'
      ? this.#prepareText(typed, part.content)
      : await this.#prepareOctets(typed, part.content.source);
  }

  async #prepareParts(
    part: PartToWrite,
    given: readonly PartToWrite[],
    parts: { left: number },
    depth: number,
  ): Promise<ReadyPart> {
    const inside: ReadyPart[] = [];
    for (const one of given) inside.push(await this.#prepare(one, parts, depth + 1));
    const boundary = this.#boundary();
    // Its encoding is that of what is in it (RFC 2045 §6.4).
    const is8bit = inside.some((one) => one.is8bit);
    const header = headerOf(part, [['boundary', boundary]], is8bit ? '8bit' : undefined);
    return { header, boundary, inside, content: [], is8bit };
  }

  #prepareText(part: PartToWrite, { text, flowed = false }: TextContent): ReadyPart {
    const { encoding, charset, octets } = encodeText(flowed ? encodeFlowed(text) : text);
    this.#texts.push(octets);
    const flow: Parameter[] = flowed ? [['format', 'flowed'], ['delsp', 'yes']] : []; // prettier-ignore
    const header = headerOf(part, [['charset', charset], ...flow], encoding);
    return { header, inside: [], content: [octets], is8bit: false };
  }

  async #prepareOctets(part: PartToWrite, source: OctetSource): Promise<ReadyPart> {
    const parameters: Parameter[] = part.charset === undefined ? [] : [['charset', part.charset]];
    if (part.type.startsWith('message/')) {
      const scanned = await scan(source);
      if (scanned.isText) {
        this.#messages.push(scanned);
        const piece = { size: scanned.size, read: () => exactly(withCrlf(source), scanned.size) };
        const { is8bit } = scanned;
        return { header: headerOf(part, parameters, is8bit ? '8bit' : '7bit'), inside: [], content: [piece], is8bit };
      }
    }
    // message/global may be encoded (RFC 6532 §3.7), so it stands for a message that no line can carry.
    const type = part.type === 'message/rfc822' ? 'message/global' : part.type;
    const piece = { size: base64Length(source.size), read: () => base64Of(source) };
    return { header: headerOf({ ...part, type }, parameters, 'base64'), inside: [], content: [piece], is8bit: false };
  }

  /** "=_" stands in nothing that we encode (RFC 2045 §6.7); what isn't encoded is looked through. */
  #boundary(): string {
    for (;;) {
      // None is the beginning of another: programs have compared no more than that.
      const boundary = `${DELIMITER.slice(2)}${this.#boundaries++}_${this.#seed}`;
      const delimiter = `--${boundary}`;
      if (this.#texts.some((text) => text.includes(delimiter))) continue;
      if (!this.#messages.some(({ mayHold }) => mayHold(delimiter))) return boundary;
      // Whoever wrote all of them before knows the seed; a message that holds ten thousand is refused.
      if (this.#boundaries > 100_000) throw new Trouble('too-many-parts', 'message/rfc822');
    }
  }

  #header(fields: readonly string[]): void {
    const header = Buffer.from(`${fields.join('')}\r\n`);
    if (header.length > HEADER_LIMITS.octets || fields.length > HEADER_LIMITS.fields)
      throw new Trouble('header-too-large', 'header');
    this.#needsUtf8 ||= !isAscii(header.toString('latin1'));
    this.#pieces.push(header);
  }

  #write({ boundary, inside, content }: ReadyPart): void {
    this.#pieces.push(...content);
    if (boundary === undefined) return;
    for (const [at, part] of inside.entries()) {
      this.#pieces.push(Buffer.from(`${at === 0 ? '' : '\r\n'}--${boundary}\r\n`));
      this.#header(part.header);
      this.#write(part);
    }
    this.#pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  }
}

interface ReadyPart {
  /** Fields with their line ends. */
  readonly header: readonly string[];
  readonly boundary?: string;
  readonly inside: readonly ReadyPart[];
  readonly content: readonly Piece[];
  readonly is8bit: boolean;
}

const TYPE = /^[A-Za-z0-9!#$&^_.+-]{1,127}\/[A-Za-z0-9!#$&^_.+-]{1,127}$/;

/** Fields that say of a content what it is: the parts' business. */
function isOfBody(name: string): boolean {
  return /^(?:content-.*|mime-version)$/i.test(name);
}

function written(field: FieldToWrite): string {
  const text = writeField(field);
  if (text === undefined) throw new Trouble('field', field.name);
  return text;
}

type Parameter = readonly [name: string, value: string];

/** What the part is, with these parameters of its type, and how it is encoded. */
function headerOf(part: PartToWrite, parameters: readonly Parameter[], encoding?: string): readonly string[] {
  const fields = (part.fields ?? []).filter(({ name }) => !OURS.test(name));
  const properties = [...propertyFields(part)].filter(
    ([name]) => !fields.some((field) => field.name.toLowerCase() === name),
  );
  const isNamed = part.name !== undefined && properties.every(([name]) => name !== 'content-disposition');
  return [
    typeField(part, isNamed ? [...parameters, ['name', part.name ?? '']] : parameters),
    ...(encoding === undefined ? [] : [`Content-Transfer-Encoding: ${encoding}\r\n`]),
    ...properties.map(([, field]) => field),
    ...fields.map(written),
  ];
}

/** Not for a caller to say. */
const OURS = /^(?:content-type|content-transfer-encoding|mime-version)$/i;

/** Fields that the properties of a part are, by their names. */
function propertyFields({ disposition, name, cid, language, location }: PartToWrite): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (disposition !== undefined) fields.set('content-disposition', dispositionField(disposition, name));
  if (cid !== undefined) fields.set('content-id', written({ name: 'Content-ID', form: 'MessageIds', value: [cid] }));
  if (language !== undefined)
    fields.set('content-language', written({ name: 'Content-Language', form: 'Text', value: language.join(', ') }));
  if (location !== undefined)
    fields.set('content-location', written({ name: 'Content-Location', form: 'Text', value: location }));
  return fields;
}

/** In lower case; where Content-Type is given as a field, that says it. */
function typeOf(part: PartToWrite): string {
  const given = givenType(part);
  return given === undefined ? part.type.toLowerCase() : given.value;
}

function givenType({ fields = [] }: PartToWrite): Parameterized | undefined {
  const field = fields.find(({ name }) => name.toLowerCase() === 'content-type');
  if (field?.form !== 'Raw' && field?.form !== 'Text') return undefined;
  return readParameterized(Buffer.from(field.value.replace(/[\r\n]+/g, '')).toString('latin1'));
}

/** Content-Type; where one is given as a field its parameters are kept that aren't ours to say. */
function typeField(part: PartToWrite, ours: readonly Parameter[]): string {
  const given = givenType(part);
  const names = new Set(['boundary', ...ours.map(([name]) => name)]);
  const theirs = new Set((given?.parameters ?? []).map(([name]) => name.replace(/\*.*$/s, '')));
  const kept = [...theirs].filter((name) => TOKEN.test(name) && !names.has(name));
  const all = kept.map((name): Parameter => [name, given === undefined ? '' : (parameterText(given, name) ?? '')]);
  return parameterized('Content-Type', part.type, [...ours, ...all]);
}

const TOKEN = /^[A-Za-z0-9!#$&+\-.^_`{|}~]{1,40}$/;

function dispositionField(disposition: string, name: string | undefined): string {
  if (!TOKEN.test(disposition)) throw new Trouble('field', 'Content-Disposition');
  return parameterized('Content-Disposition', disposition, name === undefined ? [] : [['filename', name]]);
}

/** One parameter a line, unless all of it is short. */
function parameterized(field: string, value: string, parameters: readonly Parameter[]): string {
  const all = parameters.flatMap(([name, text]) => formatParameter(name, text));
  const line = [`${field}: ${value}`, ...all].join('; ');
  return `${line.length <= 78 ? line : [`${field}: ${value}`, ...all].join(';\r\n ')}\r\n`;
}

async function* exactly(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let octets = 0;
  for await (const chunk of chunks) {
    octets += chunk.length;
    yield chunk;
  }
  if (octets !== size) throw new Error(`What was to be ${size} octets were ${octets}.`);
}

async function* chunksOf(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (!Buffer.isBuffer(piece)) yield* piece.read();
    else if (piece.length > 0) yield piece;
  }
}
