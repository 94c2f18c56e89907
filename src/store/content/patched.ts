/** Content with parts of it replaced, while it streams by. */
import type { Patch } from '../message.ts';
import { pieces } from './pieces.ts';

/** `patches` begin within the content, in order, none over another. The octets are the same for any pieces. */
export async function* patched(source: AsyncIterable<Buffer>, patches: readonly Patch[]): AsyncIterable<Buffer> {
  let next = 0;
  /** Octets before this piece, and those that it must not repeat because a patch stands for them. */
  let before = 0;
  let behind = 0;
  for await (const piece of source) {
    const end = before + piece.byteLength;
    for (let patch = patches[next]; patch !== undefined && patch.at < end; patch = patches[++next]) {
      yield* part(piece, behind - before, patch.at - before);
      yield* pieces(patch.with);
      behind = patch.at + patch.replaces;
    }
    yield* part(piece, behind - before, piece.byteLength);
    before = end;
  }
}

function* part(piece: Buffer, start: number, end: number): Iterable<Buffer> {
  if (start < end) yield piece.subarray(Math.max(0, start), end);
}
