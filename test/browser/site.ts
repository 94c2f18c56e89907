/** A small web site on loopback for a test: what it answers is a function of the request. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Site {
  readonly port: number;
  /** http://127.0.0.1:port */
  readonly origin: string;
  /** Every request so far, as "METHOD host/path". */
  readonly hits: readonly string[];
}

export type Answer = (request: Request) => Response | undefined | Promise<Response | undefined>;

/** Closed, with its connections, after the test. What `answer` does not know gets 404. */
export async function serveSite(t: TestContext, answer: Answer): Promise<Site> {
  const hits: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const host = incoming.headers.host ?? '';
    hits.push(`${incoming.method} ${host}${incoming.url}`);
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const method = incoming.method ?? 'GET';
      const body = method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.concat(chunks) };
      const headers = Object.entries(incoming.headers).map(
        ([name, value]) => [name, String(value)] as [string, string],
      );
      const asked = new Request(`http://${host}${incoming.url}`, { method, headers, ...body });
      Promise.resolve(answer(asked))
        .then(async (response = new Response('not here', { status: 404 })) => {
          outgoing.writeHead(response.status, Object.fromEntries(response.headers));
          outgoing.end(Buffer.from(await response.arrayBuffer()));
        })
        .catch((error: unknown) => {
          outgoing.writeHead(500).end(String(error));
        });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { port, origin: `http://127.0.0.1:${port}`, hits };
}

/** An answer with a page of HTML, without a policy unless one is given. */
export function html(text: string, policy?: string): Response {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    ...(policy === undefined ? {} : { 'content-security-policy': policy }),
  };
  return new Response(`<!doctype html>${text}`, { headers });
}
