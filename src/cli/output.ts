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

/** Columns as wide as what stands in them, two spaces between; the last one is not padded. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => visible(String(column.value(row))))),
  ];
  const widths = columns.map((_, i) => cells.reduce((widest, line) => Math.max(widest, widthOf(line[i] as string)), 0));
  const lines = cells.map((line) =>
    line
      .map((cell, i) => pad(cell, widths[i] as number, columns[i] as Column<Row>))
      .join('  ')
      .trimEnd(),
  );
  return `${[emphasis('bold', lines[0] as string), ...lines.slice(1)].join('\n')}\n`;
}

function pad<Row>(cell: string, width: number, { align }: Column<Row>): string {
  const space = ' '.repeat(width - widthOf(cell));
  return align === 'right' ? space + cell : cell + space;
}

/** Characters, not UTF-16 units. */
function widthOf(text: string): number {
  return Array.from(text).length;
}

/**
 * Control characters as \xNN or \u{NNNN}: an escape sequence in somebody's address or reply would
 * otherwise move the cursor, and an override of the writing direction would show another name.
 */
export function visible(text: string): string {
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
