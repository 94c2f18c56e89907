/** Binary data (RFC 8620 §6): uploads, and downloads of whatever has a blob id. */
import { newTicket } from '../base/index.ts';

import type { Store } from '../store/index.ts';
import { overLimit } from './errors.ts';
import type { Problem } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { JmapAccount } from './method.ts';
import type { JmapParts } from './parts.ts';

/** A blob found, of which nothing was read yet. */
export interface OpenBlob {
  readonly octets: number;
  /** As it was given when it came here; it decides nothing, the client's wish does. */
  readonly type?: string;
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Where blobs with one prefix are: `u-…`, `e-…`, `p-…`. */
export interface BlobSource {
  /** `name` is the blob's id without its prefix. undefined: this account has no such blob. */
  open(account: string, name: string): Promise<OpenBlob | undefined>;
}

/** RFC 8620 §6.1. */
export interface Uploaded {
  readonly accountId: string;
  readonly blobId: string;
  readonly type: string;
  readonly size: number;
}

export interface Download {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly octets: number;
  /** Safe in a header: what the client wished, else what is known of it, else application/octet-stream. */
  readonly type: string;
  /** As the client wished; whoever puts it into a header quotes it. */
  readonly name: string;
}

/** RFC 6838 §4.2, and parameters of printable ASCII. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}(\s*;[ -~]{0,300})?$/i;
const UNKNOWN_TYPE = 'application/octet-stream';

/** A day's unfinished letters of a busy person; beyond it the oldest go (RFC 8620 §6). */
const MOST_UPLOADS = { octets: 500_000_000, number: 1_000 };

export function uploadBlobs(store: Store): BlobSource {
  return {
    async open(account, id) {
      const upload = await store.read('upload', { account, id });
      if (upload === undefined) return undefined;
      const { content, type } = upload;
      return { octets: content.octets, type, stream: store.content.read(content) };
    },
  };
}

/** The blob that an id names; undefined for an id that is none, or another's. */
async function openBlob(
  sources: ReadonlyMap<string, BlobSource>,
  account: string,
  blobId: string,
): Promise<OpenBlob | undefined> {
  const [, prefix = '', name = ''] = /^([a-z])-([A-Za-z0-9_-]{1,250})$/.exec(blobId) ?? [];
  return await sources.get(prefix)?.open(account, name);
}

export async function download(
  sources: ReadonlyMap<string, BlobSource>,
  account: JmapAccount,
  wish: { readonly accountId: string; readonly blobId: string; readonly type?: string; readonly name?: string },
): Promise<Download | undefined> {
  if (wish.accountId !== account.id) return undefined;
  const blob = await openBlob(sources, account.id, wish.blobId);
  if (blob === undefined) return undefined;
  const { stream, octets } = blob;
  return {
    stream,
    octets,
    type: typeOf(wish.type) ?? typeOf(blob.type) ?? UNKNOWN_TYPE,
    name: wish.name ?? wish.blobId,
  };
}

function typeOf(text: string | undefined): string | undefined {
  return text !== undefined && MEDIA_TYPE.test(text) ? text : undefined;
}

export interface UploadWish {
  readonly accountId: string;
  readonly type?: string;
  /** How many there are to be, where that is said before: then what is too large is not read at all. */
  readonly octets?: number;
  readonly stream: AsyncIterable<Uint8Array>;
}

export type UploadOutcome =
  | { readonly uploaded: Uploaded }
  | { readonly problem: Problem }
  /** It is not this login's account. */
  | 'no-account';

/** Takes uploads; one for the process, because it counts those under way. */
export class Uploads {
  readonly #parts: JmapParts;
  readonly #underWay = new Map<string, number>();

  constructor(parts: JmapParts) {
    this.#parts = parts;
  }

  /** Rejects with what the stream or the store rejects with; nothing is kept then. */
  async take(account: JmapAccount, upload: UploadWish): Promise<UploadOutcome> {
    if (upload.accountId !== account.id) return 'no-account';
    if ((upload.octets ?? 0) > this.#parts.maxMessage) return this.#tooLarge();
    const underWay = this.#underWay.get(account.id) ?? 0;
    if (underWay >= LIMITS.maxConcurrentUpload) {
      const detail = `${LIMITS.maxConcurrentUpload} files may be uploaded at a time.`;
      return { problem: overLimit('maxConcurrentUpload', detail, 429) };
    }
    this.#underWay.set(account.id, underWay + 1);
    try {
      return await this.#write(account.id, typeOf(upload.type) ?? UNKNOWN_TYPE, upload.stream);
    } finally {
      const left = (this.#underWay.get(account.id) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(account.id);
      else this.#underWay.set(account.id, left);
    }
  }

  #tooLarge(): UploadOutcome {
    return { problem: overLimit('maxSizeUpload', `A file may have ${this.#parts.maxMessage} octets.`, 413) };
  }

  async #write(account: string, type: string, stream: AsyncIterable<Uint8Array>): Promise<UploadOutcome> {
    const { store, clock, maxMessage } = this.#parts;
    const writer = store.content.create();
    let octets = 0;
    try {
      for await (const chunk of stream) {
        octets += chunk.length;
        if (octets > maxMessage) {
          await writer.abort();
          return this.#tooLarge();
        }
        await writer.write(chunk);
      }
      const content = await writer.finish();
      const id = newTicket();
      const most = { ...MOST_UPLOADS, octets: Math.max(MOST_UPLOADS.octets, maxMessage) };
      await store.write('putUpload', { account, id, type, content, at: clock.now(), most });
      return { uploaded: { accountId: account, blobId: `u-${id}`, type, size: octets } };
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }
}
