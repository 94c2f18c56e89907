/** Writes docs/crash-points.md from points.ts; with --check it only looks whether the page is what the points say. */
import { join } from 'node:path';
import { writeOrCheck } from '../../scripts/generated.ts';
import { POINTS } from './points.ts';
import type { CrashPoint } from './points.ts';

const HEAD = `# Crash points

What comes of a message when the program dies (kill -9, a power cut, a panic) while it hands the message on. Written
from the table that \`test/crash/points.test.ts\` carries out, by \`npm run docs\`; not by hand.

The claim of a delivery, the number of its attempt and the time of the next one are committed before anything is done.
So the next start finds a claim whose process is gone, writes into the journey that the try was cut off, and makes the
next try at that time.

| killed … | the next server had | our store said | after the restart | the next server got the message |
| --- | --- | --- | --- | --- |
`;

const TAIL = `
**The one window.** Between the final dot that the next server has taken and our commit of its answer, nobody can know
whether it took the message: the answer was lost with the process. A host tries again then, so the message may arrive
twice; it never arrives not at all (RFC 5321 §4.5.3.2.6, RFC 1047). The journey says so. Everywhere else the next
server gets it once.

A message on its way *in* has no such table: it is there, whole and once, from the commit that comes before our 250, and
before that it is its sender's. \`test/crash/kill.test.ts\` kills at random moments and looks at everything.
`;

function row({ when, had, left, got }: CrashPoint): string {
  const after = left === 'sending' ? 'tried again' : 'nothing is done';
  const times = got === 1 ? 'once' : '**twice**: the one window';
  return `| ${when} | ${had} | ${left} | ${after} | ${times} |\n`;
}

const page = join(import.meta.dirname, '..', '..', 'docs', 'crash-points.md');
const problem = writeOrCheck(page, HEAD + POINTS.map(row).join('') + TAIL, process.argv.includes('--check'));
if (problem !== undefined) {
  process.stdout.write(`${problem}\n`);
  process.exitCode = 1;
}
