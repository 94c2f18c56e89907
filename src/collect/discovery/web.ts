/** The two ways out that the ladder needs: a document over https, and whether a mail server answers at all. */
import type { Clock } from '../../base/index.ts';
import { dial } from '../../net/index.ts';
import type { DialOptions, Wire } from '../../net/index.ts';
import type { MailServer } from '../server.ts';
import { httpsGet } from './https-get.ts';
import type { HttpsGet } from './https-get.ts';
import type { WebFetch } from './ladder.ts';

/** Octets of a document; larger ones are not what is looked for. */
const LARGEST = 200_000;
const FETCH_TIMEOUT = 10_000;
const PROBE_TIMEOUT = 5_000;
/** Octets of a greeting. */
const LONGEST_LINE = 8_192;

/** More than these in a row lead nowhere. */
const MOST_REDIRECTS = 5;

export interface WebFetchParts {
  readonly clock: Clock;
  /** Default: the network. */
  readonly get?: HttpsGet;
}

/** Asks over https only, and follows redirects to https only: the address that is asked may name a person. */
export function webFetch({ clock, get = httpsGet() }: WebFetchParts): WebFetch {
  return async (url, signal) => {
    const slow = new AbortController();
    const cancel = clock.after(FETCH_TIMEOUT, () => {
      slow.abort(new Error(`no answer within ${FETCH_TIMEOUT / 1000} s`));
    });
    try {
      return await followed(get, new URL(url), AbortSignal.any([signal, slow.signal]));
    } catch (error) {
      // Most domains have no host of that name: that is an answer.
      if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND') return undefined;
      throw new Error(reasonOf(error), { cause: error });
    } finally {
      cancel();
    }
  };
}

async function followed(get: HttpsGet, first: URL, signal: AbortSignal): Promise<string | undefined> {
  let url = first;
  for (let times = 0; times <= MOST_REDIRECTS; times++) {
    const answer = await get(url, signal);
    try {
      if (answer.status === 200) return await textOf(answer.body);
      if (answer.status >= 500) throw new Error(`the server says ${answer.status}`);
      if (answer.status < 300 || answer.status >= 400 || answer.location === undefined) return undefined;
    } finally {
      answer.end();
    }
    const next = URL.parse(answer.location, url.href);
    if (next?.protocol !== 'https:') throw new Error('it leads to an address that is not private');
    url = next;
  }
  throw new Error('it leads from one address to another and does not end');
}

/** '' when it is larger than any such file. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of body) {
    octets += piece.byteLength;
    if (octets > LARGEST) return '';
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** What the system calls troubles of a line, for people. */
const REASONS: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'nobody could say which address the name has',
  ECONNREFUSED: 'nobody answers there',
  ECONNRESET: 'the line was cut',
  EPROTO: 'what answers there does not speak TLS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody vouches for its certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody vouches for its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody vouches for its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { code = '', message } = first as NodeJS.ErrnoException;
  return REASONS[code] ?? (code.startsWith('ERR_SSL_') ? 'what answers there does not speak TLS' : message);
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
