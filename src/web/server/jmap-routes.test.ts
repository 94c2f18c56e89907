import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Download, Jmap, PushEvent } from '../../jmap/index.ts';
import { basic, ORIGIN, PASSWORD, postJson, testWeb } from './testing.ts';

const AUTHORIZATION = basic('alice', PASSWORD);
const PROGRAM = { headers: { Authorization: AUTHORIZATION } };
const CORE = 'urn:ietf:params:jmap:core';
const ECHO = { using: [CORE], methodCalls: [['Core/echo', { a: 1 }, 'x']] };

test('[8620-2-urls] [8620-2.2-well-known] the session is found by both of its addresses, with a cookie and with a password', async (t) => {
  const web = await testWeb(t);
  const Cookie = await web.logIn();
  for (const path of ['/.well-known/jmap', '/jmap/session'])
    for (const init of [PROGRAM, { headers: { Cookie } }]) {
      const answered = await web.request(path, init);
      assert.equal(answered.headers.get('Cache-Control'), 'no-store');
      const session = (await answered.json()) as Record<string, unknown>;
      assert.deepEqual(
        [session['username'], session['apiUrl'], session['uploadUrl']],
        ['alice@a.test', `${ORIGIN}/jmap/api`, `${ORIGIN}/jmap/upload/{accountId}`],
      );
    }
  const https = await web.request('/.well-known/jmap', { ...PROGRAM, origin: 'https://mail.a.test' });
  const { apiUrl } = (await https.json()) as { apiUrl: string };
  assert.equal(apiUrl, 'https://mail.a.test/jmap/api', 'by the name that the client used');
  assert.equal((await web.request('/.well-known/jmap')).status, 401);
});

test('[8620-3.1-post] a request is JSON, from our page or from a program, within its size', async (t) => {
  const web = await testWeb(t);
  const Cookie = await web.logIn();
  const post = async (headers: Record<string, string>, body: unknown = ECHO): Promise<readonly [number, unknown]> => {
    const answered = await web.request('/jmap/api', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const { methodResponses, type } = (await answered.json()) as Record<string, unknown>;
    return [answered.status, methodResponses ?? type];
  };
  const done = [200, [['Core/echo', { a: 1 }, 'x']]];
  assert.deepEqual(await post({ Authorization: AUTHORIZATION }), done);
  assert.deepEqual(await post({ Cookie, Origin: ORIGIN }), done);
  assert.deepEqual(await post({ Cookie, 'Sec-Fetch-Site': 'same-origin' }), done);
  assert.equal((await post({ Cookie }))[0], 403);
  assert.equal((await post({ Cookie, Origin: 'http://evil.test' }))[0], 403);
  assert.equal((await post({}))[0], 401);
  const notJson = [400, 'urn:ietf:params:jmap:error:notJSON'];
  assert.deepEqual(await post({ Authorization: AUTHORIZATION, 'Content-Type': 'text/plain' }), notJson);
  assert.deepEqual(await post({ Authorization: AUTHORIZATION }, '{'), notJson);
  const long = await post({ Authorization: AUTHORIZATION }, ' '.repeat(10_000_001));
  assert.deepEqual(long, [400, 'urn:ietf:params:jmap:error:limit']);
});

test('requests that are still being read are counted, for each account', async (t) => {
  const web = await testWeb(t);
  await web.request('/session', PROGRAM);
  const ends: (() => void)[] = [];
  const slowly = (): Promise<Response> =>
    web.request('/jmap/api', {
      ...postJson(ECHO),
      headers: { Authorization: AUTHORIZATION, 'Content-Type': 'application/json' },
      body: new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(Buffer.from('{}'));
          ends.push(() => {
            controller.close();
          });
        },
      }),
    });
  const open = Array.from({ length: 8 }, slowly);
  while (ends.length < 8) await new Promise((resolve) => setImmediate(resolve));
  // All of them have been let in when the ninth is not.
  let ninth = await slowly();
  assert.equal(ninth.status, 429);
  for (const end of ends) end();
  assert.deepEqual(new Set((await Promise.all(open)).map(({ status }) => status)), new Set([400]));
  ninth = await web.request('/jmap/api', { ...postJson(ECHO, { Authorization: AUTHORIZATION }) });
  assert.equal(ninth.status, 200);
});

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

const FOUND: Download = { stream: chunks('ab', 'cd'), octets: 4, type: 'text/html', name: 'x.html' };

test('[8620-6.2-download] [6266-4.2-attachment] a download is an attachment, sandboxed, and never part of a page', async (t) => {
  const asked: unknown[] = [];
  const jmap: Partial<Jmap> = {
    download: (account, wish) => {
      asked.push([account.id, wish]);
      return Promise.resolve(wish.blobId === 'e-1' ? { ...FOUND, stream: chunks('ab', 'cd') } : undefined);
    },
  };
  const web = await testWeb(t, { jmap });
  const Cookie = await web.logIn();
  const path = `/jmap/download/${web.alice}/e-1/x%2F%20y.html?type=text%2Fhtml`;
  const answered = await web.request(path, {
    headers: { Cookie, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'document' },
  });
  assert.equal(await answered.text(), 'abcd');
  const wish = { accountId: web.alice, blobId: 'e-1', name: 'x/ y.html', type: 'text/html' };
  assert.deepEqual(asked, [[web.alice, wish]]);
  const { headers } = answered;
  assert.equal(headers.get('Content-Type'), 'application/octet-stream');
  assert.equal(headers.get('Content-Length'), '4');
  assert.match(headers.get('Content-Disposition') ?? '', /^attachment; filename="x.html"/);
  assert.match(headers.get('Content-Security-Policy') ?? '', /^sandbox; default-src 'none'/);
  assert.deepEqual([headers.get('X-Content-Type-Options'), headers.get('Cache-Control')], ['nosniff', 'no-store']);
  assert.equal((await web.request(path, PROGRAM)).headers.get('Content-Type'), 'text/html');
  for (const dest of ['script', 'style', 'iframe', 'serviceworker', 'object'])
    assert.equal((await web.request(path, { headers: { Cookie, 'Sec-Fetch-Dest': dest } })).status, 403, dest);
  assert.equal((await web.request(path, { headers: { Cookie, 'Sec-Fetch-Site': 'same-site' } })).status, 403);
  assert.equal((await web.request(path)).status, 401);
  assert.equal((await web.request(path.replace('e-1', 'e-2'), PROGRAM)).status, 404);
});

test('a download that breaks off cuts the connection, so that nobody takes it for whole', async (t) => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* chunks('ab');
    throw new Error('the disk is gone');
  }
  const web = await testWeb(t, { jmap: { download: () => Promise.resolve({ ...FOUND, stream: broken() }) } });
  const answered = await web.request(`/jmap/download/${web.alice}/e-1/x`, PROGRAM);
  assert.deepEqual([await answered.text(), web.cut()], ['ab', 1]);
  assert.match(web.logged.join('\n'), /could not be read to its end.*the disk is gone/);
});

test('files of a message come together in a ZIP, under the rules of a download', async (t) => {
  const asked: unknown[] = [];
  const jmap: Partial<Jmap> = {
    files: (account, wish) => {
      asked.push([account.id, wish]);
      const file = (name: string | undefined, type: string) => ({
        name,
        type,
        octets: 2,
        read: () => chunks('a', 'b'),
      });
      const files = [file('../x.html', 'text/html'), file(undefined, 'message/rfc822'), file('.._X.HTML', 'text/html')];
      return Promise.resolve(wish.blobId === 'e-1' ? files : undefined);
    },
  };
  const web = await testWeb(t, { jmap });
  const Cookie = await web.logIn();
  const path = `/jmap/archive/${web.alice}/e-1/My%2Ffiles.zip?parts=3,5,3`;
  const answered = await web.request(path, {
    headers: { Cookie, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'empty' },
  });
  const zip = Buffer.from(await answered.arrayBuffer());
  assert.deepEqual(asked, [[web.alice, { accountId: web.alice, blobId: 'e-1', parts: [3, 5] }]]);
  const { headers } = answered;
  assert.equal(headers.get('Content-Length'), String(zip.length));
  const text = zip.toString('latin1');
  for (const name of ['__x.html', 'message.eml', '__X (2).HTML']) assert.equal(text.split(name).length, 3, name);
  assert.equal(headers.get('Content-Type'), 'application/zip');
  assert.match(headers.get('Content-Disposition') ?? '', /^attachment; filename="My_files.zip"/);
  assert.match(headers.get('Content-Security-Policy') ?? '', /^sandbox; default-src 'none'/);
  assert.deepEqual([headers.get('X-Content-Type-Options'), headers.get('Cache-Control')], ['nosniff', 'no-store']);
  const head = await web.request(path, { ...PROGRAM, method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  for (const [init, status] of [
    [{}, 401],
    [{ headers: { Cookie, 'Sec-Fetch-Site': 'cross-site' } }, 403],
    [{ headers: { Cookie, 'Sec-Fetch-Dest': 'iframe' } }, 403],
  ] as const)
    assert.equal((await web.request(path, init)).status, status);
  const many = Array.from({ length: 1_001 }, (_, n) => n).join(',');
  for (const parts of ['x', '1,', '-1', many]) {
    assert.equal((await web.request(path.replace('3,5,3', parts), PROGRAM)).status, 400, parts.slice(0, 20));
  }
  assert.equal((await web.request(path.replace('e-1', 'e-2'), PROGRAM)).status, 404);
});

test('what fails is told without its cause, and logged without the names of files', async (t) => {
  const download = () => Promise.reject(new Error('the disk is gone'));
  const web = await testWeb(t, { jmap: { download } });
  const answered = await web.request(`/jmap/download/${web.alice}/e-1/my%20will.pdf?type=text/plain`, PROGRAM);
  assert.equal(answered.status, 500);
  assert.doesNotMatch(await answered.text(), /disk/);
  const logged = web.logged.find((line) => line.includes('the disk is gone')) ?? '';
  assert.match(logged, /"path":"\/jmap\/download"/);
  assert.doesNotMatch(web.logged.join('\n'), /will/);
});

test('[8620-6.1-upload] an upload is handed on as it comes, for the account that it names', async (t) => {
  const texts: string[] = [];
  const jmap: Partial<Jmap> = {
    async upload(account, { accountId, type = '-', stream }) {
      if (accountId !== account.id) return 'no-account';
      for await (const chunk of stream) texts.push(Buffer.from(chunk).toString());
      return { uploaded: { accountId, blobId: 'u-1', type, size: texts.join('').length } };
    },
  };
  const web = await testWeb(t, { jmap });
  const upload = (account: string, headers: Record<string, string>): Promise<Response> =>
    web.request(`/jmap/upload/${account}`, { method: 'POST', headers, body: 'octets' });
  const answered = await upload(web.alice, { Authorization: AUTHORIZATION, 'Content-Type': 'image/png' });
  const uploaded = { accountId: web.alice, blobId: 'u-1', type: 'image/png', size: 6 };
  assert.deepEqual([answered.status, await answered.json()], [201, uploaded]);
  assert.equal((await upload('other', { Authorization: AUTHORIZATION })).status, 404);
  assert.equal((await upload(web.alice, { Cookie: await web.logIn() })).status, 403, 'a form of another page');
  assert.equal((await upload(web.alice, {})).status, 401);
});

// --- Events ---

/** An event source in the hands of a test. */
function pushing(): {
  readonly jmap: Pick<Jmap, 'events'>;
  readonly push: (event: PushEvent) => void;
  readonly wishes: unknown[];
  readonly open: () => number;
} {
  const wishes: unknown[] = [];
  const waiting: ((event: PushEvent | undefined) => void)[] = [];
  let open = 0;
  async function* events(_: unknown, wish: Parameters<Jmap['events']>[1]): AsyncGenerator<PushEvent> {
    const { signal, ...rest } = wish;
    wishes.push(rest);
    open++;
    try {
      while (!signal.aborted) {
        const event = await new Promise<PushEvent | undefined>((resolve) => {
          waiting.push(resolve);
          signal.addEventListener('abort', () => {
            resolve(undefined);
          });
        });
        if (event === undefined) return;
        yield event;
      }
    } finally {
      open--;
    }
  }
  return {
    jmap: { events },
    push: (event) => {
      for (const tell of waiting.splice(0)) tell(event);
    },
    wishes,
    open: () => open,
  };
}

const STATE: PushEvent = {
  event: 'state',
  id: 'Email:1-7',
  data: { '@type': 'StateChange', changed: { a: { Email: '1-7' } } },
};

/** What comes next, as text; undefined at the end. */
async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value === undefined ? undefined : Buffer.from(value).toString();
}

async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('[8620-7.3-stream] events: one write for each, with the id to come back with, and a sign of life', async (t) => {
  const { jmap, push, wishes } = pushing();
  const web = await testWeb(t, { jmap });
  const headers = { ...PROGRAM.headers, 'Last-Event-ID': 'Email:1-6' };
  const answered = await web.request('/jmap/events?types=Email,Mailbox&closeafter=state&ping=60', { headers });
  assert.equal(answered.headers.get('Content-Type'), 'text/event-stream; charset=utf-8');
  assert.deepEqual(
    [answered.headers.get('Cache-Control'), answered.headers.get('X-Accel-Buffering')],
    ['no-store', 'no'],
  );
  const reader = (answered.body as ReadableStream<Uint8Array>).getReader();
  assert.match((await next(reader)) ?? '', /^retry: \d+\n\n$/);
  assert.deepEqual(wishes, [{ types: ['Email', 'Mailbox'], closeafter: 'state', ping: 60, lastEventId: 'Email:1-6' }]);
  push(STATE);
  const data = '{"@type":"StateChange","changed":{"a":{"Email":"1-7"}}}';
  assert.equal(await next(reader), `id: Email:1-7\nevent: state\ndata: ${data}\n\n`);
  await turns();
  push({ event: 'ping', data: { interval: 60 } });
  assert.equal(await next(reader), 'event: ping\ndata: {"interval":60}\n\n');
  await web.clock.advance(45_000);
  assert.equal(await next(reader), ':\n\n');
  await reader.cancel();
});

test('events that nobody can ask for are refused', async (t) => {
  const web = await testWeb(t);
  for (const query of ['closeafter=never', 'ping=-1', 'ping=x', 'ping=1.5'])
    assert.equal((await web.request(`/jmap/events?types=*&${query}`, PROGRAM)).status, 400, query);
  assert.equal((await web.request('/jmap/events?types=*')).status, 401);
  const foreign = { ...PROGRAM.headers, 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await web.request('/jmap/events?types=*', { headers: foreign })).status, 403);
});

test('events end with their login, with the server, and when nobody listens any more', async (t) => {
  const source = pushing();
  const web = await testWeb(t, { jmap: source.jmap });
  const Cookie = await web.logIn();
  const listen = async (headers: Record<string, string>) => {
    const answered = await web.request('/jmap/events?types=*&closeafter=no&ping=0', { headers });
    const reader = (answered.body as ReadableStream<Uint8Array>).getReader();
    await next(reader);
    await turns();
    return reader;
  };
  const left = await listen(PROGRAM.headers);
  assert.equal(source.open(), 1);
  await left.cancel();
  await turns();
  assert.equal(source.open(), 0);

  const byCookie = await listen({ Cookie });
  await web.directory.addDomain('c.test');
  await turns();
  assert.equal(source.open(), 1, 'another change of the directory ends nothing');
  await web.directory.setPassword('alice@a.test', 'another horse');
  assert.equal(await next(byCookie), undefined);

  const atStop = await listen({ Authorization: basic('alice', 'another horse') });
  web.stop();
  assert.equal(await next(atStop), undefined);
  await turns();
  assert.equal(source.open(), 0);
});

test('an account has so many event sources at a time', async (t) => {
  const web = await testWeb(t, { jmap: pushing().jmap });
  const open = (): Promise<Response> => web.request('/jmap/events?types=*&closeafter=no&ping=0', PROGRAM);
  const opened = [];
  for (let i = 0; i < 20; i++) opened.push(await open());
  assert.deepEqual(new Set(opened.map(({ status }) => status)), new Set([200]));
  assert.equal((await open()).status, 429);
  await opened[0]?.body?.cancel();
  assert.equal((await open()).status, 200);
  web.stop();
});

test('who asks for the header of an event source opens none', async (t) => {
  const source = pushing();
  const web = await testWeb(t, { jmap: source.jmap });
  for (let i = 0; i < 21; i++) {
    const answered = await web.request('/jmap/events?types=*', { ...PROGRAM, method: 'HEAD' });
    assert.equal(answered.status, 200);
    assert.match(answered.headers.get('Content-Type') ?? '', /^text\/event-stream/);
  }
  await turns();
  assert.equal(source.open(), 0);
});
