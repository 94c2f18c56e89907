/** From the parsed tables of a file to the value of every field, or to everything that is wrong with them. */
import { fieldAt, fieldsOf, nameOf, parentOf, allFields, tableAt, TABLES } from './fields.ts';
import type { RouteValues, Values } from './fields.ts';
import { quoted } from './kind.ts';
import type { Fault } from './kind.ts';
import { nearest } from './nearest.ts';

export interface FileReading {
  /** Meaningful only when there are no faults. */
  readonly values: Values;
  readonly routes: readonly RouteValues[];
  /** Paths of the fields that were written, without defaults: "smtp.listen", "route.tls". */
  readonly written: ReadonlySet<string>;
  /** Their `at` is a path: "queue.retry[1]", "route[0].host". */
  readonly faults: readonly Fault[];
}

interface Target {
  readonly values: Map<string, unknown>;
  readonly routes: Map<string, unknown>[];
  readonly written: Set<string>;
  readonly faults: Fault[];
  /** What relative paths start at. */
  readonly folder: string;
}

/** @param folder absolute; what relative paths in the file start at. */
export function readFields(toml: object, folder: string): FileReading {
  const target: Target = { values: new Map(), routes: [], written: new Set(), faults: [], folder };
  readTable(toml, '', '', target);
  const values = Object.fromEntries([...defaults('', folder), ...target.values]) as unknown as Values;
  const routes = target.routes.map(
    (route) => Object.fromEntries([...defaults('route', folder), ...route]) as unknown as RouteValues,
  );
  return { values, routes, written: target.written, faults: target.faults };
}

/** Every field under one table (the top one leaves routes out) with its default, undefined where it has none. */
function defaults(root: string, folder: string): [string, unknown][] {
  const inRoute = (path: string): boolean => path.startsWith('route.');
  return allFields()
    .filter((path) => inRoute(path) === (root === 'route'))
    .map((path) => [path, initialValue(path, folder)]);
}

function initialValue(path: string, folder: string): unknown {
  const field = fieldAt(path);
  if (field?.initial === undefined) return undefined;
  const reading = field.kind.read(field.initial, folder);
  if (!reading.ok) throw new Error(`the default of ${path} does not pass its own check`);
  return reading.value;
}

/**
 * @param table the table's path in fields.ts: "route.login"
 * @param where its path in the file: "route[1].login"
 */
function readTable(toml: object, table: string, where: string, target: Target): void {
  for (const [name, words] of Object.entries(toml) as [string, unknown][]) {
    const path = join(table, name);
    const at = join(where, name);
    if (fieldAt(path) !== undefined) readField(words, path, at, target);
    else if (name !== '' && tableAt(path) !== undefined) readInner(words, path, at, target);
    else target.faults.push(unknownName(name, table, where));
  }
  for (const path of fieldsOf(table)) {
    if (fieldAt(path)?.required !== true || Object.hasOwn(toml, nameOf(path))) continue;
    target.faults.push({
      at: where,
      problem: `${nameOf(path)} is missing`,
      mend: `Add ${nameOf(path)} = ${JSON.stringify(fieldAt(path)?.example)}, or what is right for you.`,
    });
  }
}

function readField(words: unknown, path: string, at: string, target: Target): void {
  const reading = fieldAt(path)?.kind.read(words, target.folder);
  if (reading === undefined) return;
  target.written.add(path);
  if (reading.ok) target.values.set(path, reading.value);
  else target.faults.push(...reading.faults.map((fault) => ({ ...fault, at: at + fault.at })));
}

function readInner(words: unknown, path: string, at: string, target: Target): void {
  if (tableAt(path)?.many === true) {
    readElements(words, path, at, target);
    return;
  }
  if (isTable(words)) readTable(words, path, at, target);
  else
    target.faults.push({
      at,
      problem: `${quoted(words)} stands where a table belongs`,
      mend: `Write [${path}] on a line of its own and its settings below.`,
    });
}

/** More routes than anybody has. */
const MOST_ELEMENTS = 10_000;

function readElements(words: unknown, path: string, at: string, target: Target): void {
  const mend = `Write [[${path}]], with two brackets, before each one.`;
  if (!Array.isArray(words)) target.faults.push({ at, problem: `${path} is a list of tables`, mend });
  else if (words.length > MOST_ELEMENTS)
    target.faults.push({ at, problem: `there are ${words.length} of them`, mend: `Write ${MOST_ELEMENTS} at most.` });
  else {
    for (const [i, element] of (words as unknown[]).entries()) {
      const values = new Map<string, unknown>();
      target.routes.push(values);
      if (isTable(element)) readTable(element, path, `${at}[${i}]`, { ...target, values });
      else target.faults.push({ at: `${at}[${i}]`, problem: `${quoted(element)} stands where a table belongs`, mend });
    }
  }
}

function isTable(words: unknown): words is object {
  return typeof words === 'object' && words !== null && !Array.isArray(words) && !(words instanceof Date);
}

function join(table: string, name: string): string {
  return table === '' ? name : `${table}.${name}`;
}

/** The value is not repeated: who writes a password in the wrong place shouldn't read it in a log. */
function unknownName(name: string, table: string, where: string): Fault {
  const shown = quoted(name).replaceAll('"', '');
  const place = table === '' ? 'at the top of the file' : `in [${table}]`;
  return { at: join(where, shown), problem: `there is no setting ${shown} ${place}`, mend: hintFor(name, table) };
}

function hintFor(name: string, table: string): string {
  if (table.startsWith('route') && /^pass(word)?$/i.test(name))
    return 'A password stands in a file of its own, readable by the server alone: name it with password_file.';
  const here = [
    ...fieldsOf(table),
    ...TABLES.map((known) => known.path).filter((path) => path !== '' && parentOf(path) === table),
  ];
  const close = nearest(name, here.map(nameOf));
  if (close !== undefined) return `Did you mean ${close}?`;
  const elsewhere = allFields().find((path) => nameOf(path) === name && parentOf(path) !== table);
  if (elsewhere !== undefined) return placeHint(elsewhere);
  return `Remove it. Known here: ${here.map(nameOf).join(', ')}.`;
}

/** A field that stands in another table: in TOML a line belongs to the last [table] above it. */
function placeHint(path: string): string {
  const table = parentOf(path);
  if (table === '') return `${nameOf(path)} belongs at the top, above the first [table].`;
  return `${nameOf(path)} belongs below ${tableAt(table)?.many === true ? `[[${table}]]` : `[${table}]`}.`;
}
