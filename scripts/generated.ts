/** A generated page: written, or compared with what stands there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/** With `check` nothing is written, and a sentence comes back when the file on disk differs from `text`. */
export function writeOrCheck(path: string, text: string, check: boolean): string | undefined {
  const there = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (there === text) return undefined;
  if (check) return `${basename(path)} is not what its sources say; run npm run docs and commit it`;
  writeFileSync(path, text);
  return undefined;
}
