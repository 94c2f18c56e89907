import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayChange, mayRead } from './origin.ts';

const OWN = 'http://127.0.0.1:2080';

/** origin, Sec-Fetch-Site, may read, may change with a password, may change with a cookie. */
const TABLE: readonly (readonly [string | undefined, string | undefined, boolean, boolean, boolean])[] = [
  [undefined, undefined, true, true, false],
  [OWN, undefined, true, true, true],
  [undefined, 'same-origin', true, true, true],
  [OWN, 'same-origin', true, true, true],
  [undefined, 'none', true, false, false],
  [undefined, 'same-site', false, false, false],
  [undefined, 'cross-site', false, false, false],
  [undefined, 'nonsense', false, false, false],
  [OWN, 'cross-site', false, false, false],
  ['http://evil.test', undefined, false, false, false],
  ['http://evil.test', 'same-origin', false, false, false],
  ['http://127.0.0.1:3000', 'same-site', false, false, false],
  ['http://localhost:2080', undefined, false, false, false],
  ['https://127.0.0.1:2080', undefined, false, false, false],
  ['null', undefined, false, false, false],
  ['', undefined, false, false, false],
];

test('what our own page may do, and others may not', () => {
  for (const [origin, site, read, changeByPassword, changeByCookie] of TABLE) {
    const told = { origin, site };
    const said = [mayRead(told, OWN), mayChange(told, OWN, false), mayChange(told, OWN, true)];
    assert.deepEqual(said, [read, changeByPassword, changeByCookie], `${String(origin)} ${String(site)}`);
  }
});
