import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRoute, writeRoute } from './route.ts';
import type { Route } from './route.ts';

test('route: each view has an address that leads back to it', () => {
  const routes: readonly Route[] = [
    { view: 'folder' },
    { view: 'folder', open: 'e1' },
    { view: 'folder', folder: 'm1' },
    { view: 'folder', folder: 'm1', open: 'e/9 ä' },
    { view: 'search', query: 'from:bob "a/b"' },
    { view: 'search', query: '100%', open: 'e1' },
    { view: 'outbox' },
    { view: 'settings' },
    { view: 'settings', section: 'keys' },
  ];
  for (const route of routes) assert.deepEqual(readRoute(writeRoute(route)), route);
});

test('route: an address that says nothing leads to the Inbox', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#/s', '#/f/%E0%A4%A', '#///']) {
    assert.deepEqual(readRoute(hash), { view: 'folder' }, hash);
  }
});
