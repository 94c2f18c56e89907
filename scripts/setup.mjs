/**
 * Installs the dependencies when they are not those of the lockfile, and is done in a moment when
 * they are. Runs before `npm start` and `npm test` on whatever Node the machine has (18 or newer),
 * so it is plain JavaScript. An older npm run leaves out native parts meant for a newer Node:
 * therefore the installation itself always runs under Node 24, which npm brings as a package.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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

function install() {
  const ci = ['ci', '--prefix', root];
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
