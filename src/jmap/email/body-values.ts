/** The texts of a message, decoded (RFC 8621 §4.1.4: bodyValues; §4.2: which, and how much of them). */
import { BodyTextReader } from '../../mime/index.ts';
import type { BodyLists, BodyValue, Part } from '../../mime/index.ts';
import { partIdOf } from './body-part.ts';
import { rootOf } from './message.ts';
import type { Message } from './message.ts';

export interface ValueWishes {
  readonly fetchTextBodyValues: boolean;
  readonly fetchHTMLBodyValues: boolean;
  readonly fetchAllBodyValues: boolean;
  /** Octets of UTF-8 of each; 0: all of it. */
  readonly maxBodyValueBytes: number;
}

/** Octets of texts in one answer: what is beyond is truncated, and says so. */
const MOST_OF_VALUES = 32 * 1024 * 1024;

/** How much room there still is in the answer. */
export class ValueRoom {
  octets = MOST_OF_VALUES;
}

export async function bodyValues(
  message: Message,
  lists: BodyLists,
  wishes: ValueWishes,
  room: ValueRoom,
): Promise<Readonly<Record<string, BodyValue>>> {
  const values: [string, BodyValue][] = [];
  for (const part of wantedParts(message, lists, wishes)) {
    const most = Math.min(wishes.maxBodyValueBytes === 0 ? Infinity : wishes.maxBodyValueBytes, room.octets);
    const value = await bodyValue(message, part, most);
    room.octets -= Buffer.byteLength(value.value);
    values.push([partIdOf(part), value]);
  }
  return Object.fromEntries(values);
}

function wantedParts(message: Message, { textBody, htmlBody }: BodyLists, wishes: ValueWishes): ReadonlySet<Part> {
  const parts = [
    ...(wishes.fetchTextBodyValues ? textBody : []),
    ...(wishes.fetchHTMLBodyValues ? htmlBody : []),
    ...(wishes.fetchAllBodyValues ? leavesOf(rootOf(message)) : []),
  ];
  return new Set(parts.filter(({ type }) => type.startsWith('text/')));
}

function leavesOf(part: Part): readonly Part[] {
  return part.subParts === undefined ? [part] : part.subParts.flatMap(leavesOf);
}

/** At most so many octets of it. */
export async function bodyValue({ octets }: Message, part: Part, most: number): Promise<BodyValue> {
  const reader = new BodyTextReader(part, most);
  for await (const piece of octets.read({ start: part.bodyAt, end: part.bodyAt + part.bodyLength }))
    if (!reader.write(piece)) break;
  return reader.end();
}
