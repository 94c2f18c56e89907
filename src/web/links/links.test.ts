import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainToASCII, domainToUnicode } from 'node:url';
import { hostInText, linkWarnings, mixesScripts, outAddress, safeLink, withoutTracking } from './links.ts';
import { hostInLetters } from './punycode.ts';

const REFUSED = [
  'javascript:alert(1)',
  ' java\tscript:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'vbscript:x',
  'data:text/html,<script>1</script>',
  'file:///etc/passwd',
  'ms-msdt:/id',
  'search-ms:query=x',
  'blob:https://a.test/1',
  'filesystem:http://a.test/x',
  '//evil.test/x',
  '\\\\evil.test\\share',
  'https:evil.test',
  'https:/evil.test',
  '/out?u=x',
  'page.html',
  '#top',
  '',
  'http://',
  'https://%',
  `https://a.test/${'x'.repeat(9_000)}`,
];
for (const text of REFUSED) {
  test(`${JSON.stringify(text.slice(0, 40))} is no link`, () => {
    assert.equal(safeLink(text), undefined);
  });
}

test('http, https, mailto and tel are links, read as the browser would read them', () => {
  assert.equal(safeLink(' HTTPS://A.test/x ')?.href, 'https://a.test/x');
  assert.equal(safeLink('ht\ntps://a.test/')?.href, 'https://a.test/');
  assert.equal(safeLink('mailto:a@b.test?subject=x')?.href, 'mailto:a@b.test?subject=x');
  assert.equal(safeLink('tel:+491234')?.href, 'tel:+491234');
});

const WARNED: readonly (readonly [url: string, text: string, warnings: readonly string[]])[] = [
  ['https://bank.example/', 'Log in', []],
  ['https://bank.example/', 'https://bank.example/login', []],
  ['https://www.bank.example/', 'bank.example', []],
  ['https://bank.example/', 'www.bank.example', []],
  ['https://evil.example/', 'https://bank.example/login', ['text-differs']],
  ['https://evil.example/', 'bank.example', ['text-differs']],
  ['https://bank.example.evil.example/', 'bank.example', ['text-differs']],
  ['https://evil.example/', 'bank\u200B.example', ['text-differs']],
  ['https://evil.example/', 'write to bob@bank.example', []],
  ['http://192.0.2.7/', '', ['ip-address', 'not-private']],
  ['http://0x7f.1/', '', ['ip-address', 'not-private']],
  ['https://[2001:db8::1]/', '', ['ip-address']],
  ['https://bank.example@evil.example/', '', ['userinfo']],
  ['https://bank.example:8443/', '', ['unusual-port']],
  ['https://раypal.example/', '', ['mixed-scripts', 'international']],
  ['https://bücher.example/', '', ['international']],
  ['mailto:a@b.test', 'bank.example', []],
];
for (const [address, text, warnings] of WARNED) {
  test(`${address} shown as ${JSON.stringify(text)}: ${warnings.join(', ') || 'nothing to say'}`, () => {
    const url = safeLink(address);
    assert.ok(url);
    assert.deepEqual(linkWarnings(url, text), warnings);
  });
}

test('hosts are read from texts that show one', () => {
  assert.equal(hostInText('HTTP://Bank.example:80/x'), 'bank.example');
  assert.equal(hostInText('bücher.example'), 'xn--bcher-kva.example');
  for (const text of ['version 2.0', '12.30', 'Click here', 'a@b.test', '', '...']) {
    assert.equal(hostInText(text), undefined, text);
  }
});

test('scripts that are written together are not mixed', () => {
  assert.deepEqual(['paypal', 'пример', '例えtestテスト', '한국abc', 'bücher'].filter(mixesScripts), []);
  assert.deepEqual(['раypal', 'gοοgle', 'аpple'].filter(mixesScripts), ['раypal', 'gοοgle', 'аpple']);
});

test('known tracking parameters can be left out', () => {
  const clean = withoutTracking(new URL('https://a.test/x?utm_source=n&id=7&fbclid=abc#part'));
  assert.equal(clean?.href, 'https://a.test/x?id=7#part');
  assert.equal(withoutTracking(new URL('https://a.test/x?id=7')), undefined);
});

test('the page that shows where a link leads is given its text where that shows an address', () => {
  const url = new URL('https://evil.example/?a=1&b=2');
  assert.equal(outAddress(url, 'here'), '/out?u=https%3A%2F%2Fevil.example%2F%3Fa%3D1%26b%3D2');
  assert.equal(new URL(outAddress(url, ' bank.example '), 'http://x').searchParams.get('t'), 'bank.example');
});

test('hosts in letters read as Node reads them', () => {
  const hosts = [
    'bücher.example',
    'пример.test',
    '例え.テスト',
    'münchen-ost.de',
    'faß.de',
    '☃.net',
    'ليهمابتكلموشعربي.com',
  ];
  for (const host of hosts) {
    const ascii = domainToASCII(host);
    assert.equal(hostInLetters(ascii), domainToUnicode(ascii), host);
  }
});

test('what is no right A-label stays as it is', () => {
  for (const host of ['xn--', 'xn--99999999999', 'xn--a', 'xn---', 'xn--a-ecp', 'plain.test']) {
    assert.equal(hostInLetters(host), host);
  }
});
