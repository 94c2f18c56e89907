import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_LINK, outPage } from './out.ts';

async function text(address: string, shown?: string): Promise<string> {
  const answer = outPage(address, shown);
  assert.ok(answer instanceof Response, `${address} is no link`);
  return await answer.text();
}

test('the page shows the host and the whole address, and goes nowhere by itself', async () => {
  const answer = outPage('https://shop.example/a?b=1&c=2') as Response;
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('location'), null);
  assert.equal(answer.headers.get('refresh'), null);
  assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-/);
  const page = await answer.text();
  assert.match(page, /<p class="host">shop\.example<\/p>/);
  assert.match(page, /href="https:\/\/shop\.example\/a\?b=1&amp;c=2" rel="noopener noreferrer"/);
  assert.doesNotMatch(page, /http-equiv|<script|warnings"/);
});

const SAID: readonly (readonly [address: string, shown: string, said: RegExp])[] = [
  ['https://evil.example/', 'https://bank.example/x', /shows bank\.example, and the link leads to evil\.example/],
  ['https://bank.example@evil.example/', '', /before the @ is no host/],
  ['http://192.0.2.1/', '', /only a number.*not encrypted/s],
  ['https://a.example:8443/', '', /port 8443/],
  ['https://xn--pypal-4ve.example/', '', /looks like <bdi>pаypal\.example<\/bdi>.*mixes letters/s],
  ['https://a.example/?utm_source=x&id=1', '', /href="https:\/\/a\.example\/\?id=1".*leaves out utm_source/s],
  ['mailto:bob@b.test?subject=Hi', '', /<bdi>bob@b\.test<\/bdi>/],
  ['tel:+4912345', '', /makes a call/],
];
for (const [address, shown, said] of SAID) {
  test(`${address} ${shown}: ${said.source}`, async () => {
    assert.match(await text(address, shown), said);
  });
}

test('nothing of the address or the text is markup', async () => {
  const page = await text('https://a.example/"><script>alert(1)</script>', '<img src=x onerror=alert(1)>');
  assert.doesNotMatch(page, /<script|<img|onerror/);
  const mail = await text('mailto:%3Cscript%3E%E2%80%AEx@b.test', '');
  assert.doesNotMatch(mail, /<script|\u202E/);
});

test('other schemes, and what is no address, lead nowhere', () => {
  for (const address of [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///',
    '//evil.test',
    'ms-msdt:x',
    '',
    '/inbox',
  ]) {
    assert.equal(outPage(address), NO_LINK, address);
  }
});
