/**
 * Installs the dependencies when they are not those of the lockfile, builds the pages for the browser
 * when what they are made of has changed, and is done in a moment when neither is so. Runs before `npm start` and `npm test` on whatever Node the machine has (18 or newer),
 * so it is plain JavaScript. An older npm run leaves out native parts meant for a newer Node:
 * therefore the installation itself always runs under Node 24, which npm brings as a package.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.posthorn-setup');
const lockfile = readFileSync(join(root, 'package-lock.json'));
const machine = `${process.platform}-${process.arch}`;
const stamp = `${createHash('sha256').update(lockfile).digest('hex')} ${machine}\n`;

if (read(stampFile) !== stamp) {
  const started = Date.now();
  say('installing dependencies (once; about half a minute)');
  rmSync(stampFile, { force: true });
  install();
  writeFileSync(stampFile, stamp);
  say(`dependencies installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

const pages = join(root, 'src', 'web', 'ui');
// Both sides of the wire judge addresses with it.
const links = join(root, 'src', 'web', 'links');
const builtFile = join(root, 'dist', 'web.stamp');
const built = `${digestOf(pages)} ${digestOf(links)} ${stamp}`;

if (read(builtFile) !== built || !existsSync(join(root, 'dist', 'web', 'index.html'))) {
  const started = Date.now();
  say('building the pages for the browser (a few seconds)');
  rmSync(builtFile, { force: true });
  build();
  writeFileSync(builtFile, built);
  say(`pages built in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Of everything below a folder, names too. @param {string} folder */
function digestOf(folder) {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
  for (const path of paths) {
    const bytes = readFileSync(path);
    hash.update(`${path.slice(folder.length)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

function build() {
  const own = join(root, 'node_modules', '.bin', 'node');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', pages, '--logLevel', 'warn'];
  const result = spawnSync(existsSync(own) ? own : process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0)
    fail('the pages for the browser could not be built; the message is above. Mend that, run this again.');
}

function install() {
  // The pages are built with what a host itself doesn't need while it runs.
  const ci = ['ci', '--include=dev', '--prefix', root];
  // The Node inside node_modules is about to be replaced, so it can't be the one that replaces.
  const isOwn = process.execPath.startsWith(join(root, 'node_modules'));
  if (Number.parseInt(process.versions.node, 10) >= 24 && !isOwn) return npm(ci, root);
  const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies;
  const version = packages[`node-${machine}`];
  if (version === undefined) {
    const here = `Node ${process.versions.node} on ${machine}`;
    fail(`Posthorn needs Node 24 or newer and this is ${here}. Install Node 24 from nodejs.org and run this again.`);
  }
  // From another folder, so that npm doesn't take the copy of Node that it will delete.
  npm(['exec', '--yes', `--package=node-${machine}@${version}`, '--', 'npm', ...ci], tmpdir());
}

/** @param {string[]} args @param {string} cwd */
function npm(args, cwd) {
  const result = spawnSync('npm', args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error !== undefined) fail(`npm could not be run (${result.error.message}); install it beside Node.`);
  if (result.status !== 0)
    fail('npm could not install the dependencies; its message is above. Mend that, run this again.');
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/** @param {string} sentence */
function fail(sentence) {
  say(sentence);
  process.exit(1);
}
