import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { testWeb } from './testing.ts';

const SCRIPT = 'export const letters = 1;\n'.repeat(100);
const FILES = {
  'index.html': '<!doctype html><title>Posthorn</title>',
  'theme.js': '1',
  'assets/index-Abc12345.js': SCRIPT,
  'manifest.webmanifest': '{}',
  'assets/index-Abc12345.js.map': '{}',
  '.secret.html': 'x',
};
const HASHED = '/assets/index-Abc12345.js';

test('the page has its policy, is asked for anew each time, and a name with a hash never again', async (t) => {
  const web = await testWeb(t, { files: FILES });
  const page = await web.request('/');
  assert.equal(await page.text(), FILES['index.html']);
  assert.equal(page.headers.get('Content-Type'), 'text/html; charset=utf-8');
  assert.equal(page.headers.get('Cache-Control'), 'no-cache');
  const policy = page.headers.get('Content-Security-Policy') ?? '';
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'; require-trusted-types-for 'script'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  const script = await web.request(HASHED);
  assert.equal(script.headers.get('Cache-Control'), 'public, max-age=31536000, immutable');
  assert.equal((await web.request('/theme.js')).headers.get('Cache-Control'), 'no-cache');
  for (const headers of [page.headers, script.headers]) {
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
    assert.equal(headers.get('Referrer-Policy'), 'no-referrer');
    assert.equal(headers.get('Cross-Origin-Opener-Policy'), 'same-origin');
    assert.equal(headers.get('Cross-Origin-Resource-Policy'), 'same-origin');
    assert.equal(headers.get('X-DNS-Prefetch-Control'), 'off');
    assert.equal(headers.get('Strict-Transport-Security'), null, 'it means nothing in clear');
  }
  const overTls = await web.request('/', { origin: 'https://mail.a.test' });
  assert.match(overTls.headers.get('Strict-Transport-Security') ?? '', /^max-age=\d+$/);
});

test('what has not changed is not sent again, and what packs well is packed', async (t) => {
  const web = await testWeb(t, { files: FILES });
  const ask = (headers: Record<string, string>, path = HASHED): Promise<Response> => web.request(path, { headers });
  const tag = (await ask({})).headers.get('ETag') ?? '';
  const same = await ask({ 'If-None-Match': `"x", ${tag}` });
  assert.deepEqual([same.status, await same.text(), same.headers.get('ETag')], [304, '', tag]);
  assert.equal((await ask({ 'If-None-Match': '"x"' })).status, 200);
  const table: readonly (readonly [string, string | null])[] = [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['deflate', null],
    ['', null],
  ];
  for (const [accepted, encoding] of table) {
    const answered = await ask({ 'Accept-Encoding': accepted });
    const octets = Buffer.from(await answered.arrayBuffer());
    assert.equal(answered.headers.get('Content-Encoding'), encoding, accepted);
    assert.equal(answered.headers.get('Content-Length'), String(octets.length));
    const text = encoding === 'br' ? brotliDecompressSync(octets) : encoding === 'gzip' ? gunzipSync(octets) : octets;
    assert.equal(text.toString(), SCRIPT);
  }
  assert.equal((await ask({ 'Accept-Encoding': 'br' }, '/theme.js')).headers.get('Content-Encoding'), null);
});

test('what is not among the files is not there, whatever its path looks like', async (t) => {
  const web = await testWeb(t, { files: FILES });
  for (const path of [
    '/nothing',
    '/assets/',
    '/assets',
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets/..%2findex.html',
    '/index.html%00',
    `${HASHED}.map`,
    '/__proto__',
    '//index.html',
  ])
    assert.equal((await web.request(path)).status, 404, path);
  assert.equal((await web.request('/', { method: 'POST' })).status, 405);
});

test('without the built pages a sentence says what to do, and everything else works', async (t) => {
  const web = await testWeb(t);
  const answered = await web.request('/', { headers: { Accept: 'text/html,*/*' } });
  assert.equal(answered.status, 404);
  const text = await answered.text();
  assert.match(text, /were not built[^]*scripts\/setup\.mjs/);
  assert.doesNotMatch(text, /<script|https?:/);
  const policy = answered.headers.get('Content-Security-Policy') ?? '';
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/);
  assert.equal((await web.request('/healthz')).status, 200);
});
