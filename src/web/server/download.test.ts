import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downloadHeaders, mayBeUsedAs } from './download.ts';

const IN_BROWSER = { inline: false, browser: true };
const disposition = (name: string): string =>
  downloadHeaders({ type: 'text/plain', name, octets: 1 }, IN_BROWSER)['Content-Disposition'] ?? '';

test('only what can not run is shown in the window, and only where that was asked for', () => {
  const shown = (type: string, inline = true): boolean =>
    downloadHeaders({ type, name: 'x', octets: 1 }, { inline, browser: true })['Content-Disposition']?.startsWith(
      'inline',
    ) === true;
  for (const type of ['image/png', 'IMAGE/JPEG', 'text/plain; charset=utf-8', 'image/webp'])
    assert.equal(shown(type), true, type);
  for (const type of [
    'text/html',
    'image/svg+xml',
    'application/pdf',
    'text/xml',
    'application/octet-stream',
    'text/css',
    'x',
  ])
    assert.equal(shown(type), false, type);
  assert.equal(shown('image/png', false), false);
});

test('a browser is told of no type that it would run; a program gets the one it asked for', () => {
  const type = (asked: string, browser: boolean) =>
    downloadHeaders({ type: asked, name: 'x', octets: 1 }, { inline: true, browser })['Content-Type'];
  const active = [
    'text/html',
    'Text/HTML; charset=utf-8',
    'application/xhtml+xml',
    'image/svg+xml',
    'text/xml',
    'application/xml',
    'text/javascript',
    'application/x-javascript',
    'application/ecmascript',
    'text/jscript',
    'text/css',
    'application/wasm',
    'application/manifest+json',
    'multipart/x-mixed-replace',
    'text/vbscript',
    'application/pdf',
    'text/cache-manifest',
    'application/json',
  ];
  for (const one of active) {
    assert.equal(type(one, true), 'application/octet-stream', one);
    assert.equal(type(one, false), one);
  }
  for (const one of ['image/png', 'text/plain;charset=utf-8', 'message/rfc822', 'application/zip', 'text/calendar'])
    assert.equal(type(one, true), one);
});

test('nothing of it is used as a script, a style, a worker or a frame', () => {
  for (const one of [
    'script',
    'style',
    'worker',
    'serviceworker',
    'sharedworker',
    'iframe',
    'frame',
    'object',
    'embed',
    'manifest',
    'xslt',
    '',
  ])
    assert.equal(mayBeUsedAs(one), false, one);
  for (const one of [undefined, 'empty', 'document', 'image']) assert.equal(mayBeUsedAs(one), true, one);
});

test('[6266-4.3-file-name] [8187-3.2-utf-8] names of files: in UTF-8, with an ASCII form, and never a path, a line end or a turn of direction', () => {
  const table: readonly (readonly [string, string])[] = [
    ['plan.pdf', `attachment; filename="plan.pdf"; filename*=UTF-8''plan.pdf`],
    ['Grüße (1).txt', `attachment; filename="Gr__e (1).txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%281%29.txt`],
    ['a"b\\c.txt', `attachment; filename="a_b_c.txt"; filename*=UTF-8''a%22b_c.txt`],
    ['../../etc/passwd', `attachment; filename="__.._etc_passwd"; filename*=UTF-8''__.._etc_passwd`],
    ['a\r\nSet-Cookie: x=y', `attachment; filename="a__Set-Cookie: x=y"; filename*=UTF-8''a__Set-Cookie%3A%20x%3Dy`],
    ['photo\u202egpj.exe', `attachment; filename="photo_gpj.exe"; filename*=UTF-8''photo_gpj.exe`],
    ['a%41;b', `attachment; filename="a_41;b"; filename*=UTF-8''a%2541%3Bb`],
    ["it's*", `attachment; filename="it's*"; filename*=UTF-8''it%27s%2a`],
    ['\ud800x', `attachment; filename="_x"; filename*=UTF-8''_x`],
    ['', `attachment; filename="file"; filename*=UTF-8''file`],
  ];
  for (const [name, expected] of table) assert.equal(disposition(name), expected, JSON.stringify(name));
  const long = disposition(`${'ü'.repeat(500)}.exe`);
  assert.match(long, /\.exe$/);
  assert.ok(decodeURIComponent(/UTF-8''(.*)$/.exec(long)?.[1] ?? '').length < 256);
});

test('a name is cut between characters, at its front; one of half a megabyte takes no time', () => {
  const utf8 = (name: string): string => decodeURIComponent(/UTF-8''(.*)$/.exec(disposition(name))?.[1] ?? '');
  assert.equal(utf8('x'.repeat(255)), 'x'.repeat(255));
  assert.equal(utf8(`a${'x'.repeat(255)}`), 'x'.repeat(255));
  assert.equal(utf8(`${'😀'.repeat(200)}.exe`), `${'😀'.repeat(62)}.exe`);
  assert.equal(utf8(`${'ab'.repeat(250_000)}.pdf`).length, 255);
});

test('a program may keep a download, for it never changes; a browser keeps none [8620-6.2-cache]', () => {
  const cache = (browser: boolean) =>
    downloadHeaders({ type: 'text/plain', name: 'x', octets: 1 }, { inline: false, browser })['Cache-Control'];
  assert.deepEqual([cache(false), cache(true)], ['private, immutable, max-age=31536000', 'no-store']);
});
