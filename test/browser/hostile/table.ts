/** Writes what was measured into docs/webmail-safety.md, between its two marks. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Effect, Payload } from './payloads.ts';

export interface Measured {
  readonly payload: Payload;
  readonly bare: readonly Effect[];
  readonly sanitised: readonly Effect[];
  readonly framed: readonly Effect[];
  readonly all: readonly Effect[];
}

const DOCUMENT = fileURLToPath(new URL('../../../docs/webmail-safety.md', import.meta.url));
const EFFECTS: readonly Effect[] = ['script', 'request', 'navigation', 'overlay', 'toggle', 'clobber', 'motion'];
const WAYS = ['bare', 'sanitised', 'framed', 'all'] as const;

export async function writeTable(rows: readonly Measured[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = ['<!-- measured -->', '<!-- /measured -->'];
  const at = text.indexOf(begin) + begin.length;
  await writeFile(DOCUMENT, `${text.slice(0, at)}\n${table(rows)}\n${text.slice(text.indexOf(end))}`);
}

function table(rows: readonly Measured[]): string {
  const count = (way: (typeof WAYS)[number], acts: (found: readonly Effect[]) => boolean): number =>
    rows.filter((row) => acts(row[way])).length;
  const line = (name: string, acts: (found: readonly Effect[]) => boolean): string =>
    `| ${name} | ${WAYS.map((way) => count(way, acts)).join(' | ')} |`;
  const silent = rows.filter(({ bare }) => bare.length === 0).map(({ payload }) => payload);
  return [
    `${rows.length} payloads; what each did, by layer:`,
    '',
    '| | unprotected | sanitiser only | frame and policy only | all |',
    '|---|---|---|---|---|',
    line('**did something**', (found) => found.length > 0),
    ...EFFECTS.map((effect) => line(effect, (found) => found.includes(effect))),
    '',
    `${silent.length} did nothing even unprotected in this Chromium, and prove nothing (kinds ${[...new Set(silent.map(({ kind }) => kind))].join(', ')}).`,
    '',
    ...still(rows, 'sanitised', 'The sanitiser alone'),
    ...still(rows, 'framed', 'Frame and policy alone'),
    ...still(rows, 'all', 'All layers'),
  ].join('\n');
}

function still(rows: readonly Measured[], way: (typeof WAYS)[number], name: string): readonly string[] {
  const left = rows.filter((row) => row[way].length > 0);
  const told = left.map((row) => `${row.payload.kind} ${row[way].join('+')}`);
  return [`${name} left: ${told.length === 0 ? 'none' : [...new Set(told)].join(' · ')}.`, ''];
}
