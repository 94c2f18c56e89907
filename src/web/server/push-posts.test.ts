import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { test, type TestContext } from 'node:test';
import { FakeClock } from '../../base/testing.ts';
import { fakeResolver } from '../../dns/testing.ts';
import { makeSelfSigned } from '../../net/index.ts';
import { PushPosts } from './push-posts.ts';

const PUBLIC = '93.184.216.34';

interface Post {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface World {
  readonly posts: PushPosts;
  readonly clock: FakeClock;
  /** "address:port host path" of each request that was sent. */
  readonly sent: string[];
  readonly got: Post[];
}

async function listening(t: TestContext, server: Server & { closeAllConnections(): void }): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function listener(got: Post[], answer: RequestListener): RequestListener {
  return (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      got.push({ url: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() });
      answer(incoming, outgoing);
    });
  };
}

const taken: RequestListener = (_, outgoing) => {
  outgoing.writeHead(201).end('ignored');
};

/** Every connection, wherever it is meant to go, ends at one server on loopback. */
async function world(
  t: TestContext,
  answer: RequestListener,
  addresses: Readonly<Record<string, readonly string[]>> = { 'push.test': [PUBLIC] },
): Promise<World> {
  const [sent, got]: [string[], Post[]] = [[], []];
  const port = await listening(t, createServer(listener(got, answer)));
  const clock = new FakeClock();
  const zones = Object.fromEntries(Object.entries(addresses).map(([name, a]) => [name, { a }]));
  const posts = new PushPosts({
    resolver: fakeResolver(zones),
    clock,
    mayBeLocal: () => false,
    send(secure, given) {
      const host = (given.headers as Record<string, string>)['Host'];
      sent.push(`${secure ? 'https' : 'http'} ${given.host}:${given.port} ${host}${given.path}`);
      return request({ ...given, host: '127.0.0.1', port });
    },
  });
  return { posts, clock, sent, got };
}

function message(url: string, more: { readonly isEncrypted?: boolean; readonly signal?: AbortSignal } = {}) {
  return { url, octets: Buffer.from('{}'), isEncrypted: false, signal: new AbortController().signal, ...more };
}

test('[8030-5-request] a message is posted with its type, how long it is kept, and nothing of who it is from', async (t) => {
  const { posts, sent, got } = await world(t, taken);
  assert.deepEqual(await posts.post(message('https://name:secret@push.test/a?b=1#c')), { kind: 'taken' });
  assert.deepEqual(await posts.post(message('https://push.test:8443/', { isEncrypted: true })), { kind: 'taken' });
  assert.deepEqual(sent, [`https ${PUBLIC}:443 push.test/a?b=1`, `https ${PUBLIC}:8443 push.test:8443/`]);
  const [clear, sealed] = got.map(({ headers: { connection: _, host: __, ...headers } }) => headers);
  const usual = { 'user-agent': 'Posthorn', ttl: '86400', 'content-length': '2' };
  assert.deepEqual(clear, { ...usual, 'content-type': 'application/json' });
  assert.deepEqual(sealed, { ...usual, 'content-type': 'application/json', 'content-encoding': 'aes128gcm' });
  assert.equal(got[0]?.body, '{}');
});

test('a service that changes to another protocol, or hangs up, has not taken it: nobody waits for it any more', async (t) => {
  const answers = ['HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', ''];
  const { posts } = await world(t, ({ socket }) => {
    socket.end(answers.shift() ?? '');
  });
  while (answers.length > 0) assert.equal((await posts.post(message('https://push.test/'))).kind, 'failed');
});

test('[8030-7.3-gone] what a service says is taken, gone, or tried again when it wants', async (t) => {
  const clock = new FakeClock();
  const answers: [status: number, retryAfter?: string][] = [
    [200],
    [204],
    [404],
    [410],
    [429, '120'],
    [503, new Date(clock.now() + 60_000).toUTCString()],
    [503, 'soon'],
    [301],
    [400],
  ];
  const { posts } = await world(t, (_, outgoing) => {
    const [status, wait] = answers.shift() ?? [500];
    outgoing.writeHead(status, {
      Location: 'https://push.test/',
      ...(wait === undefined ? {} : { 'Retry-After': wait }),
    });
    outgoing.end();
  });
  const outcomes: string[] = [];
  while (answers.length > 0) {
    const outcome = await posts.post(message('https://push.test/'));
    outcomes.push(outcome.kind === 'failed' ? `${outcome.why} ${String(outcome.retryAfter)}` : outcome.kind);
  }
  const failed = ['429 120000', '503 60000', '503 undefined', '301 undefined', '400 undefined'];
  assert.deepEqual(outcomes, [
    'taken',
    'taken',
    'gone',
    'gone',
    ...failed.map((one) => `push.test: answered with ${one}`.replace('push.test: ', '')),
  ]);
});

test('no address of this host or its neighbours is posted to, under whatever name', async (t) => {
  const { posts, sent } = await world(t, taken, {
    'inside.test': ['10.1.2.3'],
    'both.test': [PUBLIC, '127.0.0.1'],
    'nobody.test': [],
  });
  for (const url of [
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/',
  ]) {
    assert.equal(posts.isPostable(url), false, url);
    assert.match(JSON.stringify(await posts.post(message(url))), /no place on the public Internet/);
  }
  assert.equal(posts.isPostable('https://inside.test/'), true, 'its name is looked up when it is posted to');
  for (const [name, why] of Object.entries({ inside: /public/, both: /public/, nobody: /nobody has that name/ }))
    assert.match(JSON.stringify(await posts.post(message(`https://${name}.test/secret`))), why);
  assert.deepEqual(sent, []);
});

test('a service that does not answer is left, and so is one when the server stops', async (t) => {
  const { posts, clock, got } = await world(t, () => undefined);
  const slow = posts.post(message('https://push.test/secret'));
  while (got.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await clock.advance(30_000);
  assert.deepEqual(await slow, { kind: 'failed', why: 'push.test: no answer within 30 s' });
  const stopping = new AbortController();
  const stopped = posts.post(message('https://push.test/', { signal: stopping.signal }));
  stopping.abort();
  assert.equal((await stopped).kind, 'failed');
});

test('where its keeper says so, a service on this machine is posted to, whose certificate nobody knows', async (t) => {
  const made = await makeSelfSigned({ names: ['localhost'], addresses: [], days: 1, now: Date.now() });
  const got: Post[] = [];
  const port = await listening(t, createTlsServer({ cert: made.certPem, key: made.keyPem }, listener(got, taken)));
  let mayBeLocal = true;
  const posts = new PushPosts({ resolver: fakeResolver({}), clock: new FakeClock(), mayBeLocal: () => mayBeLocal });
  const url = `https://127.0.0.1:${String(port)}/here`;
  assert.deepEqual([posts.isPostable(url), await posts.post(message(url))], [true, { kind: 'taken' }]);
  mayBeLocal = false;
  assert.deepEqual([posts.isPostable(url), (await posts.post(message(url))).kind], [false, 'failed']);
  assert.deepEqual(
    got.map((post) => post.url),
    ['/here'],
  );
});
