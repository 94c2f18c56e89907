/** Getting in on a person's own computer: by the program, once, and by nobody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORIGIN, postJson, testWeb } from './testing.ts';
import type { TestWeb } from './testing.ts';

const TOKEN = 'the-token-of-this-installation';
const FILES = { 'index.html': '<!doctype html><title>mail</title>' };

const asking = (token: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { Authorization: `Bearer ${token}`, ...headers },
});

async function codeOf(web: TestWeb): Promise<string> {
  const answered = await web.request('/open', asking(TOKEN));
  assert.equal(answered.status, 200);
  return ((await answered.json()) as { code: string }).code;
}

test('the token of the file gives a code, the code a session, once; the token itself never reaches the browser', async (t) => {
  const web = await testWeb(t, { token: TOKEN, files: FILES });
  const code = await codeOf(web);
  const opened = await web.request(`/open?code=${code}`);
  assert.deepEqual([opened.status, opened.headers.get('Location')], [303, '/']);
  const set = opened.headers.get('Set-Cookie') ?? '';
  assert.match(set, /^__Host-posthorn-2080=[\w-]{43}; Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict$/);
  assert.ok(!set.includes(TOKEN));
  const Cookie = /^[^;]+/.exec(set)?.[0] ?? '';
  const page = await web.request('/', { headers: { Cookie } });
  assert.deepEqual([page.status, (await page.text()).includes('<title>mail')], [200, true]);
  assert.deepEqual(await (await web.request('/session', { headers: { Cookie } })).json(), {
    account: web.alice,
    name: 'alice@a.test',
  });
  const again = await web.request(`/open?code=${code}`);
  assert.deepEqual([again.status, again.headers.get('Set-Cookie')], [403, null]);
  assert.match(await again.text(), /used up.*posthorn client --open/s);
  const restored = await web.request(`/open?code=${code}`, { headers: { Cookie } });
  assert.deepEqual([restored.status, restored.headers.get('Location')], [303, '/'], 'a tab opened again gets in');
});

test('a code ends after ten minutes, and a browser that looks ahead does not use it up', async (t) => {
  const web = await testWeb(t, { token: TOKEN, files: FILES });
  const code = await codeOf(web);
  assert.equal((await web.request(`/open?code=${code}`, { headers: { 'Sec-Purpose': 'prefetch' } })).status, 204);
  assert.equal((await web.request(`/open?code=${code}`)).status, 303);
  const late = await codeOf(web);
  await web.clock.advance(10 * 60_000 + 1);
  assert.equal((await web.request(`/open?code=${late}`)).status, 403);
  for (const wrong of ['', '?code=', `?code=${TOKEN}`, `?code=${'a'.repeat(32)}`])
    assert.equal((await web.request(`/open${wrong}`)).status, 403, wrong);
});

test('nobody but the program gets a code: no other token, and no page with any', async (t) => {
  const web = await testWeb(t, { token: TOKEN });
  const refused: readonly RequestInit[] = [
    { method: 'POST' },
    asking('another'),
    asking(`${TOKEN}x`),
    asking(TOKEN, { Origin: ORIGIN }),
    asking(TOKEN, { Origin: 'http://evil.test' }),
    asking(TOKEN, { 'Sec-Fetch-Site': 'same-origin' }),
  ];
  for (const one of refused) assert.equal((await web.request('/open', one)).status, 403);
});

test('whoever has no session is told how to get in, and is asked for no password', async (t) => {
  const web = await testWeb(t, { token: TOKEN, files: FILES });
  const page = await web.request('/');
  const text = await page.text();
  assert.equal(page.status, 401);
  assert.match(text, /posthorn client --open/);
  assert.doesNotMatch(text, /<form|<input|<title>mail/);
  const login = await web.request('/session', postJson({ login: 'alice', password: 'correct horse' }));
  assert.deepEqual([login.status, login.headers.get('Set-Cookie')], [403, null]);
  assert.match(((await login.json()) as { detail: string }).detail, /posthorn client --open/);
});

test('on a host there is no such way in', async (t) => {
  const web = await testWeb(t, { files: FILES });
  assert.equal((await web.request('/')).status, 200);
  assert.equal((await web.request('/open?code=x')).status, 404);
  assert.equal((await web.request('/open', asking(TOKEN))).status, 405);
});
