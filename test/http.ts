/** HTTP as a test writes it: each request on a connection of its own unless an agent is given, header fields as they stand. */
import { request as requestPlain } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Text of a certificate to trust, which must be for "localhost": speaks TLS. */
  readonly ca?: string;
  /** Where to connect; 127.0.0.1 without it. */
  readonly host?: string;
  /** The address to connect from. */
  readonly from?: string;
  readonly agent?: Agent;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json(): Record<string, unknown>;
}

/** Rejects when the connection breaks before the answer is whole. */
export async function ask(port: number, path: string, options: Ask = {}): Promise<Answered> {
  const incoming = await begin(port, path, options);
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { statusCode: status = 0, headers } = incoming;
  return { status, headers, text, json: () => JSON.parse(text) as Record<string, unknown> };
}

/** The head of the answer, its body to be read as it comes. */
export function begin(port: number, path: string, options: Ask = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body, ca, host = '127.0.0.1', from, agent } = options;
  const shared = { port, path, method, host, headers, agent: agent ?? false, ...(from && { localAddress: from }) };
  return new Promise((resolve, reject) => {
    const request = ca === undefined ? requestPlain(shared) : requestTls({ ...shared, ca, servername: 'localhost' });
    request.on('response', resolve);
    request.on('error', reject);
    request.setTimeout(30_000, () => request.destroy(new Error(`no answer to ${method} ${path} in time`)));
    request.end(body);
  });
}

export function asJson(body: unknown, headers: Readonly<Record<string, string>> = {}): Ask {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function basic(name: string, password: string): Readonly<Record<string, string>> {
  return { Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

/** The cookie that an answer sets, as a browser sends it back. */
export function cookieOf({ headers }: Answered): Readonly<Record<string, string>> {
  return { Cookie: /^[^;]*/.exec(headers['set-cookie']?.[0] ?? '')?.[0] ?? '' };
}
