/** The two ways out that the ladder needs: a document over https, and whether a mail server answers at all. */
import type { Clock } from '../../base/index.ts';
import { dial } from '../../net/index.ts';
import type { DialOptions, Wire } from '../../net/index.ts';
import type { MailServer } from '../server.ts';
import type { WebFetch } from './ladder.ts';

/** Octets of a document; larger ones are not what is looked for. */
const LARGEST = 200_000;
const FETCH_TIMEOUT = 10_000;
const PROBE_TIMEOUT = 5_000;
/** Octets of a greeting. */
const LONGEST_LINE = 8_192;

export interface WebFetchParts {
  readonly clock: Clock;
  /** Default: the network. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Asks over https only, with no cookies and no word of who asks; follows redirects to https. */
export function webFetch({ clock, fetch = globalThis.fetch }: WebFetchParts): WebFetch {
  return async (url, signal) => {
    const slow = new AbortController();
    const cancel = clock.after(FETCH_TIMEOUT, () => {
      slow.abort(new Error(`no answer within ${FETCH_TIMEOUT / 1000} s`));
    });
    try {
      const response = await fetch(url, {
        signal: AbortSignal.any([signal, slow.signal]),
        redirect: 'follow',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        headers: { accept: 'application/xml, text/xml' },
      });
      if (response.url !== '' && !response.url.startsWith('https:'))
        throw new Error('it leads to an address that is not private');
      if (response.status !== 200) {
        await response.body?.cancel();
        if (response.status >= 500) throw new Error(`the server says ${response.status}`);
        return undefined;
      }
      return await textOf(response);
    } catch (error) {
      throw new Error(reasonOf(error), { cause: error });
    } finally {
      cancel();
    }
  };
}

async function textOf(response: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of response.body ?? []) {
    octets += piece.byteLength;
    if (octets > LARGEST) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** `fetch failed` says nothing; the reason stands behind it. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}

/**
 * Whether a server of that protocol greets there. With TLS from the start its certificate must be right: a guess that
 * can't prove its name is none.
 */
export function probe(
  clock: Clock,
  dialTo: (options: DialOptions) => Promise<Wire> = dial,
): (server: MailServer, signal: AbortSignal) => Promise<boolean> {
  return async ({ protocol, host, port, protection, authorities }, signal) => {
    const trust = authorities === undefined ? {} : { authorities };
    const wire = await dialTo({
      host,
      port,
      clock,
      timeout: PROBE_TIMEOUT,
      signal,
      ...(protection === 'implicit' ? { implicitTls: { serverName: host, verify: true, ...trust } } : {}),
    });
    try {
      const read = await wire.readLine(LONGEST_LINE);
      const greeting = read.kind === 'line' ? read.bytes.toString('latin1') : '';
      return protocol === 'pop3' ? greeting.startsWith('+OK') : greeting.startsWith('220');
    } finally {
      wire.destroy();
    }
  };
}
