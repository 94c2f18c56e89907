/** JMAP (RFC 8620, RFC 8621) as plain functions: web/ puts HTTP around them. */
import { download, Uploads } from './blobs.ts';
import type { Download, UploadOutcome, UploadWish } from './blobs.ts';
import { dispatch } from './dispatch.ts';
import type { JmapResponse } from './dispatch.ts';
import { overLimit } from './errors.ts';
import type { Problem } from './errors.ts';
import type { FileInMessage, FilesWish } from './email/files.ts';
import { events } from './events.ts';
import type { EventWishes, PushEvent } from './events.ts';
import { LIMITS } from './limits.ts';
import type { JmapAccount } from './method.ts';
import type { JmapParts } from './parts.ts';
import { openRegistry } from './registry.ts';
import { openMailReading } from './reading/index.ts';
import type { ReadLetter } from './reading/index.ts';
import { noteArrivals } from './submission/arrivals.ts';
import { sessionOf, sessionState } from './session.ts';
import type { Session, SessionUrls } from './session.ts';
import { Turns } from './turns.ts';

export interface Jmap {
  /** The Session resource (RFC 8620 §2). */
  session(account: JmapAccount, urls: SessionUrls): Session;
  /** The value of `sessionState`, and of the Session's ETag if one is wanted. */
  sessionState(account: JmapAccount): string;
  /**
   * One request, as its octets: at most `maxSizeRequest` are read, so whoever reads them can stop one octet later.
   * A problem goes out as application/problem+json with its `status`. Never rejects.
   */
  request(
    account: JmapAccount,
    octets: Uint8Array,
  ): Promise<{ readonly response: JmapResponse } | { readonly problem: Problem }>;
  /** A file (RFC 8620 §6.1): 201 with `uploaded`. Rejects with what the stream or the store rejects with. */
  upload(account: JmapAccount, upload: UploadWish): Promise<UploadOutcome>;
  /** A blob (RFC 8620 §6.2); undefined: 404. */
  download(
    account: JmapAccount,
    wish: { readonly accountId: string; readonly blobId: string; readonly type?: string; readonly name?: string },
  ): Promise<Download | undefined>;
  /** Parts of one message as files (docs/jmap.md, urn:posthorn:archive); undefined: 404. */
  files(account: JmapAccount, wish: FilesWish): Promise<readonly FileInMessage[] | undefined>;
  /** The event source (RFC 8620 §7.3); ended by its signal. */
  events(account: JmapAccount, wishes: EventWishes): AsyncIterable<PushEvent>;
  /** Messages are no longer read, in the background or for anybody. */
  close(): Promise<void>;
}

export function openJmap(parts: JmapParts): Jmap {
  const { store, sending } = parts;
  const learning = sending && {
    onRead: (letters: readonly ReadLetter[]) => noteArrivals({ ...sending, store }, letters),
  };
  const reading = openMailReading({ ...parts, ...learning });
  const registry = openRegistry({ ...parts, reading });
  const dispatcher = {
    methods: new Map(registry.methods.map((method) => [method.name, method])),
    capabilities: new Set(registry.capabilities.map(({ uri }) => uri)),
    log: parts.log,
    turns: new Turns(),
  };
  const uploads = new Uploads(parts);
  const underWay = new Map<string, number>();
  const stateOf = (account: JmapAccount): string => sessionState(registry.capabilities, account);
  return {
    session: (account, urls) => sessionOf(registry.capabilities, account, urls),
    sessionState: stateOf,
    async request(account, octets) {
      const others = underWay.get(account.id) ?? 0;
      if (others >= LIMITS.maxConcurrentRequests) return { problem: tooManyRequests() };
      underWay.set(account.id, others + 1);
      try {
        const answer = await dispatch(dispatcher, account, octets);
        return 'problem' in answer ? answer : { response: { ...answer.response, sessionState: stateOf(account) } };
      } finally {
        const left = (underWay.get(account.id) ?? 1) - 1;
        if (left === 0) underWay.delete(account.id);
        else underWay.set(account.id, left);
      }
    },
    upload: (account, upload) => uploads.take(account, upload),
    download: (account, wish) => download(registry.blobs, account, wish),
    files: (account, wish) => registry.files(account, wish),
    async close() {
      await registry.close();
      await reading.close();
    },
    events: (account, wishes) => events({ ...parts, types: registry.types }, account, wishes),
  };
}

function tooManyRequests(): Problem {
  const detail = `${LIMITS.maxConcurrentRequests} requests may be under way at a time.`;
  return overLimit('maxConcurrentRequests', detail, 429);
}
