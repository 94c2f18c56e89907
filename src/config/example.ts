/**
 * A configuration file with everything in it: defaults stand behind "#", so that the file says what
 * holds and taking the mark away is where a change begins. It passes its own check.
 */
import { headingOf, tomlOf } from './explain.ts';
import { fieldAt, fieldsOf, nameOf, TABLES } from './fields.ts';
import type { Field } from './fields.ts';

/** What the example says for itself, because a host that is worth a file has a name and a domain. */
const WRITTEN: readonly string[] = ['hostname', 'domains'];
const WIDTH = 100;

export function example(): string {
  const parts = TABLES.filter((table) => table.optional !== true).map((table) => {
    const mark = table.many === true ? '#' : '';
    const heading = table.path === '' ? [] : [...comment(table.sentence), `${mark}${headingOf(table.path)}`];
    return [...heading, ...fieldsOf(table.path).flatMap(settingLines), ...innerLines(table.path)].join('\n');
  });
  return `${INTRODUCTION}\n${parts.join('\n\n')}\n`;
}

const INTRODUCTION = `${comment(
  'Posthorn. Everything is optional; what stands behind # is the default, or an example where the default is found out. ' +
    'Durations: "200ms", "30s", "5m", "4h", "5d". Sizes: "64KB", "50MB". Relative paths start at the folder of this file. ' +
    'Check it with `posthorn config check --config FILE`.',
).join('\n')}\n`;

function settingLines(path: string): string[] {
  const field = fieldAt(path);
  if (field === undefined) return [];
  const written = WRITTEN.includes(path);
  const shown =
    field.initial === undefined || written || emptyList(field.initial)
      ? (field.example ?? field.initial)
      : field.initial;
  const initial = shown === field.initial && !written ? [] : [defaultOf(field)];
  const told = [field.sentence, ...initial].join(' ');
  return [...comment(told), `${written ? '' : '#'}${nameOf(path)} = ${tomlOf(shown)}`];
}

function defaultOf(field: Field<unknown>): string {
  if (field.required === true) return 'Must be written.';
  return `Default: ${field.initial === undefined ? (field.otherwise ?? 'none') : tomlOf(field.initial)}.`;
}

function emptyList(words: unknown): boolean {
  return Array.isArray(words) && words.length === 0;
}

/** A table inside this one that is written on one line, as a login is. */
function innerLines(table: string): string[] {
  return TABLES.filter((inner) => inner.optional === true && inner.path.startsWith(`${table}.`)).flatMap((inner) => {
    const settings = fieldsOf(inner.path).map((path) => `${nameOf(path)} = ${tomlOf(fieldAt(path)?.example)}`);
    return [...comment(inner.sentence), `#${nameOf(inner.path)} = { ${settings.join(', ')} }`];
  });
}

/** The sentence in lines that begin with "# ". */
function comment(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > WIDTH) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
