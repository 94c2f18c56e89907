/** Reads content back, in pieces of at most 64 KiB, and an email in the form that POP3 sends. */
import { describeError } from '../../base/index.ts';
import { StoreError } from '../store.ts';
import type { ContentStore, StoredContent } from '../content.ts';
import type { EmailToRead } from '../maildrop.ts';
import type { ContentFiles } from './files.ts';
import { toPop } from './framing.ts';
import { patched } from './patched.ts';
import { PIECE, pieces } from './pieces.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Throws a StoreError when the content is gone, or shorter than it was: never ends early in silence. */
export async function* readContent(files: ContentFiles, ref: StoredContent, range?: Range): AsyncIterable<Buffer> {
  const start = Math.max(0, range?.start ?? 0);
  const end = Math.min(ref.octets, range?.end ?? ref.octets);
  if (start >= end) return;
  if (ref.place.kind === 'file') yield* readFile(files, ref.place.name, { start, end });
  else yield* pieces(ref.place.bytes.subarray(start, end));
}

async function* readFile(files: ContentFiles, name: string, { start, end }: Range): AsyncIterable<Buffer> {
  try {
    const file = await files.openToRead(name);
    try {
      for (let at = start; at < end;) {
        const piece = Buffer.allocUnsafeSlow(Math.min(PIECE, end - at));
        const { bytesRead } = await file.read(piece, 0, piece.byteLength, at);
        if (bytesRead === 0) throw new Error(`it ends after ${String(at)} octets`);
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new StoreError(`The content of a message could not be read: ${describeError(error)}`, { cause: error });
  }
}

/**
 * The email as POP3 sends it, before dot-stuffing: both prefixes, then the content, `popOctets` octets in all (RFC
 * 1939 §11). With `downgraded` its form for clients that can't take UTF-8 in headers, where it has one.
 */
export async function* readEmailForPop(
  content: ContentStore,
  email: EmailToRead,
  { downgraded = false }: { readonly downgraded?: boolean } = {},
): AsyncIterable<Buffer> {
  const { octets, popOctets } = email.content;
  const { prefix, patches } = (downgraded ? email.downgraded : undefined) ?? { prefix: email.prefix, patches: [] };
  const source = content.read(email.content);
  const stored = patches.length === 0 ? source : patched(source, patches);
  // Making line ends CRLF only ever adds octets: where none were added, nothing is to be done.
  if (octets !== popOctets) {
    for await (const piece of toPop(joined(prefix, stored))) yield* pieces(piece);
    return;
  }
  yield* pieces(prefix);
  yield* stored;
}

async function* joined(prefix: Uint8Array, rest: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield* pieces(prefix);
  yield* rest;
}
