/** The settings in words: what `config explain` says. */
import { allFields, fieldAt, nameOf, tableAt, TABLES } from './fields.ts';
import { nearest } from './nearest.ts';

export interface Explanation {
  /** "queue.retry"; settings of a route are "route.host". */
  readonly path: string;
  readonly type: string;
  /** As it would stand in the file, or in words where it is found out. */
  readonly default: string;
  readonly sentence: string;
  /** When a change takes effect on a running server. */
  readonly change: 'at once' | 'restart';
}

export type ExplainResult =
  | { readonly kind: 'ok'; readonly fields: readonly Explanation[] }
  | { readonly kind: 'unknown'; readonly problem: string; readonly mend: string };

/** @param path a setting, a table with all its settings, or nothing for every one; "[queue]" and "[[route]]" are understood. */
export function explain(path = ''): ExplainResult {
  const wanted = path.replaceAll(/[[\]\s]/g, '');
  const found = allFields().filter((field) => wanted === '' || field === wanted || field.startsWith(`${wanted}.`));
  if (found.length > 0) return { kind: 'ok', fields: found.map(explainField) };
  const byName = allFields().filter((field) => nameOf(field) === wanted);
  if (byName.length > 0) return { kind: 'ok', fields: byName.map(explainField) };
  const known = [...allFields(), ...TABLES.map((table) => table.path)];
  const close = nearest(wanted, known) ?? known.find((candidate) => nearest(wanted, [nameOf(candidate)]) !== undefined);
  return {
    kind: 'unknown',
    problem: `there is no setting ${JSON.stringify(path.slice(0, 100))}`,
    mend: close === undefined ? '`posthorn config explain` lists all of them.' : `Did you mean ${close}?`,
  };
}

export function explainField(path: string): Explanation {
  const field = fieldAt(path);
  if (field === undefined) throw new Error(`no setting ${path}`);
  return {
    path,
    type: field.kind.name,
    default: field.initial === undefined ? (field.otherwise ?? 'none: must be written') : tomlOf(field.initial),
    sentence: field.sentence,
    change: field.change,
  };
}

/** A default or example as TOML: the kinds used there are written the same way in JSON, but for spaces. */
export function tomlOf(words: unknown): string {
  return Array.isArray(words) ? `[${words.map(tomlOf).join(', ')}]` : JSON.stringify(words);
}

/** "[queue]", "[[route]]". */
export function headingOf(table: string): string {
  return tableAt(table)?.many === true ? `[[${table}]]` : `[${table}]`;
}
