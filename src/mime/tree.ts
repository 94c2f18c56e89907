/**
 * The tree of a message's parts (RFC 8621 §4.1.4), read while its octets stream by: where each part's header and content
 * lie, what the header says of it, and how long the content is once decoded. Bodies are not held. What is broken becomes
 * a part that can be shown, and the trouble is named.
 */
import { parseHeaderSection } from '../mail/index.ts';
import type { HeaderField } from '../mail/index.ts';
import type { Entity } from './entity.ts';
import { partFacts } from './part-facts.ts';
import type { PartFacts } from './part-facts.ts';
import { transferDecoder } from './transfer-decoding.ts';
import type { TransferDecoder } from './transfer-decoding.ts';
import { EntityWalker, WALK_LIMITS } from './walker.ts';
import type { HeaderSection, Visitor, WalkLimits } from './walker.ts';

/**
 * - no-parts: it says it is a multipart, and no delimiter of it was found. Its content is shown as text.
 * - too-deep: a multipart within too many others; its content can be had as it is.
 * - encoding: its content isn't as its transfer encoding has it, or that is unknown.
 */
export type PartTrouble = 'no-parts' | 'too-deep' | 'encoding';

/** A value that JSON keeps. Offsets are octets of the content, from its first. */
export interface Part extends PartFacts {
  /** From 1, in the order of the headers; the same for the same content always. */
  readonly number: number;
  readonly headerAt: number;
  /** Whole fields, without the empty line. */
  readonly headerLength: number;
  readonly bodyAt: number;
  /** Of the content as it came; of a multipart with all its parts. */
  readonly bodyLength: number;
  /** Octets of the content once its transfer encoding is undone; of a multipart, `bodyLength`. */
  readonly size: number;
  readonly trouble?: PartTrouble;
  /** Of a multipart only, and there always. */
  readonly subParts?: readonly Part[];
}

/**
 * - too-many-parts: what stands behind the last one was not looked at.
 * - header-too-large: a part was left out because its header goes beyond the limit; or the message's own does, and
 *   nothing of it was read.
 * - cut: the stored form had no room for all parts.
 */
export type TreeTrouble = 'too-many-parts' | 'header-too-large' | 'cut';

export interface Tree {
  readonly root: Part;
  readonly troubles: readonly TreeTrouble[];
}

export interface ReadTree extends Tree {
  /** Fields of the part's header; empty where they were too much to hold, and can be read from the content. */
  fields(number: number): readonly HeaderField[];
}

/** A message with more parts than that is no letter. */
export const TREE_LIMITS: WalkLimits = { ...WALK_LIMITS, sections: 2_000 };

/** Octets of all header sections that are held, beside the message's own. */
const HELD_HEADERS = 1_048_576;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface OpenPart {
  readonly part: Writable<Omit<Part, 'subParts'>> & { subParts?: Part[] };
  /** Undefined for a multipart in which a delimiter was seen. */
  decoder: TransferDecoder | undefined;
}

export class TreeReader {
  readonly #walker: EntityWalker;
  readonly #parts = new Map<number, OpenPart>();
  readonly #headers = new Map<number, Buffer>();
  readonly #troubles = new Set<TreeTrouble>();
  #held = 0;

  constructor(limits: WalkLimits = TREE_LIMITS) {
    const visitor: Visitor = {
      // A message within the message is read when somebody opens it (RFC 8621 §4.9).
      enters: ({ structure }) => structure === 'multipart',
      header: (section) => this.#header(section),
      text: (octets, of, at) => this.#text(octets, of, at),
      delimiter: (octets, of, at) => this.#delimiter(octets, of, at),
      beyond: (limit) => this.#beyond(limit),
    };
    this.#walker = new EntityWalker(visitor, limits);
  }

  /** Takes the next octets of the content, in any pieces. */
  write(chunk: Uint8Array): void {
    this.#walker.write(chunk);
  }

  /** The content has ended. */
  end(): ReadTree {
    this.#walker.end();
    // What comes later in the content lies deeper, or behind: so inner parts are ready before those around them.
    for (const open of [...this.#parts.values()].toReversed()) finish(open);
    const root: Part = this.#parts.get(0)?.part ?? nothing();
    return {
      root,
      troubles: [...this.#troubles],
      fields: (number) => parseHeaderSection(this.#headers.get(number) ?? Buffer.alloc(0)),
    };
  }

  #header({ at, octets, entity, bodyAt, end, entered }: HeaderSection): void {
    const number = entity.index + 1;
    const isMultipart = entity.structure === 'multipart';
    const trouble = !isMultipart || entered ? undefined : end === 'empty-line' ? 'too-deep' : 'no-parts';
    const part: OpenPart['part'] = {
      number,
      headerAt: at,
      headerLength: octets.length,
      bodyAt,
      bodyLength: 0,
      size: 0,
      ...partFacts(parseHeaderSection(octets), entity),
      ...(trouble === undefined ? {} : { trouble }),
    };
    this.#keep(number, octets);
    this.#parts.set(entity.index, { part, decoder: transferDecoder(part.encoding) });
    const around = entity.parent === undefined ? undefined : this.#parts.get(entity.parent.index)?.part;
    around?.subParts?.push(part);
  }

  /** The message's own header always; it is bounded by itself. */
  #keep(number: number, octets: Buffer): void {
    if (number > 1) this.#held += octets.length;
    if (number === 1 || this.#held <= HELD_HEADERS) this.#headers.set(number, octets);
  }

  #text(octets: Buffer, of: Entity, at: number): void {
    const open = this.#parts.get(of.index);
    if (open === undefined) return;
    open.part.bodyLength = at + octets.length - open.part.bodyAt;
    open.part.size += open.decoder?.push(octets).length ?? 0;
  }

  #delimiter(octets: Buffer, of: Entity, at: number): void {
    const open = this.#parts.get(of.index);
    if (open === undefined) return;
    open.part.bodyLength = at + octets.length - open.part.bodyAt;
    open.part.subParts ??= [];
    open.decoder = undefined;
  }

  #beyond(limit: keyof WalkLimits): void {
    if (limit === 'sections') this.#troubles.add('too-many-parts');
    if (limit === 'octets') this.#troubles.add('header-too-large');
  }
}

/** Nothing more of it comes. */
function finish({ part, decoder }: OpenPart): void {
  if (decoder === undefined) {
    const last = part.subParts?.at(-1);
    const end = last === undefined ? 0 : last.bodyAt + last.bodyLength - part.bodyAt;
    part.bodyLength = Math.max(part.bodyLength, end);
    part.size = part.bodyLength;
    return;
  }
  part.size += decoder.end().length;
  if (part.type.startsWith('multipart/')) {
    part.trouble ??= 'no-parts';
    part.type = part.trouble === 'too-deep' ? 'application/octet-stream' : 'text/plain';
    if (part.type === 'text/plain') part.charset ??= 'us-ascii';
  } else if (decoder.isProblem) part.trouble = 'encoding';
}

/** What is known of a message whose header could not be read. */
function nothing(): Part {
  const facts: PartFacts = { type: 'text/plain', charset: 'us-ascii' };
  return { number: 1, headerAt: 0, headerLength: 0, bodyAt: 0, bodyLength: 0, size: 0, ...facts };
}
