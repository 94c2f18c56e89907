/**
 * How commands speak: data on standard output (as a table or as JSON), everything else on standard
 * error, and an exit code. Text of others (addresses, replies, subjects) never reaches a terminal raw.
 */
import { styleText } from 'node:util';
import { formatProblem } from '../config/index.ts';
import type { Problem } from '../config/index.ts';

/** 1: it was understood and did not work. 2: the command line or the configuration has to be mended first. */
export type ExitCode = 0 | 1 | 2;

/** Ends a command with sentences for people. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  /** @param message one or more whole sentences, a line each. */
  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }

  /** The problems of a configuration, one a line. */
  static ofProblems(problems: readonly Problem[]): CommandError {
    return new CommandError(problems.map(formatProblem).join('\n'), 2);
  }
}

/** Where a command writes; tests hand in their own. */
export interface Output {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown };
}

const standard: Output = { out: process.stdout, err: process.stderr };

/** `posthorn queue list | head` closes the pipe before all is written: that is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** One value as JSON, indented: what --json prints. */
export function printJson(value: unknown, output: Output = standard): void {
  output.out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Rows that are printed together; the columns of each such part are as wide as they have to be, and no narrower than before. */
const PART = 500;

/** A list as JSON, the same octets as `printJson` of all of it, but as its items come: it may be long. */
export async function printJsonList(items: AsyncIterable<unknown>, output: Output = standard): Promise<void> {
  let before = '[\n';
  for await (const part of inParts(items)) {
    output.out.write(`${before}${JSON.stringify(part, null, 2).slice(2, -2)}`);
    before = ',\n';
  }
  output.out.write(before === '[\n' ? '[]\n' : '\n]\n');
}

async function* inParts<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[]> {
  let part: Item[] = [];
  for await (const item of items) {
    part.push(item);
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** Data for people, on standard output. Line ends in it stay, all other control characters are shown as what they are. */
export function print(text: string, output: Output = standard): void {
  output.out.write(`${visibleLines(text)}\n`);
}

/** A message beside the data, on standard error. */
export function say(text: string, output: Output = standard): void {
  output.err.write(`${visibleLines(text)}\n`);
}

/** Shows what ended a command, on standard error, and returns the exit code for it. */
export function printError(error: unknown, output: Output = standard): ExitCode {
  const known = error instanceof CommandError;
  const text = error instanceof Error ? error.message : String(error);
  output.err.write(`${emphasis('red', 'posthorn:')} ${visibleLines(text)}\n`);
  return known ? error.exitCode : 1;
}

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  value(row: Row): string | number;
}

/** A table on standard output; without rows nothing there, and `none` on standard error. */
export function printTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  none: string,
  output: Output = standard,
): void {
  if (rows.length === 0) say(none, output);
  else output.out.write(formatTable(columns, rows));
}

/** A table that may be long, printed as its rows come; how many they were. */
export async function printLongTable<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
  none: string,
  output: Output = standard,
): Promise<number> {
  let widths: readonly number[] | undefined;
  let count = 0;
  for await (const part of inParts(rows)) {
    count += part.length;
    const cells = cellsOf(columns, part);
    const titles = columns.map(({ title }) => title);
    const needed = widest(columns, widths === undefined ? [titles, ...cells] : cells, widths);
    const head = widths === undefined ? `${emphasis('bold', formatLine(columns, titles, needed))}\n` : '';
    output.out.write(head + cells.map((line) => `${formatLine(columns, line, needed)}\n`).join(''));
    widths = needed;
  }
  if (widths === undefined) say(none, output);
  return count;
}

/** Columns as wide as what stands in them, two spaces between; the last one is not padded. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [columns.map((column) => column.title), ...cellsOf(columns, rows)];
  const widths = widest(columns, cells);
  const lines = cells.map((line) => formatLine(columns, line, widths));
  return `${[emphasis('bold', lines[0] as string), ...lines.slice(1)].join('\n')}\n`;
}

function cellsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly (readonly string[])[] {
  return rows.map((row) => columns.map((column) => visible(String(column.value(row)))));
}

function widest<Row>(
  columns: readonly Column<Row>[],
  cells: readonly (readonly string[])[],
  least: readonly number[] = [],
): readonly number[] {
  return columns.map((_, i) =>
    cells.reduce((width, line) => Math.max(width, widthOf(line[i] as string)), least[i] ?? 0),
  );
}

function formatLine<Row>(columns: readonly Column<Row>[], line: readonly string[], widths: readonly number[]): string {
  return line
    .map((cell, i) => pad(cell, widths[i] as number, columns[i] as Column<Row>))
    .join('  ')
    .trimEnd();
}

function pad<Row>(cell: string, width: number, { align }: Column<Row>): string {
  const space = ' '.repeat(width - widthOf(cell));
  return align === 'right' ? space + cell : cell + space;
}

/** Characters, not UTF-16 units. */
function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : Array.from(text).length;
}

const ASCII = /^[\x20-\x7e]*$/;

/**
 * Control characters as \xNN or \u{NNNN}: an escape sequence in somebody's address or reply would
 * otherwise move the cursor, and an override of the writing direction would show another name.
 */
export function visible(text: string): string {
  if (ASCII.test(text)) return text;
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0) as number;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** Colour where a person looks: not in a pipe, not with NO_COLOR (node:util looks at both). */
function emphasis(style: 'bold' | 'red', text: string): string {
  return styleText(style, text, { stream: style === 'red' ? process.stderr : process.stdout, validateStream: true });
}
