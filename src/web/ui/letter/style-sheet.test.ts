import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundSelectors, conditionOf, keptDeclarations, stepsToMatch } from './style-sheet.ts';

const IN = ':where(#letter-0, #letter-0 *)';
const bound = (list: string) => boundSelectors(list, 'letter-0', undefined);

test('a selector is about what lies in the letter’s own box, and its body is that box', () => {
  for (const [given, kept] of [
    ['p', `p${IN}`],
    ['*', `*${IN}`],
    ['.a', `.a${IN}`],
    ['td.a > p.b_c-d:first-child', `td.a > p.b_c-d:first-child${IN}`],
    ['h1, .x a:hover', `h1${IN}, .x a:hover${IN}`],
    ['#main p', `#user-content-main p${IN}`],
    ['tr:nth-child(2n+1) + tr', `tr:nth-child(2n+1) + tr${IN}`],
    ['td[class="col"], td[class~="w"]', `td[class="col"]${IN}, td[class~="w"]${IN}`],
    ['body', `:where(#letter-0)${IN}`],
    ['html', `:where(#letter-0)${IN}`],
    ['html, body.x', `:where(#letter-0)${IN}, :where(#letter-0).x${IN}`],
    ['html > body p', `:where(#letter-0) p${IN}`],
    ['body + p', `:where(#letter-0) + p${IN}`],
  ] as const)
    assert.equal(bound(given), kept, given);
  assert.equal(
    boundSelectors('p', 'letter-1', 'dark'),
    ":root[data-look='own'][data-theme='dark'] p:where(#letter-1, #letter-1 *)",
  );
});

test('what a selector can’t say', () => {
  for (const given of [
    ':has(p)',
    'p:not(.a)',
    ':is(p, a)',
    ':where(#toolbar)',
    'a:visited',
    'p::before',
    'p:before',
    ':host',
    '::part(x)',
    'input:checked',
    'a[href^="x"]',
    'a[data-look="own"]',
    '[class="a] p"]',
    '.a\\:b',
    '.a\\20 b',
    'p{}',
    'p /* x */ a',
    '& p',
    '> p',
    'p >',
    'p > > a',
    'svg|a',
    '*|*',
    'p:nth-child(2 of .x)',
    'p:lang(en)',
    ':target',
    'x-app',
    'svg',
    '',
    'a b c d e f g h i j',
    `.${'a'.repeat(101)}`,
    `p, ${'a'.repeat(1_000)}`,
  ])
    assert.equal(bound(given), undefined, given);
  assert.equal(bound('p, a:visited, b'), `p${IN}, b${IN}`, 'the others of its list stay');
});

test('what a selector may cost: near steps among far ones multiply, far ones alone do not', () => {
  const extent = { nodes: 1_000, depth: 20 };
  for (const [list, steps] of [
    ['p', 20_000],
    ['.a .b .c .d', 20_000],
    ['td.a > p', 20_000],
    ['p, li:nth-child(2n + 1)', 40_000],
    ['h1 ~ p', 1_000_000],
    ['.a > .b .c', 400_000],
    ['.a .b > .c .d', 8_000_000],
    ['b + * ~ * ~ p', 20_000_000_000],
    ['.a ~ .b .c', 400_000_000],
  ] as const)
    assert.equal(stepsToMatch(list, extent), steps, list);
});

test('conditions on the width, the medium and the colour scheme, nothing else', () => {
  for (const [given, media, scheme] of [
    ['', '', undefined],
    ['screen', 'screen', undefined],
    ['only screen and (max-width: 600px)', 'screen and (max-width: 600px)', undefined],
    ['(width <= 480.5px)', '(width <= 480.5px)', undefined],
    ['(320px <= width <= 40em)', '(320px <= width <= 40em)', undefined],
    [
      'screen and (max-device-width: 480px) and (min-width: 10px)',
      'screen and (max-device-width: 480px) and (min-width: 10px)',
      undefined,
    ],
    ['print, (min-width: 10px)', 'print, (min-width: 10px)', undefined],
    ['(prefers-color-scheme: dark)', '', 'dark'],
    ['screen and (prefers-color-scheme: light) and (max-width: 9px)', 'screen and (max-width: 9px)', 'light'],
    ['screen, (prefers-color-scheme: dark)', 'screen', undefined],
    ['screen, (orientation: portrait)', 'screen', undefined],
  ] as const)
    assert.deepEqual(conditionOf(given), { media, scheme }, given);
  for (const given of [
    '(orientation: portrait)',
    '(max-height: 100px)',
    '(min-aspect-ratio: 1/1)',
    'not all',
    'not screen and (max-width: 1px)',
    'tv',
    '(max-width: calc(1px * 2))',
    '(max-width: 100vh)',
    '(max-width: 999999px)',
    '(prefers-color-scheme: dark), (prefers-color-scheme: light)',
    '(scripting: none)',
    '(max-width: 1px) { } * { color: red } @media (x)',
  ])
    assert.equal(conditionOf(given), undefined, given);
});

test('declarations as in a style attribute, with their priorities', () => {
  const given: Readonly<Record<string, readonly [string, string]>> = {
    color: ['red', 'important'],
    position: ['fixed', 'important'],
    width: ['100%', ''],
    'background-image': ['url("https://a.test/")', ''],
  };
  const names = Object.keys(given);
  const style = {
    length: names.length,
    item: (i: number) => names[i] ?? '',
    getPropertyValue: (name: string) => given[name]?.[0] ?? '',
    getPropertyPriority: (name: string) => given[name]?.[1] ?? '',
  };
  assert.equal(keptDeclarations(style), 'color: red !important; width: 100%');
});
