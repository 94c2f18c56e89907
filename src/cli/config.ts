/** `posthorn config check | explain | example`: the configuration, in words. */
import { Command } from 'commander';
import { checkNamedFiles, example, explain, formatProblem, loadConfig } from '../config/index.ts';
import type { Explanation, Note, Problem } from '../config/index.ts';
import { CommandError, print, printJson } from './output.ts';
import type { Output } from './output.ts';

interface Options {
  readonly config?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** @param output where it writes; the terminal unless a test says otherwise. */
export function configCommand(output?: Output): Command {
  const command = new Command('config').description('check, explain or begin a configuration');
  command
    .command('check')
    .description('say what is wrong in the configuration, with lines, and what is accepted but not working yet')
    .option('--json', 'as JSON')
    .action((_options: Options, self: Command) => check(self.optsWithGlobals(), output));
  command
    .command('explain')
    .description('say what a setting does, its type and its default')
    .argument('[setting]', 'a setting as "queue.retry", or a table as "queue"; without it, all')
    .option('--json', 'as JSON')
    .action((setting: string | undefined, options: Options) => explainSetting(setting, options, output));
  command
    .command('example')
    .description('print a configuration file to begin with')
    .option('--json', 'as JSON: {"toml": …}')
    .action((options: Options) =>
      options.json === true ? printJson({ toml: example() }, output) : print(example().trimEnd(), output),
    );
  return command;
}

interface Findings {
  readonly file?: string;
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
}

/** Exit code 1 when something is wrong: the check itself worked. */
function check({ config, state, json }: Options, output: Output | undefined): void {
  const { file, problems, notes } = findings(config, state);
  const lines = [
    ...problems.map(formatProblem),
    ...notes.map((note) => formatNote(note, file)),
    verdict(file, problems),
  ];
  if (json === true) printJson({ ok: problems.length === 0, file: file ?? null, problems, notes }, output);
  else print(lines.join('\n'), output);
  if (problems.length > 0) process.exitCode = 1;
}

function findings(config: string | undefined, state: string | undefined): Findings {
  const loaded = loadConfig({ file: config, state, env: process.env });
  if (loaded.kind === 'bad') {
    const file = loaded.problems[0]?.file;
    return { ...(file === undefined ? {} : { file }), problems: loaded.problems, notes: [] };
  }
  const named = checkNamedFiles(loaded);
  const { file } = loaded.config;
  return {
    ...(file === undefined ? {} : { file }),
    problems: named.problems,
    notes: [...loaded.notes, ...named.notes],
  };
}

function formatNote({ path, line, sentence }: Note, file: string | undefined): string {
  return `${[file, line].filter((part) => part !== undefined).join(':')}${file === undefined ? '' : ': '}${path}: note: ${sentence}`;
}

function verdict(file: string | undefined, problems: readonly Problem[]): string {
  const which = file ?? 'No configuration file: the defaults';
  if (problems.length === 0) return file === undefined ? `${which} hold.` : `${which} is in order.`;
  return `${which} can't be used: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}.`;
}

function explainSetting(setting: string | undefined, { json }: Options, output: Output | undefined): void {
  const found = explain(setting);
  if (found.kind === 'unknown') throw new CommandError(`${found.problem}. ${found.mend}`, 2);
  if (json === true) printJson(found.fields, output);
  else print(found.fields.map(formatExplanation).join('\n\n'), output);
}

function formatExplanation({ path, type, default: initial, sentence, change }: Explanation): string {
  const lines = [path, `  ${sentence}`, `  Type: ${type}.`, `  Default: ${initial}.`];
  lines.push(change === 'restart' ? '  A change waits for a restart.' : '  A change takes effect on reload.');
  return lines.join('\n');
}
