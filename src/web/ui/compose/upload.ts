/** Uploads of files (RFC 8620 §6.1), with their progress: fetch tells none. */
import { clock } from '../clock.ts';
import type { Api } from '../jmap/api.ts';
import { Trouble } from '../jmap/trouble.ts';
import type { TroubleKind } from '../jmap/trouble.ts';

export interface Uploaded {
  readonly blobId: string;
  readonly type: string;
  readonly size: number;
}

export interface Upload {
  readonly done: Promise<Uploaded>;
  readonly cancel: () => void;
}

/**
 * `onProgress` is told which share has gone out, from 0 to 1. It begins when it is its turn: a server takes only so many at
 * once (RFC 8620 §2, maxConcurrentUpload). Rejects with a Trouble, after `cancel` too.
 */
export function upload(api: Api, file: Blob, onProgress: (share: number) => void): Upload {
  const stop = new AbortController();
  return {
    done: untilTaken(api, file, onProgress, stop.signal),
    cancel: () => {
      stop.abort();
    },
  };
}

let underWay = 0;
const waiting: (() => void)[] = [];

async function turn(most: number): Promise<void> {
  if (underWay >= most) await new Promise<void>((resolve) => waiting.push(resolve));
  else underWay += 1;
}

/** Whoever has waited longest takes the place, or nobody has it any more. */
function pass(): void {
  const next = waiting.shift();
  if (next === undefined) underWay -= 1;
  else next();
}

/** Another window may be uploading too: what was too much at once is tried again a while later. */
async function untilTaken(
  api: Api,
  file: Blob,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Uploaded> {
  const { maxConcurrentUpload } = api.session.capabilities['urn:ietf:params:jmap:core'] ?? {};
  for (let tries = 1; ; tries++) {
    await turn(typeof maxConcurrentUpload === 'number' ? maxConcurrentUpload : USUAL_AT_ONCE);
    try {
      return await once(api, file, onProgress, signal);
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind !== 'busy' || tries >= MOST_TRIES) throw error;
    } finally {
      pass();
    }
    await new Promise<void>((resolve) => clock.after(BUSY_WAIT * tries, resolve));
  }
}

/** What RFC 8620 §2 suggests. */
const USUAL_AT_ONCE = 4;
const MOST_TRIES = 8;
/** Milliseconds. */
const BUSY_WAIT = 1_000;

function once(api: Api, file: Blob, onProgress: (share: number) => void, signal: AbortSignal): Promise<Uploaded> {
  return new Promise<Uploaded>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', api.session.uploadUrl.replace('{accountId}', encodeURIComponent(api.account)));
    request.setRequestHeader('content-type', file.type === '' ? 'application/octet-stream' : file.type);
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => {
      const answer = readAnswer(request.responseText);
      if (request.status < 300 && typeof answer['blobId'] === 'string') resolve(answer as unknown as Uploaded);
      else reject(new Trouble(KINDS[request.status] ?? 'refused', saidOf(answer)));
    };
    request.onabort = request.onerror = () => {
      reject(new Trouble(navigator.onLine ? 'gone' : 'offline'));
    };
    signal.addEventListener('abort', () => {
      request.abort();
    });
    if (signal.aborted) reject(new Trouble('gone'));
    else request.send(file);
  });
}

const KINDS: Readonly<Record<number, TroubleKind>> = { 401: 'ended', 429: 'busy' };

function readAnswer(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** Problem details (RFC 9457). */
const saidOf = ({ detail, title }: Readonly<Record<string, unknown>>): string | undefined =>
  [detail, title].find((one) => typeof one === 'string') as string | undefined;
