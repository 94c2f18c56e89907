import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTRIBUTES, keepsDeclaration, keepsValue, keptStyle, PROPERTIES, TAGS } from './allowed.ts';

test('nothing that runs, loads, submits, frames or names things of ours is in the lists', () => {
  const never =
    'script style link meta base iframe frame object embed form input button select textarea label svg math';
  assert.deepEqual(
    TAGS.filter((tag) => never.split(' ').includes(tag)),
    [],
  );
  assert.deepEqual(
    ATTRIBUTES.filter((name) =>
      /^on|^(srcset|action|formaction|ping|class|role|for|is|slot)$|^(aria|data)-/.test(name),
    ),
    [],
  );
  const loads = [...PROPERTIES].filter((name) =>
    /image|content|cursor|^position$|z-index|animation|filter|^transform|opacity/.test(name),
  );
  assert.deepEqual(loads, []);
});

const KEPT: readonly (readonly [property: string, value: string])[] = [
  ['color', 'rgb(1, 2, 3)'],
  ['font-family', '"Segoe UI 7000000", sans-serif'],
  ['width', 'calc(100% - 20px)'],
  ['margin-left', '12.5px'],
  ['display', 'inline-block'],
  ['display', 'none'],
  ['line-height', '1.5'],
  ['max-width', '600px'],
  ['width', '50vw'],
];
for (const [property, value] of KEPT) {
  test(`${property}: ${value} is kept`, () => {
    assert.equal(keepsDeclaration(property, value), true);
  });
}

const DROPPED: readonly (readonly [property: string, value: string])[] = [
  ['position', 'fixed'],
  ['z-index', '99'],
  ['opacity', '0'],
  ['background-image', 'url("https://a.test/")'],
  ['list-style-type', 'url(x)'],
  ['color', 'var(--x)'],
  ['width', 'attr(data-x)'],
  ['width', 'env(x)'],
  ['color', 'if(style(--x: 1): red)'],
  ['height', '100vh'],
  ['min-height', '10dvh'],
  ['width', '1e9px'],
  ['width', '999999px'],
  ['margin-top', '-40px'],
  ['margin-left', 'calc(-1 * 40px)'],
  ['text-indent', '-9999px'],
  ['display', 'flex'],
  ['color', 'red; position: fixed'],
  ['font-family', 'x}body{color:red'],
  ['color', '\\75rl(x)'],
  ['width', 'expression(alert(1))'],
  ['--x', '1'],
];
for (const [property, value] of DROPPED) {
  test(`${property}: ${value} is dropped`, () => {
    assert.equal(keepsDeclaration(property, value), false);
  });
}

test('a style is what is left of it, without priorities', () => {
  const given = new Map([
    ['color', 'red'],
    ['position', 'fixed'],
    ['font-size', '12px'],
  ]);
  const names = [...given.keys()];
  const style = {
    length: names.length,
    item: (i: number) => names[i] ?? '',
    getPropertyValue: (name: string) => given.get(name) ?? '',
  };
  assert.equal(keptStyle(style), 'color: red; font-size: 12px');
});

test('measures in attributes have a limit', () => {
  assert.equal(keepsValue('width', '600'), true);
  assert.equal(keepsValue('width', '100%'), true);
  assert.equal(keepsValue('colspan', '3'), true);
  for (const [name, value] of [
    ['width', '99999'],
    ['colspan', '1000'],
    ['rowspan', '65534'],
    ['height', 'calc(1px)'],
  ] as const) {
    assert.equal(keepsValue(name, value), false, `${name}=${value}`);
  }
});
