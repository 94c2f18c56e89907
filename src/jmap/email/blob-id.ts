/**
 * Ids of blobs. `e-<email>`: the whole message. `u-<upload>`: what was uploaded. `p-<of>-<path>`: a part of either,
 * decoded; `<of>` is the email's id, or `u-<upload>`; the path has the part's number, and for a part of a message within
 * the message the number of that before it, with a `_` between.
 */

export type BlobId =
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'upload'; readonly upload: string }
  | { readonly kind: 'part'; readonly of: WholeBlobId; readonly path: readonly number[] };

export type WholeBlobId = Exclude<BlobId, { kind: 'part' }>;

/** Messages within each other that a path may lead into. */
const DEEPEST_PATH = 16;

/** Undefined: no blob has such an id. */
export function parseBlobId(id: string): BlobId | undefined {
  const part = /^p-(.+)-(\d{1,6}(?:_\d{1,6})*)$/.exec(id);
  if (part === null) return parseWhole(id);
  const [, of, path] = part as unknown as [string, string, string];
  const whole = parseWhole(of.startsWith('u-') ? of : `e-${of}`);
  const numbers = path.split('_').map(Number);
  if (whole === undefined || numbers.length > DEEPEST_PATH) return undefined;
  return { kind: 'part', of: whole, path: numbers };
}

function parseWhole(id: string): WholeBlobId | undefined {
  const rest = id.slice(2);
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(rest)) return undefined;
  if (id.startsWith('e-')) return { kind: 'email', email: rest };
  return id.startsWith('u-') ? { kind: 'upload', upload: rest } : undefined;
}

export function formatBlobId(id: BlobId): string {
  if (id.kind === 'email') return `e-${id.email}`;
  if (id.kind === 'upload') return `u-${id.upload}`;
  const of = id.of.kind === 'email' ? id.of.email : formatBlobId(id.of);
  return `p-${of}-${id.path.join('_')}`;
}

/** The blob of a part of that message, which may be a part itself. */
export function partBlobId(message: BlobId, number: number): string {
  return formatBlobId(
    message.kind === 'part'
      ? { ...message, path: [...message.path, number] }
      : { kind: 'part', of: message, path: [number] },
  );
}
