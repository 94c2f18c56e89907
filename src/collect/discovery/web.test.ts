import assert from 'node:assert/strict';
import test from 'node:test';
import { systemClock } from '../../base/index.ts';
import { FakeClock } from '../../base/testing.ts';
import { memoryWirePair } from '../../net/index.ts';
import type { MailServer } from '../server.ts';
import { probe, webFetch } from './web.ts';

const URL_ = 'https://b.test/.well-known/autoconfig/mail/config-v1.1.xml';
const signal = new AbortController().signal;
const answering =
  (response: () => Response | Promise<Response>): typeof globalThis.fetch =>
  () =>
    Promise.resolve(response());

test('a document comes as text; what is not there, or too large, is nothing', async () => {
  const get = (response: () => Response) => webFetch({ clock: systemClock, fetch: answering(response) })(URL_, signal);
  assert.equal(await get(() => new Response('<clientConfig/>')), '<clientConfig/>');
  assert.equal(await get(() => new Response('no', { status: 404 })), undefined);
  assert.equal(await get(() => new Response('x'.repeat(300_000))), undefined);
  await assert.rejects(
    get(() => new Response('', { status: 503 })),
    /the server says 503/,
  );
});

test('a redirect into the open is not followed to its end', async () => {
  const clear = new Response('x');
  Object.defineProperty(clear, 'url', { value: 'http://b.test/x' });
  await assert.rejects(webFetch({ clock: systemClock, fetch: answering(() => clear) })(URL_, signal), /not private/);
});

test('why it failed is told, not that it failed', async () => {
  const broken = answering(() =>
    Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND b.test') })),
  );
  await assert.rejects(
    webFetch({ clock: systemClock, fetch: broken })(URL_, signal),
    /^Error: getaddrinfo ENOTFOUND b\.test$/,
  );
});

test('who does not answer is not waited for', async () => {
  const clock = new FakeClock();
  const silent: typeof globalThis.fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => {
        reject(init.signal?.reason as Error);
      });
    });
  const asked = assert.rejects(webFetch({ clock, fetch: silent })(URL_, signal), /no answer within 10 s/);
  await clock.advance(10_000);
  await asked;
});

test('a server is there when it greets as its protocol does', async () => {
  const greets = async (protocol: MailServer['protocol'], greeting: string): Promise<boolean> => {
    const { client, server } = memoryWirePair({ clock: systemClock });
    server.write(greeting);
    await server.flush();
    const look = probe(systemClock, () => Promise.resolve(client));
    return await look({ protocol, host: 'b.test', port: 110, protection: 'starttls' }, signal);
  };
  assert.equal(await greets('pop3', '+OK hi\r\n'), true);
  assert.equal(await greets('smtp', '220 hi\r\n'), true);
  assert.equal(await greets('pop3', '220 hi\r\n'), false);
  assert.equal(await greets('smtp', '554 no\r\n'), false);
});
