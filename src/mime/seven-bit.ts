/**
 * A message made fit for a server that takes 7-bit lines only (RFC 6152 §3, RFC 2045 §6): what holds other octets is
 * encoded, what says so is put right, and everything else stays as it is, octet for octet, so that a signature over a
 * part that needed nothing still holds.
 *
 * It takes two readings of the content. The first ({@link planSevenBit}) finds out which parts need it, because a part
 * that says "7bit" may be wrong; the second carries it out while the octets stream by. In memory are one header
 * section, and a few words for each part.
 *
 * What can't be done faithfully isn't done: see {@link treatmentOf}, and {@link asciiHeader} for headers.
 */
import { isAscii } from 'node:buffer';
import { asciiHeader } from './ascii-header.ts';
import { fieldValues, LineEnds, parseHeaderSection } from '../mail/index.ts';
import type { Entity } from './entity.ts';
import { isIdentity } from './media-type.ts';
import { Base64Encoder, QuotedPrintableEncoder, QuotedPrintableMender } from './transfer-encoding.ts';
import type { TransferEncoder } from './transfer-encoding.ts';
import { EntityWalker } from './walker.ts';
import type { HeaderSection, Visitor, WalkLimits } from './walker.ts';

export type Content = AsyncIterable<Buffer>;

export interface SevenBitOptions {
  /** Parts with lines of more than 998 octets are encoded too: for messages that we composed (RFC 5322 §2.1.1). */
  readonly longLines?: boolean;
}

/**
 * - as-is: it is 7-bit already.
 * - convert: `render` makes it so, from the same content, as often as it is asked. `dkim`: it carries a DKIM signature,
 *   which does not survive.
 * - impossible: `why` completes the sentence "The message can't be re-encoded: …".
 */
export type SevenBitPlan =
  | { readonly kind: 'as-is' }
  | { readonly kind: 'convert'; readonly dkim: boolean; render(content: Content): AsyncGenerator<Buffer> }
  | { readonly kind: 'impossible'; readonly why: string };

/** A message beyond these is none that a person wrote. */
const LIMITS: WalkLimits = { depth: 100, sections: 10_000, octets: 262_144 };
const BEYOND: Readonly<Record<keyof WalkLimits, string>> = {
  depth: 'its parts are nested too deep',
  sections: 'it has too many parts',
  octets: 'a header in it is too large',
};

const LF = 0x0a;
const CRLF = Buffer.from('\r\n');
const NOTHING = Buffer.alloc(0);

/** RFC 5322 §2.1.1, without the CRLF. */
const LONGEST_LINE = 998;

/** Rejects only when the content does. */
export async function planSevenBit(content: Content, options: SevenBitOptions = {}): Promise<SevenBitPlan> {
  try {
    const survey = new Survey();
    const walker = new EntityWalker(survey, LIMITS);
    const lineEnds = new LineEnds();
    for await (const chunk of content) walker.write(lineEnds.push(chunk));
    walker.end();
    if (!survey.eightBit && !(options.longLines === true && survey.longLine)) return { kind: 'as-is' };
    const changes = planChanges(survey.parts, options);
    return { kind: 'convert', dkim: survey.dkim, render: (again) => render(again, changes) };
  } catch (error) {
    if (error instanceof Impossible) return { kind: 'impossible', why: error.message };
    throw error;
  }
}

/** What can't be done without breaking something; the message says what. */
class Impossible extends Error {}

interface Part {
  readonly entity: Entity;
  readonly entered: boolean;
  /** What its text holds, its header left out. */
  eightBit: boolean;
  longLine: boolean;
}

/**
 * Into everything that has no encoding of its own, but a multipart/signed, because nobody on the way may alter what is
 * in it, its encodings included (RFC 1847 §2.1). The types of internationalised mail may be encoded as a whole (RFC 6532
 * §3.7, RFC 6533 §6).
 */
function enters({ structure, type }: Entity): boolean {
  return structure === 'multipart' ? type !== 'multipart/signed' : type === 'message/rfc822';
}

/** The first reading. */
class Survey implements Visitor {
  readonly parts: Part[] = [];
  /** Somewhere, in a header or in a text. */
  eightBit = false;
  longLine = false;
  dkim = false;
  #column = 0;

  readonly enters = enters;

  beyond(limit: keyof WalkLimits): void {
    throw new Impossible(BEYOND[limit]);
  }

  delimiter(octets: Buffer, { type }: Entity): void {
    this.#column = 0;
    if (!isAscii(octets)) throw new Impossible(reasonOf(type));
  }

  header({ entity, entered, octets }: HeaderSection): void {
    this.parts.push({ entity, entered, eightBit: false, longLine: false });
    this.#column = 0;
    if (entity.parent === undefined)
      this.dkim = parseHeaderSection(octets).some(({ name }) => name === 'dkim-signature');
    if (isAscii(octets)) return;
    this.eightBit = true;
    if (asciiHeader(octets) === undefined) throw new Impossible("a header in it holds octets that ASCII can't say");
  }

  text(octets: Buffer, of: Entity): void {
    const part = this.parts[of.index] as Part;
    if (!isAscii(octets)) {
      part.eightBit = true;
      this.eightBit = true;
    }
    if (!this.#hasLongLine(octets)) return;
    part.longLine = true;
    this.longLine = true;
  }

  /** A CR and its LF are always in one piece. */
  #hasLongLine(octets: Buffer): boolean {
    let long = false;
    let start = 0;
    for (let lf = octets.indexOf('\n'); lf >= 0; lf = octets.indexOf('\n', start)) {
      long ||= this.#column + lf - 1 - start > LONGEST_LINE;
      this.#column = 0;
      start = lf + 1;
    }
    this.#column += octets.length - start;
    return long || this.#column > LONGEST_LINE;
  }
}

type Treatment = 'keep' | '7bit' | 'quoted-printable' | 'base64' | 'mend';

/** What becomes of one entity. */
interface Change {
  readonly treatment: Treatment;
  /** What stands in its text is new, or in the text of something inside it. */
  touched: boolean;
}

function planChanges(parts: readonly Part[], options: SevenBitOptions): readonly Change[] {
  const changes = parts.map((part): Change => {
    const treatment = treatmentOf(part, options);
    return { treatment, touched: treatment !== 'keep' && treatment !== 'mend' };
  });
  // Whatever stands inside comes behind what it stands in.
  for (const { entity } of parts.toReversed())
    if (changes[entity.index]?.touched === true && entity.parent !== undefined)
      (changes[entity.parent.index] as Change).touched = true;
  return changes;
}

/**
 * A part under multipart/signed that would need it stays as it is: "Intermediate message transfer agents must not alter
 * the content" (RFC 1847 §2.1), and who signs has to encode first. To deliver it with a signature that no longer holds
 * would say that somebody had forged it; so the message fails, and its sender is told why.
 */
function treatmentOf({ entity, entered, eightBit, longLine }: Part, options: SevenBitOptions): Treatment {
  const { type, encoding } = entity;
  const relabelled = encoding === '8bit' || encoding === 'binary' ? '7bit' : 'keep';
  if (entered) return relabelled;
  if (isOpaque(entity)) {
    if (eightBit) throw new Impossible(reasonOf(type));
    return relabelled;
  }
  if (isIdentity(encoding)) {
    const tooLong = longLine && (encoding === 'binary' || options.longLines === true);
    if (!eightBit && !tooLong) return relabelled;
    return type.startsWith('text/') || isGlobal(type) ? 'quoted-printable' : 'base64';
  }
  if (!eightBit) return 'keep';
  if (encoding === 'quoted-printable') return 'mend';
  throw new Impossible('a part of it says that it is encoded already, and holds 8-bit octets all the same');
}

/** Composite types have no encoding (RFC 2045 §6.4), but the message/global family, which may have one. */
function isOpaque({ type, encoding }: Entity): boolean {
  return type.startsWith('multipart/') || (type.startsWith('message/') && !isGlobal(type) && isIdentity(encoding));
}

function isGlobal(type: string): boolean {
  return type === 'message/global' || type.startsWith('message/global-');
}

function reasonOf(type: string): string {
  if (type === 'multipart/signed') return 'that would break the signature over its text (multipart/signed)';
  return `its part of type ${type} has 8-bit octets, and must not be encoded`;
}

/** The second reading. The last line gets its end, as it would on the wire. */
async function* render(content: Content, changes: readonly Change[]): AsyncGenerator<Buffer> {
  const rendering = new Rendering(changes);
  const walker = new EntityWalker(rendering, LIMITS);
  const lineEnds = new LineEnds();
  for await (const chunk of content) {
    walker.write(lineEnds.push(chunk));
    const piece = rendering.taken();
    if (piece.length > 0) yield piece;
  }
  walker.end();
  rendering.end();
  yield rendering.taken();
  if (rendering.last !== LF) yield CRLF;
}

class Rendering implements Visitor {
  readonly #changes: readonly Change[];
  #encoder: TransferEncoder | undefined;
  #pieces: Buffer[] = [];
  /** The last octet that was taken. */
  last: number | undefined;

  constructor(changes: readonly Change[]) {
    this.#changes = changes;
  }

  readonly enters = enters;

  header(section: HeaderSection): void {
    this.end();
    const change = this.#changes[section.entity.index] as Change;
    this.#encoder = encoderFor(change.treatment);
    this.#pieces.push(renderHeader(section, change));
  }

  text(octets: Buffer): void {
    this.#pieces.push(this.#encoder?.push(octets) ?? masked(octets));
  }

  delimiter(octets: Buffer): void {
    this.end();
    this.#pieces.push(octets);
  }

  /** A text has ended. */
  end(): void {
    if (this.#encoder !== undefined) this.#pieces.push(this.#encoder.end());
    this.#encoder = undefined;
  }

  /** What was rendered since it was asked for last. */
  taken(): Buffer {
    const piece = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.last = piece.at(-1) ?? this.last;
    return piece;
  }
}

/** What stands between parts is for nobody's eyes (RFC 2046 §5.1.1), and has no encoding; everything else is ASCII if it gets here. */
function masked(octets: Buffer): Buffer {
  return isAscii(octets) ? octets : Buffer.from(octets.map((octet) => (octet > 0x7f ? 0x3f : octet)));
}

function encoderFor(treatment: Treatment): TransferEncoder | undefined {
  if (treatment === 'quoted-printable') return new QuotedPrintableEncoder();
  if (treatment === 'base64') return new Base64Encoder();
  return treatment === 'mend' ? new QuotedPrintableMender() : undefined;
}

function renderHeader({ entity, octets, end }: HeaderSection, { treatment, touched }: Change): Buffer {
  const ascii = asciiHeader(octets) as Buffer;
  const blank = end === 'empty-line' ? CRLF : NOTHING;
  if (!touched || end === 'none') return Buffer.concat([ascii, blank]);
  const encoding = treatment === 'keep' ? undefined : `Content-Transfer-Encoding: ${treatment}\r\n`;
  const encoded = treatment === 'quoted-printable' || treatment === 'base64';
  return Buffer.concat([
    encoding === undefined ? ascii : withoutFields(ascii, 'content-transfer-encoding'),
    // RFC 2045 §4: without it a reader need not believe the rest.
    Buffer.from(entity.isMessage && !entity.hasVersion ? 'MIME-Version: 1.0\r\n' : ''),
    // RFC 1428 §3: nobody said which characters these are.
    Buffer.from(encoded && !entity.hasType ? 'Content-Type: text/plain; charset=unknown-8bit\r\n' : ''),
    Buffer.from(encoding ?? ''),
    // Where a part had forgotten the empty line it gets one, or nobody could tell the encoded text from the header.
    CRLF,
  ]);
}

function withoutFields(section: Buffer, name: string): Buffer {
  const fields = parseHeaderSection(section);
  if (fieldValues(fields, name).length === 0) return section;
  return Buffer.concat(fields.filter((field) => field.name !== name).map(({ raw }) => raw));
}
