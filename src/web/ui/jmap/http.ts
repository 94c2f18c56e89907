/** The few HTTP requests of this page: who am I, log in, log out, the JMAP session and its API. */
import { clock } from '../clock.ts';
import { Trouble } from './trouble.ts';
import type { TroubleKind } from './trouble.ts';
import type { Session } from './types.ts';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Milliseconds: the server has done, or refused, everything within a minute. */
const LONGEST_ANSWER = 120_000;

export interface WhoAmI {
  readonly account: string;
  /** The address it logs in with. */
  readonly name: string;
}

export class Http {
  private readonly fetch: Fetch;
  private readonly isOnline: () => boolean;

  constructor(fetch: Fetch, isOnline: () => boolean) {
    this.fetch = fetch;
    this.isOnline = isOnline;
  }

  /** undefined: nobody is logged in. */
  async whoAmI(): Promise<WhoAmI | undefined> {
    const response = await this.send('/session');
    if (response.status === 401 || response.status === 204) return undefined;
    return (await this.json(response)) as WhoAmI;
  }

  /** Throws a Trouble whose `said` is the server's sentence when it refuses. */
  async logIn(login: string, password: string): Promise<void> {
    const response = await this.post('/session', { login, password });
    if (!response.ok) throw await refusal(response, 'refused');
  }

  async logOut(): Promise<void> {
    const response = await this.send('/session', { method: 'DELETE' });
    if (!response.ok && response.status !== 401) throw await refusal(response);
  }

  async session(): Promise<Session> {
    return withPaths((await this.json(await this.send('/jmap/session'))) as Session);
  }

  /** A server that is gone without a word would be waited for until the system gives up, which takes many minutes. */
  async api(url: string, body: object): Promise<unknown> {
    const patience = new AbortController();
    const cancel = clock.after(LONGEST_ANSWER, () => {
      patience.abort();
    });
    try {
      return await this.json(await this.post(url, body, patience.signal));
    } finally {
      cancel();
    }
  }

  /** Of a file its first octets, so many at most; the rest is not loaded. */
  async beginning(url: string, most: number): Promise<{ readonly octets: Uint8Array; readonly isWhole: boolean }> {
    const response = await this.send(url);
    if (!response.ok) throw await refusal(response);
    try {
      return await firstOf(response, most);
    } catch {
      throw new Trouble(this.isOnline() ? 'gone' : 'offline');
    }
  }

  private post(url: string, body: object, signal?: AbortSignal): Promise<Response> {
    return this.send(url, {
      ...(signal === undefined ? {} : { signal }),
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    });
  }

  private async send(url: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await this.fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init });
    } catch {
      throw new Trouble(this.isOnline() ? 'gone' : 'offline');
    }
  }

  private async json(response: Response): Promise<unknown> {
    if (!response.ok) throw await refusal(response);
    try {
      return await response.json();
    } catch {
      // Something on the way answered in the server's place, or the answer was cut off.
      throw new Trouble('gone');
    }
  }
}

async function firstOf(
  response: Response,
  most: number,
): Promise<{ readonly octets: Uint8Array; readonly isWhole: boolean }> {
  const octets = new Uint8Array(most);
  let length = 0;
  const reader = response.body?.getReader();
  for (let isWhole = false; reader !== undefined && !isWhole;) {
    const { done, value } = await reader.read();
    isWhole = done;
    if (value === undefined) continue;
    octets.set(value.subarray(0, most - length), length);
    if (length + value.length > most) {
      await reader.cancel();
      return { octets, isWhole: false };
    }
    length += value.length;
  }
  return { octets: octets.subarray(0, length), isWhole: true };
}

/** The addresses of a session are whole ones; this page may ask nobody but where it came from, so their paths do. */
function withPaths(session: Session): Session {
  const path = (url: string): string => url.replace(/^https?:\/\/[^/]+/i, '');
  return {
    ...session,
    apiUrl: path(session.apiUrl),
    downloadUrl: path(session.downloadUrl),
    uploadUrl: path(session.uploadUrl),
    eventSourceUrl: path(session.eventSourceUrl),
  };
}

async function refusal(response: Response, whatFor401: TroubleKind = 'ended'): Promise<Trouble> {
  return new Trouble(kindOf(response.status, whatFor401), await sentence(response));
}

function kindOf(status: number, whatFor401: TroubleKind): TroubleKind {
  if (status === 401) return whatFor401;
  if (status === 404) return 'notFound';
  if (status === 429) return 'busy';
  return status >= 502 && status <= 504 ? 'gone' : 'refused';
}

/** Problem details (RFC 9457) have `detail`; others say what they say as text. */
async function sentence(response: Response): Promise<string | undefined> {
  const text = await response.text().catch(() => '');
  if (!/json/.test(response.headers.get('content-type') ?? '')) return text.slice(0, 500) || undefined;
  try {
    const { detail, title, error } = JSON.parse(text) as Record<string, unknown>;
    const said = [detail, error, title].find((one) => typeof one === 'string');
    return said as string | undefined;
  } catch {
    return undefined;
  }
}
