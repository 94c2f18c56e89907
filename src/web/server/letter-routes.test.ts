import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Picture, PictureLoader } from './pictures.ts';
import { testWeb } from './testing.ts';

const FRAME = { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'image' };
const CROSS = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'document' };

function loader(
  picture: Picture = { kind: 'picture', type: 'image/png', octets: Buffer.from('png') },
): PictureLoader & { readonly asked: string[] } {
  const asked: string[] = [];
  return { asked, load: async (address) => (asked.push(address), picture) };
}

test('the frame is there for everyone: there is nothing in it', async (t) => {
  const { request } = await testWeb(t);
  const answer = await request('/frame');
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-security-policy') ?? '', /sandbox allow-same-origin/);
  assert.equal(answer.headers.get('x-frame-options'), 'SAMEORIGIN');
});

test('/out shows its page to who is logged in, on the way from our own page or from the address bar', async (t) => {
  const web = await testWeb(t);
  const cookie = await web.logIn();
  const path = `/out?u=${encodeURIComponent('https://shop.example/')}`;
  const seen = async (headers: Record<string, string>): Promise<number> =>
    (await web.request(path, { headers })).status;
  assert.equal(await seen({ Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' }), 200);
  assert.equal(await seen({ Cookie: cookie, 'Sec-Fetch-Site': 'none' }), 200);
  assert.equal(await seen({ Cookie: cookie, ...CROSS }), 403);
  assert.equal(await seen({ Cookie: cookie, 'Sec-Fetch-Site': 'same-site' }), 403);
  assert.equal(await seen({ 'Sec-Fetch-Site': 'same-origin' }), 401);
  const bad = await web.request('/out?u=javascript:alert(1)', { headers: { Cookie: cookie, Accept: 'text/html' } });
  assert.equal(bad.status, 400);
  assert.doesNotMatch(await bad.text(), /alert/);
});

test('/picture gives out a picture that can be nothing else', async (t) => {
  const pictures = loader();
  const web = await testWeb(t, { pictures });
  const Cookie = await web.logIn();
  const path = `/picture?u=${encodeURIComponent('https://shop.example/a.png')}`;
  const answer = await web.request(path, { headers: { Cookie, ...FRAME } });
  assert.equal(answer.status, 200);
  assert.deepEqual(pictures.asked, ['https://shop.example/a.png']);
  const fields = ['content-type', 'x-content-type-options', 'content-security-policy', 'cross-origin-resource-policy'];
  assert.deepEqual(
    fields.map((name) => answer.headers.get(name)),
    ['image/png', 'nosniff', "sandbox; default-src 'none'; frame-ancestors 'none'", 'same-origin'],
  );
  assert.match(answer.headers.get('cache-control') ?? '', /^private, /);
});

test('/picture asks nobody for who is not logged in, for other pages, as a page, or where it is off', async (t) => {
  const pictures = loader();
  const web = await testWeb(t, { pictures });
  const Cookie = await web.logIn();
  const seen = async (headers: Record<string, string>): Promise<number> =>
    (await web.request('/picture?u=https://shop.example/', { headers })).status;
  assert.equal(await seen(FRAME), 401);
  assert.equal(await seen({ Cookie, ...CROSS }), 403);
  assert.equal(await seen({ Cookie, ...FRAME, 'Sec-Fetch-Dest': 'iframe' }), 403);
  assert.equal(await seen({ Cookie, ...FRAME, 'Sec-Fetch-Dest': 'document' }), 403);
  assert.deepEqual(pictures.asked, []);
  const off = await testWeb(t);
  const answer = await off.request('/picture?u=https://shop.example/', {
    headers: { Cookie: await off.logIn(), ...FRAME },
  });
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /turned that off/);
});

test('why a picture is not there is told, and the log knows its host only', async (t) => {
  const web = await testWeb(t, { pictures: loader({ kind: 'refused', why: 'not-public' }) });
  const headers = { Cookie: await web.logIn(), ...FRAME };
  const answer = await web.request('/picture?u=http%3A%2F%2Finside.test%2Fsecret%3Fid%3D7', { headers });
  assert.equal(answer.status, 502);
  assert.match(await answer.text(), /leads to a private network/);
  const line = web.logged.find((one) => one.includes('A picture was not fetched'));
  assert.match(line ?? '', /"host":"inside\.test","why":"not-public"/);
  assert.doesNotMatch(line ?? '', /secret|id=7/);
});
