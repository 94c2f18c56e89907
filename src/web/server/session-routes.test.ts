import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, ORIGIN, PASSWORD, postJson, testWeb } from './testing.ts';

const RIGHT = { login: 'alice', password: PASSWORD };
const DAY = 24 * 60 * 60_000;

async function detailOf(answered: Response): Promise<string> {
  assert.equal(answered.headers.get('Content-Type'), 'application/problem+json');
  return ((await answered.json()) as { detail: string }).detail;
}

test('a login gives a cookie, the cookie says who one is, and logging out ends it', async (t) => {
  const web = await testWeb(t);
  const answered = await web.request('/session', postJson(RIGHT));
  assert.deepEqual([answered.status, await answered.json()], [200, { account: web.alice, name: 'alice@a.test' }]);
  const set = answered.headers.get('Set-Cookie') ?? '';
  assert.match(
    set,
    /^__Host-posthorn-2080=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict$/,
  );
  const Cookie = /^[^;]+/.exec(set)?.[0] ?? '';
  const who = await web.request('/session', { headers: { Cookie } });
  assert.deepEqual([who.status, await who.json()], [200, { account: web.alice, name: 'alice@a.test' }]);
  const out = await web.request('/session', { method: 'DELETE', headers: { Cookie, Origin: ORIGIN } });
  assert.equal(out.status, 204);
  assert.match(out.headers.get('Set-Cookie') ?? '', /^__Host-posthorn-2080=; Path=\/; Max-Age=0;/);
  assert.equal((await web.request('/session', { headers: { Cookie } })).status, 401);
});

test('our page asks who is logged in before anybody is: no error, and what has ended is forgotten', async (t) => {
  const web = await testWeb(t);
  const ask = (headers: Record<string, string>) =>
    web.request('/session', { headers: { 'Sec-Fetch-Site': 'same-origin', ...headers } });
  assert.equal((await ask({})).status, 204);
  const ended = await ask({ Cookie: `__Host-posthorn-2080=${'a'.repeat(43)}` });
  assert.equal(ended.status, 401);
  assert.match(ended.headers.get('Set-Cookie') ?? '', /^__Host-posthorn-2080=; Path=\/; Max-Age=0;/);
  assert.equal((await ask({ Authorization: basic('alice', 'wrong') })).status, 401);
  assert.equal((await web.request('/session')).status, 401, 'a program is told to log in');
});

test('a wrong password, an unknown name and a body that is no login are told apart only as far as they may', async (t) => {
  const web = await testWeb(t);
  const wrong = await web.request('/session', postJson({ ...RIGHT, password: 'wrong' }));
  assert.deepEqual([wrong.status, wrong.headers.get('Set-Cookie')], [401, null]);
  assert.equal(wrong.headers.get('WWW-Authenticate'), 'Session realm="Posthorn"', 'no window of the browser opens');
  const unknown = await web.request('/session', postJson({ ...RIGHT, login: 'nobody' }));
  const words = await detailOf(wrong);
  assert.match(words, /^The login name or the password is wrong\./);
  assert.deepEqual([unknown.status, await detailOf(unknown)], [401, words]);
  for (const body of [{}, [], null, 'x', { login: 'alice' }, { login: 1, password: 2 }, { login: '', password: 'x' }])
    assert.equal((await web.request('/session', postJson(body))).status, 400, JSON.stringify(body));
  assert.equal((await web.request('/session', { ...postJson(RIGHT), body: '{' })).status, 400);
  const long = await web.request('/session', postJson({ ...RIGHT, password: 'x'.repeat(10_000) }));
  assert.equal(long.status, 400);
});

test('after many wrong passwords the answer says to wait, with the right one too', async (t) => {
  const web = await testWeb(t);
  for (let i = 0; i < 20; i++) await web.request('/session', postJson({ ...RIGHT, password: 'wrong' }));
  const waits = await web.request('/session', postJson(RIGHT));
  assert.deepEqual([waits.status, waits.headers.get('Retry-After')], [429, '60']);
  assert.match(await detailOf(waits), /try again in 10 minutes/);
  assert.equal((await web.request('/session', { ...postJson(RIGHT), from: '192.0.2.7' })).status, 200);
});

test('a body that does not come to its end is given up', async (t) => {
  const web = await testWeb(t);
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      controller.enqueue(Buffer.from('{'));
      return new Promise(() => undefined);
    },
  });
  const answered = web.request('/session', { ...postJson(RIGHT), body });
  await web.clock.advance(30_000);
  assert.equal((await answered).status, 400);
});

test('what another page, a form, or nobody in particular may not do', async (t) => {
  const web = await testWeb(t);
  const Cookie = await web.logIn();
  const posts: readonly (readonly [Record<string, string>, number])[] = [
    [{}, 200],
    [{ Origin: 'http://evil.test' }, 403],
    [{ Origin: 'http://127.0.0.1:3000', 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'null' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Content-Type': 'text/plain' }, 415],
    [{ 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    [{ 'Content-Type': 'multipart/form-data; boundary=application/json' }, 415],
    [{ 'Content-Type': 'application/json; charset=utf-8' }, 200],
  ];
  for (const [headers, status] of posts)
    assert.equal((await web.request('/session', postJson(RIGHT, headers))).status, status, JSON.stringify(headers));
  const ways: readonly (readonly [string, Record<string, string>, number])[] = [
    ['GET', {}, 200],
    ['GET', { 'Sec-Fetch-Site': 'none' }, 200],
    ['GET', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['GET', { Origin: 'http://evil.test' }, 403],
    ['DELETE', {}, 403],
    ['DELETE', { Origin: 'http://evil.test' }, 403],
    ['DELETE', { 'Sec-Fetch-Site': 'none' }, 403],
    ['PUT', { Origin: ORIGIN }, 405],
    ['OPTIONS', { Origin: 'http://evil.test', 'Access-Control-Request-Method': 'POST' }, 405],
  ];
  for (const [method, headers, status] of ways) {
    const answered = await web.request('/session', { method, headers: { Cookie, ...headers } });
    assert.equal(answered.status, status, `${method} ${JSON.stringify(headers)}`);
    assert.equal(answered.headers.get('Access-Control-Allow-Origin'), null);
  }
  assert.equal(
    (await web.request('/session', { headers: { Cookie } })).status,
    200,
    'it was not ended by any of these',
  );
});

test('a session ends after 30 days without use, with its password, and with its account', async (t) => {
  const web = await testWeb(t);
  const status = async (Cookie: string): Promise<number> =>
    (await web.request('/session', { headers: { Cookie } })).status;
  const first = await web.logIn();
  for (let week = 0; week < 8; week++) {
    await web.clock.advance(7 * DAY);
    assert.equal(await status(first), 200, `week ${week}`);
  }
  await web.clock.advance(30 * DAY + 1);
  assert.equal(await status(first), 401);
  const second = await web.logIn();
  await web.directory.setPassword('alice@a.test', 'another horse');
  assert.equal(await status(second), 401);
  assert.equal((await web.request('/session', postJson(RIGHT))).status, 401);
  const third = await web.request('/session', postJson({ login: 'alice', password: 'another horse' }));
  const Cookie = /^[^;]+/.exec(third.headers.get('Set-Cookie') ?? '')?.[0] ?? '';
  assert.equal(await status(Cookie), 200);
  await web.directory.removeAccount('alice@a.test', false);
  assert.equal(await status(Cookie), 401);
});

test('[7617-2-basic] [8620-8.2-credentials] HTTP Basic is for programs: asked for where no browser is, and checked', async (t) => {
  const web = await testWeb(t);
  const ask = (Authorization: string, more: Record<string, string> = {}) =>
    web.request('/session', { headers: { Authorization, ...more } });
  assert.equal((await ask(basic('alice', PASSWORD))).status, 200);
  assert.equal((await ask(basic('alice@a.test', PASSWORD))).status, 200);
  const wrong = await ask(basic('alice', 'wrong'));
  assert.deepEqual(
    [wrong.status, wrong.headers.get('WWW-Authenticate')],
    [401, 'Basic realm="Posthorn", charset="UTF-8"'],
  );
  for (const field of ['Basic', 'Basic !', 'Basic YQ==', 'Bearer x', basic('', 'x'), `Basic ${btoa('a\u0000b:c')}`])
    assert.equal((await ask(field)).status, 401, field);
  assert.equal((await ask(basic('alice', PASSWORD), { Origin: 'http://evil.test' })).status, 403);
  assert.equal((await ask(basic('alice', PASSWORD), { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
  const out = await web.request('/session', { method: 'DELETE', headers: { Authorization: basic('alice', PASSWORD) } });
  assert.equal(out.status, 403, 'there is no session to end');
});

test('nothing secret is logged', async (t) => {
  const web = await testWeb(t);
  const Cookie = await web.logIn();
  await web.request('/session', postJson({ login: 'alice', password: 'wrong horse' }));
  await web.request('/session?token=geheim', { headers: { Cookie, Authorization: basic('alice', 'third horse') } });
  const token = Cookie.split('=')[1] ?? '-';
  const log = web.logged.join('\n');
  assert.match(log, /A login was refused/);
  for (const secret of [PASSWORD, 'wrong horse', 'third horse', token, 'geheim', btoa('alice:third horse')])
    assert.ok(!log.includes(secret), secret);
});

test('who has logged in before can read while the disk is full', async (t) => {
  const web = await testWeb(t);
  const Cookie = await web.logIn();
  web.clock.jump(DAY);
  t.mock.method(web.store, 'write', () => Promise.reject(new Error('the disk is full')));
  assert.equal((await web.request('/session', { headers: { Cookie } })).status, 200);
});
