/** Texts that are compared with a file beside the test; UPDATE=1 writes them instead, to be read before they are committed. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'journeys');

export function compareWithFile(name: string, text: string): void {
  const path = join(FOLDER, `${name}.txt`);
  if (process.env['UPDATE'] === '1') writeFileSync(path, text);
  const expected = existsSync(path) ? readFileSync(path, 'utf8') : '';
  assert.equal(text, expected, `journeys/${name}.txt says something else (UPDATE=1 writes what happened)`);
}

/** The names of the files that are there. */
export function goldenNames(): readonly string[] {
  return globSync('*.txt', { cwd: FOLDER })
    .map((file) => basename(file, '.txt'))
    .toSorted();
}
