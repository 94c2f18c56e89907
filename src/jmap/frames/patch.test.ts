import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SetError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { applyPatch, readPatch } from './patch.ts';

const OBJECT: JsonObject = {
  name: 'x',
  keywords: { $seen: true, 'a/b': true },
  list: [{ n: 1 }],
  deep: { er: { est: 1 } },
};
const DEFAULTS: JsonObject = { name: 'default', role: null };

function patched(patch: JsonObject): Json | undefined {
  const entries = readPatch(patch);
  const done = entries instanceof SetError ? entries : applyPatch(OBJECT, entries, (name) => DEFAULTS[name]);
  return done instanceof SetError ? done.type : done;
}

test('a patch sets, adds and removes what its pointers name [8620-5.3-patch]', () => {
  const good: readonly (readonly [patch: JsonObject, changed: JsonObject])[] = [
    [{}, {}],
    [{ name: 'y' }, { name: 'y' }],
    [{ name: null }, { name: 'default' }],
    [{ role: null }, { role: null }],
    [{ 'keywords/$flagged': true }, { keywords: { $seen: true, 'a/b': true, $flagged: true } }],
    [{ 'keywords/$seen': null, 'keywords/a~1b': null }, { keywords: {} }],
    [{ 'keywords/nothing': null }, {}],
    [{ keywords: { $draft: true } }, { keywords: { $draft: true } }],
    [{ 'deep/er/est': 2, 'deep/new': {} }, { deep: { er: { est: 2 }, new: {} } }],
    [{ list: [] }, { list: [] }],
    [
      JSON.parse('{"keywords/__proto__": true}') as JsonObject,
      { keywords: { ...(OBJECT['keywords'] as JsonObject), ['__proto__']: true } },
    ],
    [OBJECT, {}],
  ];
  for (const [patch, changed] of good)
    assert.deepEqual(patched(patch), { ...OBJECT, ...changed }, JSON.stringify(patch));
});

test('a patch that reaches into a list, through nothing, or over another pointer is refused [8620-5.3-invalid-patch]', () => {
  for (const patch of [
    { 'list/0': 1 },
    { 'list/0/n': 2 },
    { 'list/-': 1 },
    { 'nothing/x': 1 },
    { 'name/x': 1 },
    { 'deep/other/x': 1 },
    { 'constructor/x': 1 },
    { keywords: {}, 'keywords/$seen': true },
    { 'deep/er': {}, 'deep/er/est': 1 },
    { 'keywords/~2': true },
    { 'keywords/x~': true },
  ]) {
    assert.equal(patched(patch as unknown as JsonObject), 'invalidPatch', JSON.stringify(patch));
  }
});

test('a patch of a great many entries, or with a pointer of a great many slashes, takes no time', () => {
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`keywords/k${String(i)}`, true] as const));
  const done = patched(many) as { readonly keywords: JsonObject };
  assert.equal(Object.keys(done.keywords).length, 100_002);
  assert.equal(patched({ [`keywords${'/a'.repeat(2_000_000)}`]: true }), 'invalidPatch');
});
