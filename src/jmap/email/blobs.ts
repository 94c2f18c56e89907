/** Messages and parts as blobs: `e-…` and `p-…` (blob-id.ts); and whatever else has a blob id, as octets to read from. */
import type { BlobSource } from '../blobs.ts';
import { partNumbered } from '../../mime/index.ts';
import { contentOctets, emailOctets, partOctets } from '../reading/octets.ts';
import type { Octets } from '../reading/octets.ts';
import { UnreadableError } from '../reading/reader.ts';
import { parseBlobId } from './blob-id.ts';
import type { BlobId, WholeBlobId } from './blob-id.ts';
import { messageOf } from './get.ts';
import { isMessage } from './is-message.ts';
import { rootOf } from './message.ts';
import type { Message } from './message.ts';
import type { EmailParts } from './parts.ts';

/** A blob that somebody may read from. */
export interface FoundBlob {
  readonly id: BlobId;
  readonly octets: Octets;
  /** As it was uploaded, or as the part's header has it. */
  readonly type?: string;
}

export function emailBlobs(parts: EmailParts): ReadonlyMap<string, BlobSource> {
  const source = (prefix: string): BlobSource => ({
    async open(account, name) {
      const found = await findBlob(parts, account, `${prefix}-${name}`);
      if (found === undefined) return undefined;
      const { octets, type } = found;
      return { octets: octets.size, stream: octets.read(), ...(type === undefined ? {} : { type }) };
    },
  });
  return new Map(['e', 'p'].map((prefix) => [prefix, source(prefix)]));
}

/** Undefined: this account has no such blob. */
export async function findBlob(parts: EmailParts, account: string, blobId: string): Promise<FoundBlob | undefined> {
  const id = parseBlobId(blobId);
  if (id === undefined) return undefined;
  if (id.kind !== 'part') return await findWhole(parts, account, id);
  let message = await messageIn(parts, account, id.of);
  for (const [depth, number] of id.path.entries()) {
    const part = message === undefined ? undefined : partNumbered(rootOf(message), number);
    if (message === undefined || part === undefined || part.subParts !== undefined) return undefined;
    const octets = partOctets(message.octets, part);
    if (depth === id.path.length - 1) return { id, octets, type: part.type };
    const inner = { ...id, path: id.path.slice(0, depth + 1) };
    message = (await isMessage(octets)) ? await readMessage(parts, inner, octets) : undefined;
  }
  return undefined;
}

async function findWhole(parts: EmailParts, account: string, id: WholeBlobId): Promise<FoundBlob | undefined> {
  const { store } = parts;
  if (id.kind === 'email') {
    const [row] = await store.read('emailRows', { account, ids: [id.email] });
    const email = row === undefined ? undefined : await store.read('email', { id: row.id });
    return email && { id, octets: emailOctets(store.content, email), type: 'message/rfc822' };
  }
  const upload = await store.read('upload', { account, id: id.upload });
  if (upload === undefined) return undefined;
  return { id, octets: contentOctets(store.content, upload.content), type: upload.type };
}

/** By its card where it has one. */
export async function messageIn(parts: EmailParts, account: string, id: WholeBlobId): Promise<Message | undefined> {
  if (id.kind === 'email') {
    const [row] = await parts.store.read('emailRows', { account, ids: [id.email] });
    return row && (await messageOf(parts, row));
  }
  const found = await findWhole(parts, account, id);
  return found && (await readMessage(parts, id, found.octets));
}

/** A message that has no card, as it is: undefined where it can't be read. */
async function readMessage({ reading }: EmailParts, blob: BlobId, octets: Octets): Promise<Message | undefined> {
  try {
    const { card } = await reading.read(octets);
    return { blob, card, octets };
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

/** The message that a blob is; undefined: it is none, or can't be read. */
export async function messageOfBlob(
  parts: EmailParts,
  account: string,
  blobId: string,
): Promise<Message | 'not-found' | undefined> {
  const found = await findBlob(parts, account, blobId);
  if (found === undefined) return 'not-found';
  return (await isMessage(found.octets)) ? await readMessage(parts, found.id, found.octets) : undefined;
}
