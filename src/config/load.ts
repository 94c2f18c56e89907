/**
 * Finds, reads and checks the configuration. `--config` comes before POSTHORN_CONFIG, that before
 * /etc/posthorn/config.toml if there is one, and without any of them the defaults hold.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { assemble } from './assemble.ts';
import { checkTogether, remarks } from './check.ts';
import type { Config } from './config.ts';
import { findLines, lineOf } from './lines.ts';
import type { Lines } from './lines.ts';
import { readFields } from './read.ts';

/** Something that stops this file from being used. */
export interface Problem {
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The path of the setting: "queue.retry[1]". */
  readonly path?: string;
  /** What is wrong; a clause without a full stop. */
  readonly problem: string;
  /** How to mend it; a sentence. */
  readonly mend: string;
}

/** Something to know about a file that is in order. */
export interface Note {
  readonly path: string;
  readonly line?: number;
  readonly sentence: string;
}

/** A configuration that can be used. */
export interface Loaded {
  readonly kind: 'ok';
  readonly config: Config;
  /** The state directory, absolute. */
  readonly state: string;
  readonly durability: Durability;
  readonly notes: readonly Note[];
  /** Paths of the settings that were written, "smtp.listen"; all others have their defaults. */
  readonly written: ReadonlySet<string>;
  /** The line of a setting or of a list's element, "domains[0]", or of what it stands in; undefined when it isn't written. */
  lineOf(path: string): number | undefined;
}

export type LoadResult = Loaded | { readonly kind: 'bad'; readonly problems: readonly Problem[] };

/**
 * `normal` loses acknowledged mail when the power fails. It exists for the test that shows that the
 * test of `full` would notice, is set by POSTHORN_TEST_SYNCHRONOUS=normal, and nowhere documented.
 */
export type Durability = 'full' | 'normal';

export interface LoadOptions {
  /** `--config`, relative to the working directory. */
  readonly file?: string | undefined;
  /** `--state`, likewise. */
  readonly state?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The mail program on a person's own computer: another state directory, and no file of the system's mail host. */
  readonly client?: boolean;
  /** What is taken from the machine; for tests. */
  readonly machine?: Partial<Machine>;
}

interface Machine {
  readonly name: string;
  readonly home: string;
  readonly isRoot: boolean;
  readonly systemFile: string;
}

function thisMachine(): Machine {
  return {
    name: hostname(),
    home: homedir(),
    isRoot: process.getuid?.() === 0,
    systemFile: '/etc/posthorn/config.toml',
  };
}

/** Never throws. All problems of a file are reported together, in the order of its lines. */
export function loadConfig(options: LoadOptions = {}): LoadResult {
  const env = options.env ?? process.env;
  const machine = { ...thisMachine(), ...options.machine };
  const isClient = options.client === true;
  const file = configFile(options.file, env, isClient ? undefined : machine.systemFile);
  const parsed =
    file === undefined ? { kind: 'ok' as const, toml: {}, lines: new Map<string, number>() } : parseFile(file);
  if (parsed.kind === 'bad') return parsed;
  const { toml, lines } = parsed;

  const reading = readFields(toml, file === undefined ? process.cwd() : dirname(file));
  const located = (fault: { at: string; problem: string; mend: string }): Problem => locate(fault, file, lines);
  if (reading.faults.length > 0) return { kind: 'bad', problems: inOrder(reading.faults.map(located)) };
  const config = assemble(reading.values, reading.routes, {
    ...(file === undefined ? {} : { file }),
    machineName: machine.name,
  });
  const faults = checkTogether(config, reading.routes);
  if (faults.length > 0) return { kind: 'bad', problems: inOrder(faults.map(located)) };

  return {
    kind: 'ok',
    config,
    state: stateDirectory(options.state, env, machine, isClient),
    durability: env['POSTHORN_TEST_SYNCHRONOUS'] === 'normal' ? 'normal' : 'full',
    notes: remarks(config, reading.written).map(({ at, sentence }) => ({
      path: at,
      ...lineField(lineOf(lines, at)),
      sentence,
    })),
    written: reading.written,
    lineOf: (path) => lineOf(lines, path),
  };
}

function configFile(
  wanted: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  systemFile: string | undefined,
): string | undefined {
  const named = wanted ?? nonEmpty(env['POSTHORN_CONFIG']);
  if (named !== undefined) return resolve(named);
  return systemFile !== undefined && existsSync(systemFile) ? systemFile : undefined;
}

/** `--state`, then POSTHORN_STATE, then /var/lib/posthorn for root, else $XDG_STATE_HOME/posthorn; a client's is $XDG_STATE_HOME/posthorn-client. */
function stateDirectory(
  wanted: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  machine: Machine,
  isClient: boolean,
): string {
  const named = wanted ?? nonEmpty(env['POSTHORN_STATE']);
  if (named !== undefined) return resolve(named);
  if (machine.isRoot && !isClient) return '/var/lib/posthorn';
  const xdg = env['XDG_STATE_HOME'];
  // The XDG base directory specification: a relative path is to be ignored.
  return join(
    xdg !== undefined && isAbsolute(xdg) ? xdg : join(machine.home, '.local', 'state'),
    isClient ? 'posthorn-client' : 'posthorn',
  );
}

/** An empty variable counts as none. */
function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

type Parsed =
  | { readonly kind: 'ok'; readonly toml: object; readonly lines: Lines }
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] };

function parseFile(file: string): Parsed {
  const read = readText(file);
  if ('problem' in read) return { kind: 'bad', problems: [{ file, ...read }] };
  try {
    return { kind: 'ok', toml: parse(read.text), lines: findLines(read.text) };
  } catch (error) {
    return { kind: 'bad', problems: [notToml(file, error)] };
  }
}

/** The library's message without the lines of the file it quotes: a secret may stand there. */
function notToml(file: string, error: unknown): Problem {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
  const place = error instanceof TomlError ? { line: error.line, column: error.column } : {};
  const reason = message.replace(/^Invalid TOML document: /, '');
  return {
    file,
    ...place,
    problem: `this is not TOML: ${reason}`,
    mend: 'Settings are written as name = value, texts in quotes, tables as [name]; `posthorn config example` shows a whole file.',
  };
}

/** Larger than any configuration; what is larger is another file. */
const LARGEST_FILE = 4_000_000;

function readText(file: string): { readonly text: string } | { readonly problem: string; readonly mend: string } {
  try {
    const octets = readUpTo(file, LARGEST_FILE + 1);
    if (octets.length > LARGEST_FILE)
      return { problem: 'the file is larger than 4 MB', mend: 'Name a configuration file.' };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(octets) };
  } catch (error) {
    return unreadable(error);
  }
}

/** At most `limit` octets, so that naming a device by mistake ends. */
function readUpTo(file: string, limit: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total < limit;) {
      const chunk = Buffer.alloc(Math.min(65_536, limit - total));
      const octets = readSync(descriptor, chunk);
      if (octets === 0) break;
      chunks.push(chunk.subarray(0, octets));
      total += octets;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(error: unknown): { readonly problem: string; readonly mend: string } {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return {
      problem: 'there is no such file',
      mend: 'Write one (`posthorn config example` shows how it looks), or name another with --config.',
    };
  if (code === 'EACCES')
    return {
      problem: 'the file may not be read by this user',
      mend: 'Change its owner or mode, or run as the user it belongs to.',
    };
  if (code === 'EISDIR') return { problem: 'this is a directory', mend: 'Name the configuration file in it.' };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return { problem: 'the file is not UTF-8 text', mend: 'Save it as UTF-8.' };
  return { problem: `the file can't be read (${code ?? String(error)})`, mend: 'See what the system says about it.' };
}

function locate(
  fault: { readonly at: string; readonly problem: string; readonly mend: string },
  file: string | undefined,
  lines: Lines,
): Problem {
  return {
    ...(file === undefined ? {} : { file }),
    ...lineField(lineOf(lines, fault.at)),
    path: fault.at,
    problem: fault.problem,
    mend: fault.mend,
  };
}

function lineField(line: number | undefined): { readonly line?: number } {
  return line === undefined ? {} : { line };
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** One line: where, what, and how to mend it. */
export function formatProblem({ file, line, column, path, problem, mend }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const named = [place, path].filter((part) => part !== undefined && part !== '').join(': ');
  return `${named === '' ? '' : `${named}: `}${problem}. ${mend}`;
}
