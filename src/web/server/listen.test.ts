import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { silentLog, systemClock } from '../../base/index.ts';
import { makeSelfSigned } from '../../net/index.ts';
import { listenWeb } from './listen.ts';
import type { WebListener, WebListenOptions } from './listen.ts';

/** Real sockets need real time: a fifth of a second stands for half a minute. */
const SHORT = { header: 200, idle: 400 };

async function open(t: TestContext, options: Partial<WebListenOptions> = {}): Promise<WebListener> {
  const listener = await listenWeb({
    host: '127.0.0.1',
    port: 0,
    settings: () => ({ names: ['mx.a.test'], proxies: [] }),
    answer: (_, { caller }) => Promise.resolve(new Response(caller.origin)),
    maxConnections: 100,
    timeouts: SHORT,
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  t.after(() => listener.close(0));
  return listener;
}

function dial(t: TestContext, port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  t.after(() => {
    socket.destroy();
  });
  return socket;
}

/** All that comes until the other side closes. */
async function rest(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  // `once` of node:events would reject for what is written to it after its end.
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

function get(port: number, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', agent: false, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => {
        resolve(text);
      });
      incoming.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('who never comes to the end of a header is sent away, and others are served meanwhile', async (t) => {
  const { port } = await open(t);
  const slow = Array.from({ length: 50 }, () => dial(t, port));
  for (const socket of slow) socket.write('GET / HTTP/1.1\r\nX: ');
  const dripping = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('x');
  }, 20);
  t.after(() => {
    clearInterval(dripping);
  });
  const ended = Promise.all(slow.map(rest));
  assert.equal(await get(port), `http://127.0.0.1:${port}`);
  for (const text of await ended) assert.match(text, /^(HTTP\/1\.1 408 Request Timeout\r\n[^]*)?$/);
});

test('who says nothing at all is sent away too, over TLS before the handshake', async (t) => {
  const { certPem: cert, keyPem: key } = await makeSelfSigned({
    names: ['localhost'],
    addresses: [],
    days: 1,
    now: Date.now(),
  });
  const plain = await open(t);
  const tls = await open(t, { tls: () => ({ cert, key }) });
  await Promise.all([rest(dial(t, plain.port)), rest(dial(t, tls.port))]);
  const early = connectTls({ port: tls.port, host: '127.0.0.1', ca: cert, servername: 'localhost' });
  t.after(() => {
    early.destroy();
  });
  await once(early, 'secureConnect');
  assert.equal(early.authorized, true);
  await rest(early);
});

test('an answer that is not read holds its connection for a while only', async (t) => {
  let cancelled = false;
  const { port } = await open(t, {
    answer: () =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(new Uint8Array(65_536));
            },
            cancel() {
              cancelled = true;
            },
          }),
        ),
      ),
  });
  const socket = dial(t, port);
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  socket.pause();
  const end = Date.now() + 10_000;
  while (!cancelled && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(cancelled, 'its source was let go');
});

test('one address has so many connections, and the others their own', async (t) => {
  const { port } = await open(t, { maxPerAddress: 3 });
  const held = Array.from({ length: 3 }, () => dial(t, port));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  assert.equal(await rest(dial(t, port)), '');
  const neighbour = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.7' });
  neighbour.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  assert.match(await rest(neighbour), /^HTTP\/1\.1 200 /);
  held[0]?.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await get(port), `http://127.0.0.1:${port}`);
});

test('closing waits for an answer under way, and cuts what does not end in time', async (t) => {
  const waiting: (() => void)[] = [];
  const listener = await open(t, {
    timeouts: { header: 5_000, idle: 60_000 },
    answer: () => new Promise((resolve) => waiting.push(() => resolve(new Response('at last')))),
  });
  const [first, second] = [get(listener.port), get(listener.port)];
  while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  const closed = listener.close(300);
  waiting[0]?.();
  const outcomes = await Promise.allSettled([first, second]);
  assert.deepEqual(outcomes.map((one) => (one.status === 'fulfilled' ? one.value : 'cut')).toSorted(), [
    'at last',
    'cut',
  ]);
  await closed;
  await assert.rejects(get(listener.port), /ECONNREFUSED/);
});

test('a port that is taken is told in a sentence', async (t) => {
  const { port } = await open(t);
  await assert.rejects(
    open(t, { port }),
    /Can't listen on 127\.0\.0\.1 port \d+: another program has it\. Stop that program/,
  );
});

test('an answer that throws is a sentence, and the server goes on', async (t) => {
  let broken = true;
  const { port } = await open(t, {
    answer: () => (broken ? Promise.reject(new Error('secret words')) : Promise.resolve(new Response('well'))),
  });
  const said = await get(port);
  assert.match(said, /Something went wrong here/);
  assert.doesNotMatch(said, /secret/);
  broken = false;
  assert.equal(await get(port), 'well');
});
