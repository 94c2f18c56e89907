import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  flag,
  id,
  idOrCreation,
  integer,
  listOf,
  mapOf,
  nullable,
  oneOf,
  optional,
  readArguments,
  setOf,
  text,
  unsigned,
} from './arguments.ts';
import type { Kind } from './arguments.ts';
import { MethodError } from './errors.ts';
import type { Json } from './json.ts';

test('values are of a kind or not [8620-1.2-id] [8620-1.3-int]', () => {
  const kinds: readonly (readonly [kind: Kind<unknown>, good: readonly Json[], bad: readonly Json[]])[] = [
    [id, ['a', '-', '_', '0', 'x'.repeat(255)], ['', 'x'.repeat(256), 'a b', '#a', 'é', 'a\n', 1, null]],
    [idOrCreation, ['a', '#a'], ['#', '##a', '', 1]],
    [integer, [0, -1, 2 ** 53 - 1, 1 - 2 ** 53], [1.5, 2 ** 53, '1', null, true]],
    [unsigned, [0, 2 ** 53 - 1], [-1, 0.5, 2 ** 53]],
    [flag, [true, false], [0, 'true', null]],
    [text, ['', 'x'], [1, null, []]],
    [nullable(text), [null, ''], [1]],
    [oneOf('a', 'b'), ['a', 'b'], ['c', 1]],
    [listOf(id), [[], ['a']], [['a', ''], 'a', {}, null]],
    [setOf(id), [{}, { a: true }], [{ a: false }, { 'a b': true }, ['a'], { a: 1 }]],
    [mapOf(id, text), [{}, { a: 'x' }], [{ a: 1 }, { '': 'x' }, []]],
  ];
  for (const [kind, good, bad] of kinds) {
    for (const value of good) assert.notEqual(kind.read(value), undefined, `${kind.is}: ${JSON.stringify(value)}`);
    for (const value of bad) assert.equal(kind.read(value), undefined, `${kind.is}: ${JSON.stringify(value)}`);
  }
  assert.deepEqual(setOf(id).read({ a: true, b: true }), new Set(['a', 'b']));
});

test('what is left out has its default, or is missing [8620-3.5-defaults]', () => {
  const shape = { a: text, b: nullable(text), c: optional(unsigned, 7) };
  assert.deepEqual(readArguments(shape, { a: 'x' }), { a: 'x', b: null, c: 7 });
  assert.deepEqual(readArguments(shape, { a: 'x', b: 'y', c: 1 }), { a: 'x', b: 'y', c: 1 });
  for (const args of [{}, { a: null }, { a: 'x', c: null }, { a: 'x', d: 1 }, { a: 'x', constructor: 1 }]) {
    const isIt = (error: unknown): boolean => error instanceof MethodError && error.type === 'invalidArguments';
    assert.throws(() => readArguments(shape, args as never), isIt, JSON.stringify(args));
  }
});
