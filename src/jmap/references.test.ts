import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MethodError } from './errors.ts';
import { resolveReferences } from './references.ts';
import type { Invocation } from './references.ts';

const RESPONSES: readonly Invocation[] = [
  ['Foo/changes', { created: ['f1', 'f4'], newState: 'x', 'a/b': 1, 'm~n': 2, '': 3, deep: [{ ids: [] }] }, 't0'],
  ['error', { type: 'unknownMethod' }, 't1'],
  [
    'Foo/get',
    {
      list: [
        { ids: ['a', 'b'], n: 1 },
        { ids: ['c'], n: 2 },
        { ids: [], n: 3 },
      ],
      none: [],
      nil: null,
    },
    't2',
  ],
  ['Foo/get', { list: [] }, 't2'],
];

const reference = (resultOf: string, name: string, path: string): { readonly '#x': Record<string, string> } => ({
  '#x': { resultOf, name, path },
});

test('a reference becomes what its pointer finds [8620-3.7-resolve]', () => {
  const good: readonly (readonly [resultOf: string, name: string, path: string, value: unknown])[] = [
    ['t0', 'Foo/changes', '/created', ['f1', 'f4']],
    ['t0', 'Foo/changes', '/created/1', 'f4'],
    ['t0', 'Foo/changes', '/created/*', ['f1', 'f4']],
    ['t0', 'Foo/changes', '/a~1b', 1],
    ['t0', 'Foo/changes', '/m~0n', 2],
    ['t0', 'Foo/changes', '/', 3],
    ['t0', 'Foo/changes', '', RESPONSES[0]?.[1]],
    ['t2', 'Foo/get', '/nil', null],
  ];
  for (const [resultOf, name, path, value] of good) {
    const args = { ...reference(resultOf, name, path), y: 1 };
    assert.deepEqual(resolveReferences(args, RESPONSES), { x: value, y: 1 }, path);
  }
});

test('"*" maps a list, and lists among the results are opened [8620-3.7-star]', () => {
  const at = (path: string): unknown => resolveReferences(reference('t2', 'Foo/get', path), RESPONSES)['x'];
  assert.deepEqual(at('/list/*/n'), [1, 2, 3]);
  assert.deepEqual(at('/list/*/ids'), ['a', 'b', 'c']);
  assert.deepEqual(at('/list/*/ids/*'), ['a', 'b', 'c']);
  assert.deepEqual(at('/none/*/whatever'), []);
});

test('a reference that leads nowhere fails the method [8620-3.7-fails]', () => {
  const bad: readonly (readonly [resultOf: string, name: string, path: string])[] = [
    ['t9', 'Foo/get', '/list'],
    ['t0', 'Foo/get', '/created'],
    ['t1', 'Foo/get', '/list'],
    ['t0', 'Foo/changes', '/nothing'],
    ['t0', 'Foo/changes', 'created'],
    ['t0', 'Foo/changes', '/created/2'],
    ['t0', 'Foo/changes', '/created/01'],
    ['t0', 'Foo/changes', '/created/-'],
    ['t0', 'Foo/changes', '/created/length'],
    ['t0', 'Foo/changes', '/newState/0'],
    ['t0', 'Foo/changes', '/newState/*'],
    ['t0', 'Foo/changes', '/*'],
    ['t0', 'Foo/changes', '/a~2b'],
    ['t0', 'Foo/changes', '/constructor'],
    ['t2', 'Foo/get', '/list/*/nothing'],
  ];
  const failing = (args: Parameters<typeof resolveReferences>[0], type: string): void => {
    const isIt = (error: unknown): boolean => error instanceof MethodError && error.type === type;
    assert.throws(() => resolveReferences(args, RESPONSES), isIt, JSON.stringify(args));
  };
  for (const [resultOf, name, path] of bad) failing(reference(resultOf, name, path), 'invalidResultReference');
  for (const value of [null, 'x', [], {}, { resultOf: 't0', name: 'Foo/changes' }]) {
    failing({ '#x': value }, 'invalidResultReference');
  }
  failing({ ...reference('t0', 'Foo/changes', '/created'), x: 1 }, 'invalidArguments');
});

test('references bring in no more than a client could have sent, however often they hold one another', () => {
  const responses: Invocation[] = [['Core/echo', { text: 'x'.repeat(100) }, '0']];
  const room = { left: 10_000_000 };
  const whole = (call: number): Record<string, string> => ({ resultOf: String(call), name: 'Core/echo', path: '' });
  const grow = (): void => {
    for (let call = 0; call < 40; call++) {
      const echoed = resolveReferences({ '#a': whole(call), '#b': whole(call) }, responses, room);
      responses.push(['Core/echo', echoed, String(call + 1)]);
    }
  };
  assert.throws(grow, (error) => error instanceof MethodError && error.type === 'invalidResultReference');
  assert.ok(responses.length > 10, 'a few are taken');
  assert.ok(JSON.stringify(responses).length < 40_000_000);
});

test('a pointer of a great many slashes takes no time', () => {
  const path = '/list/*'.padEnd(4_000_000, '/a');
  const isRefused = (error: unknown): boolean => error instanceof MethodError;
  assert.throws(() => resolveReferences(reference('t2', 'Foo/get', path), RESPONSES), isRefused);
});
