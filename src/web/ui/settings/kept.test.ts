import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kept } from './kept.ts';

function store(items: Record<string, string> = {}) {
  return {
    items,
    getItem: (key: string) => items[key] ?? null,
    setItem: (key: string, value: string) => (items[key] = value),
  };
}

test('kept: what was chosen is there at the next visit', () => {
  const shelf = store();
  const look = kept(shelf, 'look', { theme: 'system', rows: 2 });
  assert.deepEqual(shelf.items, {});
  look.value = { ...look.value, theme: 'dark' };
  assert.deepEqual(kept(shelf, 'look', { theme: 'system', rows: 2 }).value, { theme: 'dark', rows: 2 });
});

test('kept: what is of another kind, or no JSON, is not believed', () => {
  const defaults = { theme: 'system', keys: {}, recent: [] as string[] };
  for (const text of ['{', 'null', '3', '{"theme":7,"keys":[],"recent":{}}', '{"__proto__":{"theme":"x"}}']) {
    assert.deepEqual(kept(store({ look: text }), 'look', defaults).value, defaults, text);
  }
});

test('kept: a store that takes nothing harms nobody', () => {
  const full = { getItem: () => null, setItem: () => assert.fail('full') };
  const look = kept(full, 'look', { theme: 'system' });
  look.value = { theme: 'dark' };
  assert.equal(look.value.theme, 'dark');
});
