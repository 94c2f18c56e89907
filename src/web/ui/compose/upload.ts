/** Uploads of files (RFC 8620 §6.1), with their progress: fetch tells none. */
import type { Api } from '../jmap/api.ts';
import { Trouble } from '../jmap/trouble.ts';

export interface Uploaded {
  readonly blobId: string;
  readonly type: string;
  readonly size: number;
}

export interface Upload {
  readonly done: Promise<Uploaded>;
  readonly cancel: () => void;
}

/** `onProgress` is told which share has gone out, from 0 to 1. Rejects with a Trouble. */
export function upload(api: Api, file: Blob, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Uploaded>((resolve, reject) => {
    request.open('POST', api.session.uploadUrl.replace('{accountId}', encodeURIComponent(api.account)));
    request.setRequestHeader('content-type', file.type === '' ? 'application/octet-stream' : file.type);
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => {
      const answer = readAnswer(request.responseText);
      if (request.status < 300 && typeof answer['blobId'] === 'string') resolve(answer as unknown as Uploaded);
      else reject(new Trouble(request.status === 401 ? 'ended' : 'refused', saidOf(answer)));
    };
    request.onerror = () => {
      reject(new Trouble(navigator.onLine ? 'gone' : 'offline'));
    };
    request.send(file);
  });
  return {
    done,
    cancel: () => {
      request.abort();
    },
  };
}

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
