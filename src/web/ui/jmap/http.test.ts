import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Http } from './http.ts';

const answering = (status: number, body: string, type = 'application/json', online = true): Http =>
  new Http(
    () => Promise.resolve(new Response(status === 204 ? null : body, { status, headers: { 'content-type': type } })),
    () => online,
  );

test('http: who I am, or nobody', async () => {
  assert.deepEqual(await answering(200, '{"account":"A","name":"anna@a.test"}').whoAmI(), {
    account: 'A',
    name: 'anna@a.test',
  });
  for (const status of [204, 401]) assert.equal(await answering(status, '').whoAmI(), undefined);
});

test('http: a login that is refused carries the server’s sentence', async () => {
  const wrong = answering(401, '{"title":"Not logged in","detail":"Look again."}', 'application/problem+json');
  await assert.rejects(wrong.logIn('a', 'b'), { kind: 'refused', said: 'Look again.' });
  await assert.rejects(answering(429, '{"detail":"Wait."}').logIn('a', 'b'), { kind: 'busy', said: 'Wait.' });
});

test('http: what goes wrong has a kind', async () => {
  await assert.rejects(answering(401, '').api('/x', {}), { kind: 'ended' });
  await assert.rejects(answering(503, 'sorry', 'text/plain').api('/x', {}), { kind: 'gone', said: 'sorry' });
  await assert.rejects(answering(200, '<html>a captive portal', 'text/html').api('/x', {}), { kind: 'gone' });
  const deaf = (online: boolean) =>
    new Http(
      () => Promise.reject(new TypeError('failed')),
      () => online,
    );
  await assert.rejects(deaf(true).session(), { kind: 'gone' });
  await assert.rejects(deaf(false).session(), { kind: 'offline' });
});

test('http: a server that never answers is gone after two minutes', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const silent = new Http(
    (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
    () => true,
  );
  let outcome = '';
  const asked = silent.api('/x', {}).catch((error: unknown) => (outcome = (error as { kind: string }).kind));
  t.mock.timers.tick(119_000);
  await Promise.resolve();
  assert.equal(outcome, '');
  t.mock.timers.tick(1_000);
  await asked;
  assert.equal(outcome, 'gone');
});

test('http: this page asks only where it came from', async () => {
  const session = {
    apiUrl: 'http://a.test:2080/jmap/api',
    downloadUrl: '/d/{name}',
    uploadUrl: 'https://a.test/u/',
    eventSourceUrl: 'HTTP://a/e?x',
  };
  const { apiUrl, downloadUrl, uploadUrl, eventSourceUrl } = await answering(200, JSON.stringify(session)).session();
  assert.deepEqual([apiUrl, downloadUrl, uploadUrl, eventSourceUrl], ['/jmap/api', '/d/{name}', '/u/', '/e?x']);
});

test('http: of a large file only the beginning is loaded', async () => {
  let [given, cancelled] = [0, false];
  const body = () =>
    new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          given += 1;
          if (given > 4) controller.close();
          else controller.enqueue(Uint8Array.of(given, given));
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
  const http = new Http(
    () => Promise.resolve(new Response(body())),
    () => true,
  );
  assert.deepEqual(await http.beginning('/x', 3), { octets: Uint8Array.of(1, 1, 2), isWhole: false });
  assert.deepEqual([given, cancelled], [2, true]);
  given = 0;
  assert.deepEqual(await http.beginning('/x', 8), { octets: Uint8Array.of(1, 1, 2, 2, 3, 3, 4, 4), isWhole: true });
  await assert.rejects(answering(404, '{"detail":"It is gone."}').beginning('/x', 3), {
    kind: 'notFound',
    said: 'It is gone.',
  });
});
