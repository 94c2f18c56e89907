/** One document over https, from a server whose certificate holds; redirects are the caller's business. */
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';

export interface HttpsAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** The rest is not wanted. */
  end(): void;
}

export type HttpsGet = (url: URL, signal: AbortSignal) => Promise<HttpsAnswer>;

/**
 * No cookies, and no word of who asks. Rejects with the system's error, or with the signal's reason.
 * @param lookup how names become addresses; default: the system's
 */
export function httpsGet(lookup?: LookupFunction): HttpsGet {
  return (url, signal) =>
    new Promise((resolve, reject) => {
      const asking = request(url, {
        agent: false,
        signal,
        headers: { accept: 'application/xml, text/xml', 'accept-encoding': 'identity' },
        ...(lookup === undefined ? {} : { lookup }),
      });
      asking.on('error', (error) => {
        reject(signal.aborted ? (signal.reason as Error) : error);
      });
      // Also where an answer of 101 ended it: that is no response, and no error either.
      asking.on('close', () => {
        reject(new Error('the line was cut'));
      });
      asking.on('response', (response) => {
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          body: response,
          end: () => {
            // What it says to that is nobody's business any more.
            response.on('error', () => undefined);
            asking.destroy();
          },
        });
      });
      asking.end();
    });
}
