/** Parts of one message as files, to be had together (docs/jmap.md, urn:posthorn:archive). */
import { bodyLists, partNumbered } from '../../mime/index.ts';
import type { Part } from '../../mime/index.ts';
import type { JmapAccount } from '../method.ts';
import { partOctets } from '../reading/octets.ts';
import type { Capability } from '../session.ts';
import { parseBlobId } from './blob-id.ts';
import { messageIn, messageOfBlob } from './blobs.ts';
import { rootOf } from './message.ts';
import type { Message } from './message.ts';
import type { EmailParts } from './parts.ts';

const ARCHIVE = 'urn:posthorn:archive';

/** Where web/ has them, from the root of the server; a template like that of downloads (RFC 8620 §6.2). */
export function archiveCapability(): Capability {
  return {
    uri: ARCHIVE,
    session: { url: '/jmap/archive/{accountId}/{blobId}/{name}?parts={parts}', maxParts: MOST_FILES },
    account: {},
  };
}

export interface FilesWish {
  readonly accountId: string;
  /** Of a message: a whole one, an upload, or a part that is one. */
  readonly blobId: string;
  /** `partId`s; absent: its attachments (RFC 8621 §4.1.4). */
  readonly parts?: readonly number[];
}

/** A part, which is read when somebody wants its octets, as often as they do. */
export interface FileInMessage {
  readonly name: string | undefined;
  readonly type: string;
  readonly octets: number;
  read(): AsyncIterable<Uint8Array>;
}

/** More nobody saves at once; those that a message has beyond it can be had one by one. */
export const MOST_FILES = 1_000;

/** Undefined: this account has no such message, or the message has no such part. */
export async function filesOf(
  parts: EmailParts,
  account: JmapAccount,
  { accountId, blobId, parts: wanted }: FilesWish,
): Promise<readonly FileInMessage[] | undefined> {
  if (accountId !== account.id) return undefined;
  const id = parseBlobId(blobId);
  const message = id?.kind === 'email' ? await messageIn(parts, account.id, id) : await inner(parts, account, blobId);
  if (message === undefined) return undefined;
  const root = rootOf(message);
  const found = wanted?.map((number) => partNumbered(root, number)) ?? bodyLists(root).attachments;
  const files: FileInMessage[] = [];
  for (const part of found.slice(0, MOST_FILES)) {
    if (part === undefined || part.subParts !== undefined) return undefined;
    files.push(fileOf(part, () => partOctets(message.octets, part).read()));
  }
  return files;
}

async function inner(parts: EmailParts, account: JmapAccount, blobId: string): Promise<Message | undefined> {
  const message = await messageOfBlob(parts, account.id, blobId);
  return message === 'not-found' ? undefined : message;
}

function fileOf({ name, type, size }: Part, read: FileInMessage['read']): FileInMessage {
  return { name, type, octets: size, read };
}
