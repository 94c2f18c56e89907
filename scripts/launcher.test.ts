/** The two shells around the program: `./posthorn`, and the set-up that runs before `npm start` and `npm test`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ROOT } from './command.ts';
import { makeTree } from './trees.ts';

interface Said {
  readonly status: number | null;
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with these folders before the system's in its PATH. */
function call(program: string, args: readonly string[], cwd: string, path: readonly string[] = []): Said {
  const env = { ...process.env, PATH: [...path, '/usr/bin', '/bin'].join(delimiter) };
  return spawnSync(program, args, { cwd, env, encoding: 'utf8' });
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

// --- ./posthorn ---

const MAIN = `console.log(JSON.stringify({ pid: process.pid, args: process.argv.slice(2) }));\n`;

/** A clone in a folder with a space in its name; its program says its pid and its arguments. */
function makeClone(t: TestContext, installed: { readonly ended: boolean; readonly node: boolean }): string {
  const clone = join(
    makeTree(t, { 'my clone/src/cli/main.ts': MAIN, 'my clone/package.json': '{"type":"module"}' }),
    'my clone',
  );
  mkdirSync(join(clone, 'node_modules/.bin'), { recursive: true });
  copyFileSync(join(ROOT, 'posthorn'), join(clone, 'posthorn'));
  if (installed.ended) writeFileSync(join(clone, 'node_modules/.package-lock.json'), '{}');
  if (installed.node) symlinkSync(process.execPath, join(clone, 'node_modules/.bin/node'));
  return clone;
}

test('./posthorn becomes the Node of the clone: same pid, arguments as they came', (t) => {
  const clone = makeClone(t, { ended: true, node: true });
  const said = call('./posthorn', ['serve', 'two words', '$HOME', ''], clone);
  assert.equal(said.stderr, '');
  assert.deepEqual(JSON.parse(said.stdout), { pid: said.pid, args: ['serve', 'two words', '$HOME', ''] });
});

test('./posthorn is found from any folder and through links, absolute and relative ones', (t) => {
  const clone = makeClone(t, { ended: true, node: true });
  const elsewhere = makeTree(t, { 'bin/x': '', 'other/y': '' });
  symlinkSync(join(clone, 'posthorn'), join(elsewhere, 'bin/absolute'));
  symlinkSync('../bin/absolute', join(elsewhere, 'other/relative'));
  for (const program of [join(clone, 'posthorn'), './bin/absolute', './other/relative']) {
    const said = call(program, ['version'], elsewhere);
    assert.equal(said.status, 0, said.stderr);
    assert.deepEqual(JSON.parse(said.stdout), { pid: said.pid, args: ['version'] });
  }
  assert.equal(call('sh', ['posthorn'], clone).status, 0);
});

test('./posthorn says what to do when the installation is missing or broke off', (t) => {
  const clone = makeClone(t, { ended: false, node: true });
  const said = call('./posthorn', [], clone);
  assert.equal(said.status, 1);
  assert.match(said.stderr, /dependencies are not installed\. Run: node .*scripts\/setup\.mjs \(or npm start/);
});

test('./posthorn takes a new Node of the system where the clone has none, and refuses an old one', (t) => {
  const clone = makeClone(t, { ended: true, node: false });
  const bin = makeTree(t, {});
  symlinkSync(process.execPath, join(bin, 'node'));
  assert.equal(call('./posthorn', [], clone, [bin]).status, 0);
  const old = makeTree(t, {});
  writeProgram(join(old, 'node'), '#!/bin/sh\necho false\n');
  const said = call('./posthorn', [], clone, [old]);
  assert.equal(said.status, 1);
  assert.match(said.stderr, /Node 24 or newer is needed and was not found/);
});

// --- scripts/setup.mjs ---

/** An npm that writes down how it was called and leaves a node_modules with a vite behind, or fails. */
const NPM = (works: boolean): string =>
  `#!/bin/sh\necho "$*" >> "$NPM_CALLS"\n${works ? 'mkdir -p "$NPM_MAKES/node_modules/vite/bin" && cp "$NPM_MAKES/vite.js" "$NPM_MAKES/node_modules/vite/bin/"' : 'exit 7'}\n`;

/** A vite that says what it builds and builds a page, unless the sources hold a mistake. */
const VITE = `const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
const [, , verb, folder] = process.argv;
if (existsSync(folder + '/mistake')) { console.error('a mistake'); process.exit(1); }
console.log(verb + ' ' + folder);
mkdirSync('dist/web', { recursive: true });
writeFileSync('dist/web/index.html', '');
`;

interface Project {
  setup(node?: string): Said & { readonly calls: string };
  readonly root: string;
}

function makeProject(t: TestContext, npmWorks = true): Project {
  const version = `node-${process.platform}-${process.arch}`;
  const root = makeTree(t, {
    'package.json': JSON.stringify({ optionalDependencies: { [version]: '24.0.1' } }),
    'package-lock.json': '{}',
    'bin/x': '',
    'src/web/ui/index.html': '<p>',
    'src/web/links/links.ts': '',
    'vite.js': VITE,
    calls: '',
  });
  mkdirSync(join(root, 'scripts'));
  copyFileSync(join(ROOT, 'scripts/setup.mjs'), join(root, 'scripts/setup.mjs'));
  writeProgram(join(root, 'bin/npm'), NPM(npmWorks));
  const env = { ...process.env, PATH: `${root}/bin:/usr/bin:/bin`, NPM_CALLS: join(root, 'calls'), NPM_MAKES: root };
  return {
    root,
    setup(node = process.execPath) {
      writeFileSync(join(root, 'calls'), '');
      const said = spawnSync(node, ['scripts/setup.mjs'], { cwd: root, env, encoding: 'utf8' });
      const calls = spawnSync('cat', [join(root, 'calls')], { encoding: 'utf8' }).stdout;
      return { ...said, calls };
    },
  };
}

test('set-up installs once, and again when the lockfile has changed', (t) => {
  const { root, setup } = makeProject(t);
  const first = setup();
  assert.deepEqual([first.status, first.calls], [0, `ci --include=dev --prefix ${root}/\n`]);
  assert.match(first.stderr, /installing dependencies[^]*installed in \d+ s/);
  const second = setup();
  assert.deepEqual([second.status, second.calls, second.stderr], [0, '', '']);
  writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
  assert.notEqual(setup().calls, '');
});

test('set-up builds the pages once, and again when their sources have changed', (t) => {
  const { root, setup } = makeProject(t);
  const pages = join(root, 'src/web/ui');
  assert.equal(setup().stdout, `build ${pages}\n`);
  assert.equal(setup().stdout, '');
  for (const change of ['<p>new', '<p>']) {
    writeFileSync(join(pages, 'index.html'), change);
    assert.equal(setup().stdout, `build ${pages}\n`, change);
  }
  writeFileSync(join(pages, 'mistake'), '');
  const failed = setup();
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /a mistake\n.*could not be built; the message is above\. Mend that, run this again\./);
  rmSync(join(pages, 'mistake'));
  assert.equal(setup().stdout, `build ${pages}\n`);
  rmSync(join(root, 'dist/web/index.html'));
  assert.equal(setup().stdout, `build ${pages}\n`);
});

test('set-up that fails says so, and is tried again the next time', (t) => {
  const { root, setup } = makeProject(t, false);
  const said = setup();
  assert.equal(said.status, 1);
  assert.match(said.stderr, /npm could not install the dependencies/);
  assert.ok(!existsSync(join(root, 'node_modules/.posthorn-setup')));
  assert.notEqual(setup().calls, '');
});

/** A Node that lives inside the project's own node_modules, where the installation would delete it. */
function ownNode(root: string): string {
  mkdirSync(join(root, 'node_modules/own'), { recursive: true });
  const path = join(root, 'node_modules/own/node');
  try {
    linkSync(process.execPath, path);
  } catch {
    copyFileSync(process.execPath, path);
  }
  return path;
}

test('set-up under a Node that is too old, or about to be deleted, lets npm bring Node 24 for it', (t) => {
  const { root, setup } = makeProject(t);
  const machine = `${process.platform}-${process.arch}`;
  const said = setup(ownNode(root));
  assert.deepEqual(
    [said.status, said.calls],
    [0, `exec --yes --package=node-${machine}@24.0.1 -- npm ci --include=dev --prefix ${root}/\n`],
  );
});

test('set-up on a machine that npm has no Node for says what is needed', (t) => {
  const { root, setup } = makeProject(t);
  writeFileSync(join(root, 'package.json'), '{"optionalDependencies":{}}');
  const said = setup(ownNode(root));
  assert.equal(said.status, 1);
  assert.match(said.stderr, /Posthorn needs Node 24 or newer and this is Node .*Install Node 24 from nodejs\.org/);
});
