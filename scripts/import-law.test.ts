import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTree, FOLDERS } from './import-law.ts';
import { makeTree } from './trees.ts';

const NOTHING = { files: 0, imports: 0 };

/** A small house that keeps the law; each case below adds or replaces files of it. */
const HOUSE = {
  'src/base/index.ts': `export { now } from './clock.ts';`,
  'src/base/clock.ts': `export const now = 1;`,
  'src/base/testing.ts': `export { fake } from './fake-clock.ts';`,
  'src/base/fake-clock.ts': `import { now } from './clock.ts'; export const fake = now;`,
  'src/mail/index.ts': `export * from './reply.ts';`,
  'src/mail/reply.ts': `import { now } from '../base/index.ts'; import fs from 'node:fs'; export const reply = [now, fs];`,
  'src/mail/reply.test.ts': `import { fake } from '../base/testing.ts'; import { reply } from './reply.ts'; test(fake, reply);`,
  'src/store/index.ts': `export const sql = 'SELECT a FROM b'; import 'node:sqlite';`,
  'test/journeys/one.test.ts': `import { reply } from '../../src/mail/index.ts'; import { help } from './help.ts';`,
  'test/journeys/help.ts': `export const help = 1;`,
};

const GOOD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the small house itself': {},
  'a cycle of types only': {
    'src/mail/a.ts': `import type { B } from './b.ts'; export type A = B;`,
    'src/mail/b.ts': `import type { A } from './a.ts'; export type B = A;`,
  },
  'a worker of the own folder': { 'src/mail/w.ts': `new Worker(new URL('./reply.ts', import.meta.url));` },
  'English with the words of SQL': {
    'src/mail/w.ts': `export const text = 'select a name from the list, or update it';`,
  },
  'a test that holds SQL': { 'src/mail/w.test.ts': `const text = 'DELETE FROM messages';` },
  'types of jmap, in the browser': {
    'src/jmap/index.ts': `export interface Email {}`,
    'src/web/ui/x.tsx': `import type { Email } from '../../jmap/index.ts'; import { h } from 'preact'; import './x.css';`,
    'src/web/ui/x.css': '',
  },
  'what both sides of the wire know': {
    'src/web/ui/x.ts': `import '../links/links.ts';`,
    'src/web/server/x.ts': `import '../links/links.ts';`,
    'src/web/links/links.ts': '',
  },
  'a piece of the webmail in a test of the browser': {
    'test/browser/page.ts': `import '../../src/web/ui/piece.ts';`,
    'src/web/ui/piece.ts': '',
  },
  'a URL that is no file': { 'src/mail/w.ts': `new URL('http://a.test'); new URL(name, base);` },
};

for (const [what, files] of Object.entries(GOOD)) {
  test(`import law: allowed is ${what}`, (t) => {
    assert.deepEqual(checkTree(makeTree(t, { ...HOUSE, ...files }), NOTHING).problems, []);
  });
}

const BAD: readonly (readonly [what: string, file: string, text: string, problem: RegExp])[] = [
  ['a higher floor', 'src/mail/x.ts', `import '../store/index.ts';`, /x\.ts:1 .*mail\/ may not import from store\//],
  [
    'the same floor',
    'src/net/x.ts',
    `\nimport { r } from '../mail/index.ts';`,
    /x\.ts:2 .*net\/ may not import from mail\//,
  ],
  [
    'a type of a higher floor',
    'src/mail/x.ts',
    `import type { S } from '../store/index.ts';`,
    /may not import from store/,
  ],
  ['an import type', 'src/mail/x.ts', `type S = import('../store/index.ts').S;`, /may not import from store/],
  ['a dynamic import', 'src/mail/x.ts', `const s = await import('../store/index.ts');`, /may not import from store/],
  ['a re-export', 'src/mail/x.ts', `export { s } from '../store/index.ts';`, /may not import from store/],
  ['a re-export of all', 'src/mail/x.ts', `export * from '../store/index.ts';`, /may not import from store/],
  [
    'a worker of a higher floor',
    'src/mail/x.ts',
    `new URL('../store/index.ts', import.meta.url);`,
    /may not import from store/,
  ],
  ['an inside file', 'src/mail/x.ts', `import '../base/clock.ts';`, /only base\/index\.ts is for other folders/],
  ['an inside file, by a test', 'src/mail/x.test.ts', `import '../base/clock.ts';`, /only base\/index\.ts/],
  ['an inside file, by a journey', 'test/x.test.ts', `import '../src/base/clock.ts';`, /only base\/index\.ts/],
  ['testing.ts in the product', 'src/mail/x.ts', `import '../base/testing.ts';`, /for tests/],
  ['a fake in the product', 'src/base/x.ts', `import './fake-clock.ts';`, /for tests/],
  ['testing.ts of a higher floor, by a product file', 'src/base/x.ts', `import '../mail/testing.ts';`, /no such file/],
  ['a file of scripts/', 'src/mail/x.ts', `import '../../test/journeys/help.ts';`, /src\/ imports only from src\//],
  ['a computed import', 'src/mail/x.ts', 'await import(`./${name}.ts`);', /computes what it imports/],
  ['a file that is not there', 'src/mail/x.ts', `import './nowhere.ts';`, /no such file/],
  ['an unknown folder', 'src/helpers/x.ts', `import '../base/index.ts';`, /no folder of the house/],
  ['values of the server, in the browser', 'src/web/ui/x.tsx', `import '../../base/index.ts';`, /only types, of jmap/],
  [
    'types of the server, in the browser',
    'src/web/ui/x.ts',
    `import type { a } from '../../base/index.ts';`,
    /only types/,
  ],
  ['Node, in what both sides know', 'src/web/links/x.ts', `import 'node:fs';`, /no Node in a browser/],
  ['Node, in the browser', 'src/web/ui/x.ts', `import 'node:fs';`, /no Node in a browser/],
  ['a database engine', 'src/mail/x.ts', `import { DatabaseSync } from 'node:sqlite';`, /only src\/store\/ does/],
  ['SQL in a string', 'src/mail/x.ts', `const q = 'DELETE FROM messages';`, /x\.ts:1 holds SQL/],
  ['SQL in a template', 'src/mail/x.ts', 'const q = `\nSELECT id,\n  b\nFROM messages`;', /x\.ts:1 holds SQL/],
  ['text that is not TypeScript', 'src/mail/x.ts', `import from from;`, /x\.ts: /],
];

for (const [what, file, text, problem] of BAD) {
  test(`import law: refused is ${what}`, (t) => {
    const { problems } = checkTree(makeTree(t, { ...HOUSE, [file]: text }), NOTHING);
    assert.match(problems.join('\n'), problem);
  });
}

test('import law: a ring of imports is told, with its way', (t) => {
  const root = makeTree(t, {
    ...HOUSE,
    'src/mail/a.ts': `import './b.ts';`,
    'src/mail/b.ts': `export { c } from './c.ts';`,
    'src/mail/c.ts': `import { type A } from './a.ts'; export const c = 1;`,
  });
  assert.deepEqual(checkTree(root, NOTHING).problems, [
    'imports in a ring: src/mail/a.ts → src/mail/b.ts → src/mail/c.ts → src/mail/a.ts',
  ]);
});

test('import law: a tree with too little in it fails', (t) => {
  const found = checkTree(makeTree(t, { 'source/base/a.ts': `import './b.ts';` }), { files: 1, imports: 1 });
  assert.match(found.problems.join('\n'), /read only 0 files and 0 imports/);
});

test('import law: files and imports are counted', (t) => {
  const found = checkTree(makeTree(t, HOUSE), NOTHING);
  assert.deepEqual([found.files, found.imports], [10, 11]);
});

test('import law: the table itself only points downwards', () => {
  for (const [name, { floor, from }] of Object.entries(FOLDERS)) {
    for (const other of from === 'below' ? [] : from) {
      assert.ok((FOLDERS[other]?.floor ?? Infinity) < floor, `${name} imports from ${other}`);
    }
  }
});
