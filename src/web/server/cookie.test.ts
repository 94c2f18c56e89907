import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setCookie, tokenIn } from './cookie.ts';

test('the cookie is for this host alone, and no script sees it', () => {
  assert.equal(
    setCookie('http://127.0.0.1:2080', 'abc', 60),
    '__Host-posthorn-2080=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict',
  );
  assert.match(setCookie('https://mail.a.test', 'abc', 0), /^__Host-posthorn=abc; Path=\/; Max-Age=0; Secure/);
});

test('a token is found by the name that the address has', () => {
  const table: readonly (readonly [string | undefined, string | undefined])[] = [
    ['__Host-posthorn-2080=abc', 'abc'],
    ['x=y; __Host-posthorn-2080=abc; z=1', 'abc'],
    ['x=y;__Host-posthorn-2080=a-_b', 'a-_b'],
    ['__Host-posthorn-2081=abc', undefined],
    ['__Host-posthorn=abc', undefined],
    ['posthorn-2080=abc', undefined],
    ['__host-posthorn-2080=abc', undefined],
    ['__Host-posthorn-2080=abc; __Host-posthorn-2080=def', undefined],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [field, token] of table) assert.equal(tokenIn(field, 'http://127.0.0.1:2080'), token, field);
});
