/** Writes docs/config.md; with --check it only looks whether the page is what the fields say, and exits 1 if not. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docsPage } from './docs.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'config.md');

function current(): string | undefined {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv.includes('--check')) {
  if (current() !== docsPage()) {
    console.error('docs/config.md is not what src/config/fields.ts says. Run: node src/config/write-docs.ts');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, docsPage());
}
