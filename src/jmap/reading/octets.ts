/** Octets as JMAP hands them out: a whole message, an upload, or what a part of one holds; read in pieces, from anywhere. */
import { transferDecoder } from '../../mime/index.ts';
import type { Part } from '../../mime/index.ts';
import type { ContentStore, EmailToRead, StoredContent } from '../../store/index.ts';

export interface Range {
  readonly start: number;
  /** Excluded. */
  readonly end: number;
}

export interface Octets {
  readonly size: number;
  /** In pieces of at most some 64 KiB, `range` of them or all. */
  read(range?: Range): AsyncIterable<Buffer>;
}

export function contentOctets(content: ContentStore, stored: StoredContent): Octets {
  return { size: stored.octets, read: (range) => content.read(stored, range) };
}

/** What its owner sees as the message: what was put in front at delivery, then the content as it was received. */
export function emailOctets(content: ContentStore, { prefix, content: stored }: EmailToRead): Octets {
  const length = prefix.byteLength;
  const size = length + stored.octets;
  return {
    size,
    async *read({ start, end } = { start: 0, end: size }) {
      if (start < length) yield Buffer.from(prefix.subarray(start, end));
      if (end > length) yield* content.read(stored, { start: Math.max(0, start - length), end: end - length });
    },
  };
}

/** What a part of the message holds, its transfer encoding undone. */
export function partOctets(message: Octets, part: Pick<Part, 'bodyAt' | 'bodyLength' | 'size' | 'encoding'>): Octets {
  const { bodyAt, bodyLength, size } = part;
  const read = (): AsyncIterable<Buffer> => message.read({ start: bodyAt, end: bodyAt + bodyLength });
  return { size, read: (range) => within(decoded(read(), part.encoding), range) };
}

async function* decoded(source: AsyncIterable<Buffer>, encoding: string | undefined): AsyncIterable<Buffer> {
  const decoder = transferDecoder(encoding);
  for await (const piece of source) {
    const octets = decoder.push(piece);
    if (octets.length > 0) yield octets;
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}

async function* within(source: AsyncIterable<Buffer>, range: Range | undefined): AsyncIterable<Buffer> {
  if (range === undefined) {
    yield* source;
    return;
  }
  let at = 0;
  for await (const piece of source) {
    const octets = piece.subarray(Math.max(0, range.start - at), Math.max(0, range.end - at));
    if (octets.length > 0) yield octets;
    at += piece.length;
    if (at >= range.end) return;
  }
}

/** At most so many of the octets from `start` on, in one piece. */
export async function octetsOf(source: Octets, range: Range): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source.read(range)) pieces.push(piece);
  return Buffer.concat(pieces);
}
