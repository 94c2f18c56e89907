/**
 * The log: JSON lines on standard error, or a readable form on a terminal. Callers pass a short
 * sentence and fields; passwords and message bodies are never fields.
 */
import { createRequire } from 'node:module';
import type { pino as Pino } from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(sentence: string, fields?: LogFields): void;
  info(sentence: string, fields?: LogFields): void;
  warn(sentence: string, fields?: LogFields): void;
  error(sentence: string, fields?: LogFields): void;
  /** The same log with fields that stand on every line. */
  with(fields: LogFields): Logger;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Loaded where a log is opened: threads that have none start sooner. */
const load = createRequire(import.meta.url);

/** A log on standard error: JSON lines, or sentences where a person reads along. `write` gets JSON lines instead. */
export function openLog(level: LogLevel, write?: (line: string) => void): Logger {
  const { pino } = load('pino') as { pino: typeof Pino };
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(options, write === undefined ? standardError(pino) : { write }));
}

function standardError(pino: typeof Pino): { write(line: string): void } {
  const direct = pino.destination({ dest: 2, sync: true });
  return process.stderr.isTTY ? { write: (line) => direct.write(readable(line)) } : direct;
}

/** "14:02:01 warn  Sentence  field=value": the same line for a person at a terminal. */
export function readable(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const text = [String(time).slice(11, 19), String(level).padEnd(5), String(msg), '', ...rest].join(' ').trimEnd();
  // What others wrote must not move the cursor.
  return `${text.replaceAll(/[\p{Cc}]/gu, '?')}\n`;
}

/** A log that says nothing: for tests. */
export const silentLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
};

interface Sink {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
  child(fields: object): Sink;
}

function wrap(sink: Sink): Logger {
  return {
    debug: (sentence, fields) => {
      sink.debug(plain(fields), sentence);
    },
    info: (sentence, fields) => {
      sink.info(plain(fields), sentence);
    },
    warn: (sentence, fields) => {
      sink.warn(plain(fields), sentence);
    },
    error: (sentence, fields) => {
      sink.error(plain(fields), sentence);
    },
    with: (fields) => wrap(sink.child(plain(fields))),
  };
}

/** Errors become their message and code: a stack is for `debug`, and properties may hold secrets. */
function plain(fields: LogFields = {}): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describeError(value) : value]),
  );
}

/** Causes behind causes that are told; an error can be its own cause. */
const DEEPEST_CAUSE = 4;

/** One line that says what went wrong, with the system's error code where there is one, and what caused it. */
export function describeError(error: unknown): string {
  return describe(error, 0);
}

function describe(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const { message } = error;
  // Node's error for a name whose addresses all failed has no words of its own.
  if (message === '' && error instanceof AggregateError && error.errors.length > 0 && depth < DEEPEST_CAUSE) {
    return describe(error.errors[0], depth + 1);
  }
  const code = (error as NodeJS.ErrnoException).code;
  const text = oneLine(code === undefined || message.includes(code) ? message || error.name : `${code}: ${message}`);
  if (error.cause === undefined || depth >= DEEPEST_CAUSE) return text;
  return `${text} (${describe(error.cause, depth + 1)})`;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]\s*/g, ' ');
}
