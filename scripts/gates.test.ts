/** Each gate of the test command, shown to fail on a tree that deserves it and to pass on one that doesn't. */
import assert from 'node:assert/strict';
import { copyFileSync, globSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ROOT, run } from './command.ts';
import { makeTree } from './trees.ts';

/** A tree with this repository's own settings and tools. */
function makeProject(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = makeTree(t, files);
  for (const name of ['.oxlintrc.json', '.oxfmtrc.json', 'knip.json', 'package.json']) {
    copyFileSync(join(ROOT, name), join(root, name));
  }
  // Without the one file that is named there: this tree has no pages for the browser.
  const settings = readFileSync(join(ROOT, 'tsconfig.json'), 'utf8');
  writeFileSync(join(root, 'tsconfig.json'), settings.replace(/^ *"files": .*\n/m, ''));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** Runs a tool there; returns what it said, after checking whether it was content. */
async function gate(cwd: string, command: string, args: readonly string[], content: boolean): Promise<string> {
  let said = '';
  const ended = await run({ command, args, cwd, deadline: 60 }, (text) => (said += text));
  assert.equal(ended.failure === undefined, content, said.slice(0, 4000));
  return said;
}

/** Files that every gate is content with. */
const GOOD = {
  'src/cli/main.ts': `import { plusOne } from '../mail/a.ts';\n\nprocess.exitCode = plusOne(0);\n`,
  'src/mail/a.ts': `export function plusOne(n: number): number {\n  return n + 1;\n}\n`,
};

test('gates are content with a good tree', async (t) => {
  const root = makeProject(t, GOOD);
  await gate(root, 'tsc', ['-p', '.'], true);
  assert.match(await gate(root, 'oxlint', [], true), / on 2 files /);
  await gate(root, 'oxfmt', ['--check'], true);
});

test('types: a wrong type, an enum and an index that may be missing are refused', async (t) => {
  const said = await gate(
    makeProject(t, {
      'src/mail/type.ts': `export const a: number = 'text';\n`,
      'src/mail/enum.ts': `export enum Colour {\n  red,\n}\n`,
      'src/mail/index.ts': `export const first = (list: number[]): number => list[0];\n`,
    }),
    'tsc',
    ['-p', '.'],
    false,
  );
  for (const file of ['type', 'enum', 'index']) assert.match(said, new RegExp(`src/mail/${file}\\.ts`));
});

const UNTIMELY: Readonly<Record<string, string>> = {
  'Date.now': `export const x = Date.now();`,
  setTimeout: `setTimeout(String, 1);`,
  setInterval: `setInterval(String, 1);`,
  setImmediate: `setImmediate(String);`,
  'globalThis.setTimeout': `globalThis.setTimeout(String, 1);`,
  performance: `export const x = performance.now();`,
  'Math.random': `export const x = Math.random();`,
  console: `console.log('x');`,
  'process.env': `export const x = process.env['HOME'];`,
  'process.env taken apart': `const { env } = process;\nexport const x = env;`,
  'node:timers/promises': `import { setTimeout as wait } from 'node:timers/promises';\nexport const x = wait;`,
  'a promise nobody waits for': `export const f = async (): Promise<void> => {};\nf();`,
  'a promise as a condition': `export const f = async (): Promise<boolean> => true;\nexport const x = f() ? 1 : 2;`,
  any: `export const x = 1 as any;`,
  'a case left out': `export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      return;\n  }\n}`,
};

test('lint: clocks, timers, chance, console and environment are refused in product code, and floating promises', async (t) => {
  const names = Object.keys(UNTIMELY);
  const files = Object.fromEntries(names.map((name, i) => [`src/mail/case-${i}.ts`, `${UNTIMELY[name]}\n`]));
  const said = await gate(makeProject(t, files), 'oxlint', [], false);
  for (const [i, name] of names.entries()) assert.match(said, new RegExp(`src/mail/case-${i}\\.ts`), name);
});

test('lint: base/, config/, cli/ and tests have the machine itself', async (t) => {
  const places = [
    'src/base/x.ts',
    'src/config/x.ts',
    'src/cli/x.ts',
    'src/mail/x.test.ts',
    'test/x.ts',
    'scripts/x.ts',
  ];
  const text = `export const x = [Date.now(), Math.random(), process.env['HOME'], setTimeout, console, performance];\n`;
  await gate(makeProject(t, Object.fromEntries(places.map((place) => [place, text]))), 'oxlint', [], true);
});

test('lint: tests need not be waited for (node:test does that itself), what they call must be', async (t) => {
  const good = `import { test } from 'node:test';\n\ntest('a', (t) => {\n  t.test('b', () => {});\n});\n`;
  const bad = `import { test } from 'node:test';\n\ntest('a', () => {\n  Promise.resolve(1);\n});\n`;
  const files = { 'src/mail/good.test.ts': good, 'src/mail/bad.test.ts': bad };
  const said = await gate(makeProject(t, files), 'oxlint', [], false);
  assert.match(said, /bad\.test\.ts/);
  assert.doesNotMatch(said, /good\.test\.ts/);
});

test('lint: a ring of imports is refused', async (t) => {
  const ring = {
    'src/mail/a.ts': `import { b } from './b.ts';\n\nexport const a = (): unknown => b;\n`,
    'src/mail/b.ts': `import { a } from './a.ts';\n\nexport const b = (): unknown => a;\n`,
  };
  assert.match(await gate(makeProject(t, ring), 'oxlint', [], false), /cycle/i);
});

test('format: other quotes and widths are refused', async (t) => {
  const said = await gate(makeProject(t, { 'src/mail/a.ts': `export const a = "x"\n` }), 'oxfmt', ['--check'], false);
  assert.match(said, /src\/mail\/a\.ts/);
});

test('dead code: a file, an export and a dependency that nothing uses are refused', async (t) => {
  const files = {
    ...GOOD,
    'src/mail/a.ts': `${GOOD['src/mail/a.ts']}export const unused = 1;\n`,
    'src/mail/dead.ts': `export const dead = 1;\n`,
  };
  const said = await gate(makeProject(t, files), 'knip', ['--no-progress', '--no-config-hints'], false);
  assert.match(said, /Unused files[^]*src\/mail\/dead\.ts/);
  assert.match(said, /Unused exports[^]*unused .*src\/mail\/a\.ts/);
  assert.match(said, /Unused dependencies[^]*commander/);
});

test('no test in this tree is left out of the runs', async () => {
  const { runOf } = await import('./runs.ts');
  const tests = globSync('{src,test,scripts,bench}/**/*.{test,fuzz}.ts', { cwd: ROOT });
  assert.deepEqual(
    tests.filter((file) => runOf(file) === undefined),
    [],
  );
});
